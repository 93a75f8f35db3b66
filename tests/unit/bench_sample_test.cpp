// SPDX-License-Identifier: Apache-2.0
#include <bench/environment.hpp>
#include <bench/page_cache.hpp>
#include <bench/sample.hpp>
#include <bench/test_file.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <dmaload/pattern.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

namespace dmaload::bench {
namespace {

class BenchFile : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = ::testing::TempDir() + "dmaload-bench-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string directory_;
};

std::vector<std::byte> buffer_of(const TestFile& file, std::size_t length)
{
    std::vector<std::byte> buffer(length);
    pattern::fill(std::span(buffer).first(file.size), 0, kContentSeed);
    return buffer;
}

TEST_F(BenchFile, PatternFileIsMadeKeptAndRecognised)
{
    const std::string path = pattern_path(directory_, 70001);
    ASSERT_TRUE(make_pattern_file(path, 70001));
    const auto file = examine(path);
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(file->size, 70001U);
    EXPECT_TRUE(file->pattern);

    const auto written = std::filesystem::last_write_time(path);
    ASSERT_TRUE(make_pattern_file(path, 70001));
    EXPECT_EQ(std::filesystem::last_write_time(path), written) << "a whole file is not written again";
}

TEST_F(BenchFile, OtherContentIsKnownByItsChecksum)
{
    const std::string path = directory_ + "/other";
    const std::string content(5000, 'x');
    std::ofstream(path) << content;
    const auto file = examine(path);
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_FALSE(file->pattern);

    std::vector<std::byte> buffer(8192);
    for (std::size_t i = 0; i < content.size(); ++i)
        buffer[i] = std::byte{'x'};
    EXPECT_FALSE(difference(*file, buffer));
    buffer[4999] = std::byte{'y'};
    EXPECT_TRUE(difference(*file, buffer));
}

TEST_F(BenchFile, EmptyAndMissingFilesAreErrors)
{
    std::ofstream(directory_ + "/empty").flush();
    EXPECT_FALSE(examine(directory_ + "/empty"));
    EXPECT_FALSE(examine(directory_ + "/missing"));
    EXPECT_FALSE(examine(directory_));
    EXPECT_FALSE(examine("/dev/null")) << "a device, and not one with blocks";
}

TEST(BenchContent, FindsWrongBytesAndWhatIsBehindTheEnd)
{
    const TestFile file{.path = "x", .size = 5000, .pattern = true};
    auto buffer = buffer_of(file, 8192);
    EXPECT_FALSE(difference(file, buffer));
    buffer[8191] = std::byte{1};
    EXPECT_NE(difference(file, buffer).value_or("").find("8191"), std::string::npos);
    buffer = buffer_of(file, 8192);
    buffer[4096] ^= std::byte{1};
    EXPECT_NE(difference(file, buffer).value_or("").find("4096"), std::string::npos);
    EXPECT_TRUE(difference(file, std::span(buffer).first(4096)));
}

TEST(BenchContent, ChecksumDependsOnPositionAndLength)
{
    const auto sum = [](const std::vector<std::byte>& bytes) {
        Checksum checksum;
        checksum.add(bytes);
        return checksum.value();
    };
    std::vector<std::byte> a(16);
    std::vector<std::byte> b(16);
    a[0] = std::byte{1};
    b[8] = std::byte{1};
    EXPECT_NE(sum(a), sum(b));
    EXPECT_NE(sum(std::vector<std::byte>(16)), sum(std::vector<std::byte>(17)));

    Checksum in_parts;
    in_parts.add(std::span(a).first(8));
    in_parts.add(std::span(a).subspan(8));
    EXPECT_EQ(in_parts.value(), sum(a));
}

TEST(BenchCold, SaysWhyASampleIsNotCold)
{
    const std::vector<TestFile> files{{.path = "/disk0/a", .size = 4096, .filesystem = "ext4"}};
    EXPECT_EQ(why_not_cold(files, 0, 4096), "");
    EXPECT_EQ(why_not_cold(files, 0, std::nullopt), "");
    EXPECT_NE(why_not_cold(files, 4096, 4096), "");
    EXPECT_NE(why_not_cold(files, 0, 512), "");
}

TEST(BenchCold, MemoryIsAsColdAsItGets)
{
    const std::vector<TestFile> files{{.path = "/dev/shm/a", .size = 4096, .filesystem = "tmpfs"}};
    EXPECT_EQ(why_not_cold(files, 4096, std::nullopt), "");
}

TEST(BenchCold, PathComesFromTheTraces)
{
    constexpr std::uint64_t size = 1 << 20;
    EXPECT_EQ(path_from_traces(size, size, size, Path::direct), Path::buffered);
    EXPECT_EQ(path_from_traces(size, 0, size, Path::buffered), Path::direct);
    EXPECT_EQ(path_from_traces(size, 0, std::nullopt, Path::direct), Path::direct);
    EXPECT_EQ(path_from_traces(size, 4096, size, Path::unknown), Path::unknown);
}

TEST(BenchCold, ParsesTheDevicesCounters)
{
    EXPECT_EQ(parse_device_read_bytes("     132        0     2048       10        1        0\n"),
              2048U * 512);
    EXPECT_FALSE(parse_device_read_bytes("12"));
    EXPECT_FALSE(parse_device_read_bytes(""));
}

TEST(BenchCold, ParsesMeminfo)
{
    const Meminfo info = parse_meminfo(
        "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    900 kB\nBuffers:  10 kB\nCached:   200 kB\n"
        "SwapCached:        7 kB\nShmem:      50 kB\n");
    EXPECT_EQ(info.total, 1000U * 1024);
    EXPECT_EQ(info.available, 900U * 1024);
    EXPECT_EQ(info.file_cache(), 160U * 1024);
    EXPECT_EQ(parse_meminfo("Shmem: 5 kB\n").file_cache(), 0U);
}

TEST(BenchEnvironment, OnlySteadyClocksAreGood)
{
    EXPECT_TRUE(clocksource_is_good("tsc"));
    EXPECT_TRUE(clocksource_is_good("kvm-clock"));
    EXPECT_FALSE(clocksource_is_good("refined-jiffies"));
    EXPECT_FALSE(clocksource_is_good("hpet"));
    EXPECT_FALSE(clocksource_is_good(""));
}

}  // namespace
}  // namespace dmaload::bench
