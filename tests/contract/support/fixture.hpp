// SPDX-License-Identifier: Apache-2.0
/// \file
/// The fixtures: every test gets the system heap, and is watched for
/// descriptors and dma-bufs that it leaves behind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/content.hpp"
#include "support/heap.hpp"

namespace contract {

class ContractTest : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// The system heap.
    [[nodiscard]] int heap() const { return heap_.get(); }
    [[nodiscard]] Outcome load(int file) const { return alloc_read(heap(), file); }

    /// Waits until as many dma-bufs exist as before the test. (A killed
    /// process may be reaped a little before its last descriptor is closed.)
    [[nodiscard]] ::testing::AssertionResult dmabufs_are_gone() const;

private:
    std::vector<int> fds_;
    std::optional<long> dmabufs_;
    UniqueFd heap_;
};

/// Fails the test unless available memory comes back, to within the
/// tolerance, to what it was when this was made. The tolerance covers slabs
/// and page tables; a test has to leak more than that to be seen, so it
/// repeats what it does until a leak would add up to several times as much.
class MemoryWatch {
public:
    static constexpr long long tolerance = 16LL * 1024 * 1024;

    MemoryWatch();
    [[nodiscard]] ::testing::AssertionResult returned() const;

private:
    long long before_;
};

/// A folder to test in, and how files are opened there.
struct Place {
    std::string folder;
    bool direct = false;

    [[nodiscard]] int open_flags() const { return O_RDONLY | (direct ? O_DIRECT : 0); }
};
void PrintTo(const Place& place, std::ostream* out);
std::string place_name(const ::testing::TestParamInfo<Place>& info);

/// The folders of DMALOAD_TEST_DIRS (/disk0:/disk1:/dev/shm unless set).
std::vector<std::string> test_folders();
/// The first of them that lies on a block device; empty where none does.
std::string disk_folder();
/// Each folder, direct and buffered.
std::vector<Place> all_places();
/// Each folder that lies on a block device, direct and buffered.
std::vector<Place> disk_places();

/// The block device that a folder's filesystem lies on (/dev/vda), or empty.
std::string device_of(const std::string& folder);
/// The filesystem's name in /proc/mounts, or empty.
std::string filesystem_of(const std::string& folder);

class PlaceTest : public ContractTest, public ::testing::WithParamInterface<Place> {
protected:
    void SetUp() override;

    [[nodiscard]] const std::string& folder() const { return GetParam().folder; }
    [[nodiscard]] UniqueFd open(const TemporaryFile& file) const
    {
        return file.open(GetParam().open_flags());
    }
};

}  // namespace contract
