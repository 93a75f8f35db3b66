// SPDX-License-Identifier: Apache-2.0
/// \file
/// The knobs that choose how files are read, for comparison; set for a while.
#pragma once

#include <string>

#include <unistd.h>

#include "support/system.hpp"

namespace contract {

/// Remembers a knob and writes it back in the end. The tests' fixture has
/// mounted debugfs.
class Knob {
public:
    static constexpr const char* names[] = {"vmap", "one_batch", "zero", "sync"};

    static std::string path_of(const std::string& name) { return "/sys/kernel/debug/dma_heap_read/" + name; }
    static bool exist() { return ::access(path_of(names[0]).c_str(), W_OK) == 0; }

    explicit Knob(const std::string& name) : path_(path_of(name)), before_(read_text(path_)) {}
    Knob(const Knob&) = delete;
    Knob& operator=(const Knob&) = delete;
    ~Knob() { write_text(path_, before_); }

    [[nodiscard]] Errno set(bool on) const { return write_text(path_, on ? "1" : "0"); }

private:
    std::string path_;
    std::string before_;
};

}  // namespace contract
