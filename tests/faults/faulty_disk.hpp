// SPDX-License-Identifier: Apache-2.0
/// \file
/// A disk with ext4 whose reads fail, come late or never come, as a test likes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "load_test.hpp"
#include "mapped_device.hpp"
#include "support/block.hpp"

namespace faults {

/// Device mapper over a loop device over memory.
class FaultyDisk {
public:
    FaultyDisk();

    [[nodiscard]] const std::string& folder() const { return mount_->path(); }
    [[nodiscard]] const MappedDevice& device() const { return device_; }

    [[nodiscard]] Table sound() const;
    /// Reads that meet the blocks of the file with these bytes fail.
    [[nodiscard]] Table failing(const std::string& file, const std::set<std::uint64_t>& offsets) const;
    /// All requests fail, in every other second.
    [[nodiscard]] Table failing_now_and_then() const;
    /// Each read takes that long, however many there are.
    [[nodiscard]] Table late(std::chrono::milliseconds delay) const;
    /// Reads wait until the device is suspended, or has another table.
    [[nodiscard]] Table waiting() const;
    /// Whether there are reads that it lets wait, as late() or waiting().
    [[nodiscard]] bool has_reads_waiting() const;
    /// There is no disk any more.
    [[nodiscard]] Table dead() const;

private:
    contract::Image image_;
    contract::LoopDevice loop_;
    MappedDevice device_;
    std::optional<contract::Mount> mount_;
};

/// What the disk does for a while; it is sound again in the end.
class Condition {
public:
    Condition(const FaultyDisk& disk, const Table& table);
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    ~Condition();

private:
    const FaultyDisk& disk_;
};

/// One disk for all tests of a suite.
class FaultyDiskTest : public LoadTest {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    void SetUp() override;

    [[nodiscard]] static const FaultyDisk& disk() { return *disk_; }
    [[nodiscard]] static bool reads_wait() { return disk().has_reads_waiting(); }

private:
    static std::unique_ptr<FaultyDisk> disk_;
};

}  // namespace faults
