// SPDX-License-Identifier: Apache-2.0
#include "bench/interrupt.hpp"

namespace dmaload::bench {

namespace {

volatile std::sig_atomic_t g_interrupted = 0;
int g_guards = 0;

void on_signal(int)
{
    g_interrupted = 1;
}

}  // namespace

InterruptGuard::InterruptGuard()
{
    if (g_guards++ > 0)
        return;
    g_interrupted = 0;
    struct sigaction action{};
    action.sa_handler = on_signal;
    // Calls go on, so that a signal does not turn a sample into a failure.
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &previous_int_);
    sigaction(SIGTERM, &action, &previous_term_);
}

InterruptGuard::~InterruptGuard()
{
    if (--g_guards > 0)
        return;
    sigaction(SIGINT, &previous_int_, nullptr);
    sigaction(SIGTERM, &previous_term_, nullptr);
}

bool InterruptGuard::interrupted()
{
    return g_interrupted != 0;
}

}  // namespace dmaload::bench
