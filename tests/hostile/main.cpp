// SPDX-License-Identifier: Apache-2.0
// Callers with pointers, labels and limits that were chosen to do harm. Needs
// root; what the kernel does not have is skipped. Exit codes as GoogleTest's,
// and 77 where the kernel does not have the calls.
#include "support/ranges.hpp"
#include "support/run.hpp"

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, contract::why_no_calls);
}
