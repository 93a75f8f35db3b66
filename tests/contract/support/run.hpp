// SPDX-License-Identifier: Apache-2.0
// What main() of a suite does that needs a certain kernel.
#pragma once

namespace contract {

/// Runs all tests and returns GoogleTest's exit code; 77, with the reason on
/// stderr, where \p why_not says why nothing can be tested here. It returns
/// nullptr where all is well. A list of the tests is given everywhere.
int run_all(int argc, char** argv, const char* (*why_not)());

}  // namespace contract
