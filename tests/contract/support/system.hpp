// SPDX-License-Identifier: Apache-2.0
/// \file
/// Thin helpers over system calls. What a test needs in order to begin throws
/// when it fails (GoogleTest reports it); what a test is about returns errno.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <dmaload/unique_fd.hpp>

namespace contract {

using dmaload::UniqueFd;

/// An errno value that is printed by name.
struct Errno {
    int value = 0;
    bool operator==(const Errno&) const = default;
};
std::ostream& operator<<(std::ostream& out, Errno error);

/// Throws std::system_error with the current errno.
[[noreturn]] void throw_errno(const std::string& what);

UniqueFd open_file(const std::string& path, int flags);

/// The whole of a small file, as in /proc and /sys.
std::string read_text(const std::string& path);
/// One write(2) of the text, as a module parameter wants it; errno or 0.
Errno write_text(const std::string& path, const std::string& text);
/// The same where a test needs it in order to begin.
void require_write(const std::string& path, const std::string& text);

/// What read(2) says of 4 KB of a file from \p offset on, be it open for direct reads or not.
Errno error_of_read(int fd, std::uint64_t offset);

/// The open descriptors of this process, ascending.
std::vector<int> open_fds();
/// The number that the next open descriptor will get.
int next_fd();

/// Asks until the answer is yes; false when it never was.
bool eventually(const std::function<bool()>& condition,
                std::chrono::seconds limit = std::chrono::seconds(20));

/// Runs a program with its output discarded; its exit status, -1 where it
/// cannot be run or was killed.
int run(const std::vector<std::string>& command);

/// The logical block size of a block device.
unsigned int logical_block_size(const std::string& device);

/// Writes back and drops all caches. Pages that somebody uses stay.
void drop_caches();
/// Bytes that this process has read, be it by read(2) or by the calls.
std::uint64_t bytes_read();
/// Memory that is free or can be had by dropping caches, in bytes.
long long available_memory();

}  // namespace contract
