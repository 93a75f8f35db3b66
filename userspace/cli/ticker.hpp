// SPDX-License-Identifier: Apache-2.0
/// \file
/// A sign of life on the terminal.
#pragma once

#include <string>
#include <thread>

namespace dmaload::cli {

/// After a second, shows \p text and the time that has passed, once a second,
/// and removes the line when it goes out of scope. It shows no share done and
/// no time left: a load is one system call that does not tell. Silent where
/// standard error is no terminal.
class Ticker {
public:
    explicit Ticker(std::string text);

private:
    std::jthread thread_;
};

}  // namespace dmaload::cli
