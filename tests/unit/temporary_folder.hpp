// SPDX-License-Identifier: Apache-2.0
/// \file
/// A folder for the files of one test.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace dmaload::bench::testing {

/// A fixture whose folder is there for one test, and empty.
class InTemporaryFolder : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = ::testing::TempDir() + "dmaload-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream(folder_ + "/" + name) << text;
    }
    /// The first line of a file of the folder.
    [[nodiscard]] std::string read(const std::string& name) const
    {
        std::string line;
        std::ifstream file(folder_ + "/" + name);
        std::getline(file, line);
        return line;
    }

    std::string folder_;
};

}  // namespace dmaload::bench::testing
