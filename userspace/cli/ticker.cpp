// SPDX-License-Identifier: Apache-2.0
#include "ticker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace dmaload::cli {

Ticker::Ticker(std::string text)
{
    if (::isatty(STDERR_FILENO) == 0)
        return;
    thread_ = std::jthread([text = std::move(text)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        // cppcheck-suppress localMutex ; only this thread takes it, as one has to be held to wait
        std::unique_lock lock(mutex);
        for (int seconds = 1;; ++seconds) {
            wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
            if (stop.stop_requested()) {
                if (seconds > 1)
                    fmt::print(stderr, "\r\033[K");
                return;
            }
            fmt::print(stderr, "\r\033[K{} ... {} s", text, seconds);
            std::fflush(stderr);
        }
    });
}

}  // namespace dmaload::cli
