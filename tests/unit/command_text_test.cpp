// SPDX-License-Identifier: Apache-2.0
#include <command_text.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace dmaload::cli {
namespace {

std::string text_of(const std::vector<std::string>& arguments)
{
    return command_text(arguments);
}

TEST(CommandText, IsPlainWhereItCanBe)
{
    EXPECT_EQ(text_of({"dmaload", "bench", "--sizes", "512K,8M", "/mnt/a_b.gguf"}),
              "dmaload bench --sizes 512K,8M /mnt/a_b.gguf");
    EXPECT_EQ(text_of({}), "");
}

TEST(CommandText, HasQuotesWhereAShellWouldReadMore)
{
    EXPECT_EQ(text_of({"--while", "dd if=/dev/vda of=/dev/null", "a$b", ""}),
              "--while 'dd if=/dev/vda of=/dev/null' 'a$b' ''");
    EXPECT_EQ(text_of({"it's"}), R"('it'\''s')");
}

}  // namespace
}  // namespace dmaload::cli
