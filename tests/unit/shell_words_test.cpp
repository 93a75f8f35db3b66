// SPDX-License-Identifier: Apache-2.0
#include "shell_words.hpp"

#include <gtest/gtest.h>

namespace dmaload::cli {
namespace {

TEST(ShellWords, PlainWordsStayAsTheyAre)
{
    EXPECT_EQ(shell_words({"dmaload", "bench", "--sizes", "512K,8M", "--dir=/mnt/a_b"}),
              "dmaload bench --sizes 512K,8M --dir=/mnt/a_b");
}

TEST(ShellWords, WhatAShellWouldUnderstandIsQuoted)
{
    EXPECT_EQ(shell_words({"--while", "dd if=\"$D\" of=/dev/null"}), "--while 'dd if=\"$D\" of=/dev/null'");
    EXPECT_EQ(shell_words({"it's", "", "*", "a b"}), R"('it'\''s' '' '*' 'a b')");
}

}  // namespace
}  // namespace dmaload::cli
