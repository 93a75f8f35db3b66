// SPDX-License-Identifier: Apache-2.0
/// \file
/// A file whose reads can be held, shortened and failed: a FUSE filesystem
/// that is a single file, served by a thread of the test. A loop device over
/// it is a block device with the same powers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/block.hpp"

namespace contract {

class FuseFile {
public:
    /// A file of that size with the pattern of \p seed.
    static Available<std::unique_ptr<FuseFile>> make(std::uint64_t size, std::uint64_t seed);

    FuseFile(const FuseFile&) = delete;
    FuseFile& operator=(const FuseFile&) = delete;
    ~FuseFile();

    [[nodiscard]] const std::string& path() const { return mount_->path(); }

    /// Reads that reach byte \p offset or beyond get no answer until release().
    void hold_from(std::uint64_t offset);
    void release();
    /// Waits until so many reads are held; false when they did not come.
    [[nodiscard]] bool holds_reads(std::size_t count);
    [[nodiscard]] bool holds_a_read() { return holds_reads(1); }
    /// Reads that reach byte \p offset or beyond fail with \p error.
    void fail_from(std::uint64_t offset, int error);
    /// Reads end at byte \p offset, as if the file had been cut there.
    void end_at(std::uint64_t offset);

private:
    FuseFile(std::uint64_t size, std::uint64_t seed) : size_(size), seed_(seed) {}

    void serve();
    void answer(const std::byte* request);
    void answer_read(std::uint64_t unique, std::uint64_t offset, std::uint32_t size);
    void reply(std::uint64_t unique, int error, const void* payload = nullptr, std::size_t length = 0) const;
    [[nodiscard]] std::string attributes() const;

    std::uint64_t size_;
    std::uint64_t seed_;
    UniqueFd device_;
    std::optional<Mount> mount_;
    std::thread server_;
    std::atomic<bool> stop_{false};

    struct Held {
        std::uint64_t unique;
        std::uint64_t offset;
        std::uint32_t size;
    };
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t hold_from_ = UINT64_MAX;
    std::uint64_t fail_from_ = UINT64_MAX;
    std::uint64_t end_at_ = UINT64_MAX;
    int error_ = 0;
    std::vector<Held> held_;
};

}  // namespace contract
