// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::uint64_t disk_size = 64 * contract::megabyte;
constexpr std::uint64_t disk_sectors = disk_size / sector;
constexpr std::uint64_t block = 4 * contract::kilobyte;

template <class T>
T needed(contract::Available<T> what)
{
    if (!what)
        throw std::runtime_error(what.error());
    return std::move(*what);
}

}  // namespace

FaultyDisk::FaultyDisk()
    : image_(disk_size), loop_(needed(contract::LoopDevice::over(image_.path()))), device_("faulty", sound())
{
    // Nothing is written later and by itself, or it would be the filesystem that meets the fault.
    if (contract::run({"mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-E", "lazy_itable_init=0,nodiscard",
                       device_.path()}) != 0)
        throw std::runtime_error("mkfs.ext4 failed on " + device_.path());
    mount_.emplace(needed(contract::Mount::of(device_.path(), "ext4")));
}

Table FaultyDisk::sound() const
{
    return {{disk_sectors, "linear", loop_.path() + " 0"}};
}

Table FaultyDisk::failing(const std::string& file, const std::set<std::uint64_t>& offsets) const
{
    std::set<std::uint64_t> bad;
    for (const std::uint64_t offset : offsets) {
        const auto place = contract::device_offset(file, offset, block);
        if (!place)
            throw std::runtime_error(file + " has a byte that lies nowhere on the disk");
        bad.insert(*place / sector);
    }
    Table table;
    std::uint64_t end = 0;
    const auto sound_until = [&](std::uint64_t next) {
        if (next > end)
            table.push_back({next - end, "linear", loop_.path() + " " + std::to_string(end)});
    };
    for (const std::uint64_t first : bad) {
        sound_until(first);
        table.push_back({block / sector, "error"});
        end = first + block / sector;
    }
    sound_until(disk_sectors);
    return table;
}

Table FaultyDisk::failing_now_and_then() const
{
    return {{disk_sectors, "flakey", loop_.path() + " 0 1 1"}};
}

Table FaultyDisk::late(std::chrono::milliseconds delay) const
{
    const std::string device = loop_.path() + " 0 ";
    return {{disk_sectors, "delay", device + std::to_string(delay.count()) + " " + device + "0"}};
}

Table FaultyDisk::waiting() const
{
    // dm-delay lets go of all it holds when it is suspended. No test lets them wait that long.
    return late(std::chrono::minutes(1));
}

bool FaultyDisk::has_reads_waiting() const
{
    return std::stol(device_.status()) > 0;  // reads, writes and flushes
}

Table FaultyDisk::dead() const
{
    return {{disk_sectors, "error"}};
}

Condition::Condition(const FaultyDisk& disk, const Table& table) : disk_(disk)
{
    const contract::UniqueFd root = contract::open_file(disk.folder(), O_RDONLY);
    if (::syncfs(root.get()) != 0)
        contract::throw_errno("syncfs " + disk.folder());
    disk_.device().replace(table);
}

Condition::~Condition()
{
    try {
        disk_.device().replace(disk_.sound());
    } catch (const std::exception& error) {
        ADD_FAILURE() << "the disk stays broken: " << error.what();
    }
}

std::unique_ptr<FaultyDisk> FaultyDiskTest::disk_;

void FaultyDiskTest::SetUpTestSuite()
{
    disk_ = std::make_unique<FaultyDisk>();
    LoadTest::SetUpTestSuite();
}

void FaultyDiskTest::TearDownTestSuite()
{
    LoadTest::TearDownTestSuite();
    disk_.reset();
}

void FaultyDiskTest::SetUp()
{
    ASSERT_NE(disk_, nullptr) << "there is no disk to test on";
    LoadTest::SetUp();
}

}  // namespace faults
