// SPDX-License-Identifier: Apache-2.0
#include "support/fixture.hpp"

#include <cctype>
#include <cstdlib>
#include <sstream>

#include <unistd.h>

namespace contract {
namespace {

struct MountEntry {
    std::string device;
    std::string filesystem;
};

MountEntry mount_entry(const std::string& folder)
{
    std::istringstream lines(read_text("/proc/mounts"));
    MountEntry found;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        MountEntry entry;
        std::string target;
        words >> entry.device >> target >> entry.filesystem;
        if (target == folder)
            found = entry;  // the last one mounted there is the one that is seen
    }
    return found;
}

std::vector<Place> both_modes(const std::vector<std::string>& folders)
{
    std::vector<Place> places;
    for (const std::string& folder : folders) {
        places.push_back({folder, true});
        places.push_back({folder, false});
    }
    return places;
}

}  // namespace

void ContractTest::SetUp()
{
    fds_ = open_fds();
    dmabufs_ = count_dmabufs();
    heap_ = open_heap();
}

void ContractTest::TearDown()
{
    heap_.reset();
    EXPECT_EQ(open_fds(), fds_) << "descriptors were left open";
    EXPECT_TRUE(dmabufs_are_gone());
}

::testing::AssertionResult ContractTest::dmabufs_are_gone() const
{
    if (!dmabufs_ || eventually([this] { return count_dmabufs() == dmabufs_; }))
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "there are " << *count_dmabufs() << " dma-bufs, before the test there were " << *dmabufs_;
}

MemoryWatch::MemoryWatch() : before_(available_memory()) {}

::testing::AssertionResult MemoryWatch::returned() const
{
    long long now = 0;
    if (eventually([&] { return (now = available_memory()) >= before_ - tolerance; },
                   std::chrono::seconds(5)))
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << (before_ - now) / 1024 << " KB of memory did not come back";
}

void PrintTo(const Place& place, std::ostream* out)
{
    *out << place.folder << (place.direct ? ", direct" : ", buffered");
}

std::string place_name(const ::testing::TestParamInfo<Place>& info)
{
    std::string name;
    for (const char letter : info.param.folder)
        if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
            name += letter;
    return name + (info.param.direct ? "_direct" : "_buffered");
}

std::vector<std::string> test_folders()
{
    const char* list = std::getenv("DMALOAD_TEST_DIRS");
    std::istringstream words(list != nullptr ? list : "/disk0:/disk1:/dev/shm");
    std::vector<std::string> folders;
    for (std::string folder; std::getline(words, folder, ':');)
        if (!folder.empty())
            folders.push_back(folder);
    return folders;
}

std::string disk_folder()
{
    for (const std::string& folder : test_folders())
        if (!device_of(folder).empty() && ::access(folder.c_str(), W_OK) == 0)
            return folder;
    return {};
}

std::vector<Place> all_places()
{
    return both_modes(test_folders());
}

std::vector<Place> disk_places()
{
    std::vector<std::string> folders;
    for (const std::string& folder : test_folders())
        if (!device_of(folder).empty())
            folders.push_back(folder);
    return both_modes(folders);
}

std::string device_of(const std::string& folder)
{
    const std::string device = mount_entry(folder).device;
    return device.starts_with("/dev/") ? device : std::string();
}

std::string filesystem_of(const std::string& folder)
{
    return mount_entry(folder).filesystem;
}

void PlaceTest::SetUp()
{
    ContractTest::SetUp();
    if (::access(folder().c_str(), W_OK) != 0)
        GTEST_SKIP() << folder() << " is not there, or not writable";
}

}  // namespace contract
