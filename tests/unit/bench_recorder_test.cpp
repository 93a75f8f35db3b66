// SPDX-License-Identifier: Apache-2.0
#include <bench/recorder.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

using BenchRecorder = testing::InTemporaryFolder;

TEST_F(BenchRecorder, SaysThatTheKernelHasNoTracepoints)
{
    const auto missing = Recorder::create(folder_ + "/nothing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ENOENT);

    std::filesystem::create_directory(folder_ + "/events");
    const auto recorder = Recorder::create(folder_);
    ASSERT_FALSE(recorder);
    EXPECT_NE(recorder.error().message().find("no such tracepoints"), std::string::npos);
}

TEST_F(BenchRecorder, LeavesNothingBehindWhereItFails)
{
    std::filesystem::create_directories(folder_ + "/events/dma_heap/dma_heap_read_begin");
    std::filesystem::create_directory(folder_ + "/instances");
    EXPECT_FALSE(Recorder::create(folder_)) << "a folder without the kernel's files";
    EXPECT_TRUE(std::filesystem::is_empty(folder_ + "/instances"));
}

}  // namespace
}  // namespace dmaload::bench
