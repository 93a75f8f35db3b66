// SPDX-License-Identifier: Apache-2.0
#include <bench/doctor.hpp>
#include <bench/host_findings.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(BenchHostFindings, AreWhatTheDoctorPrints)
{
    const std::vector<Finding> findings = {{"swap", Weight::warning, "/dev/sda2", "Switch it off."}};
    const json printed = {{"fit", true}, {"findings", to_json(findings)}};
    const auto read = parse_host_findings("host.json", printed.dump(2));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, to_json(findings));
}

TEST(BenchHostFindings, OtherTextsAreRefusedByName)
{
    for (const char* text : {"", "hello", "[]", "{}", R"({"findings": 5})", R"({"findings": [5]})",
                             R"({"findings": [{"what": "swap"}]})",
                             R"({"findings": [{"what": 1, "weight": "", "found": "", "advice": ""}]})"}) {
        const auto read = parse_host_findings("host.json", text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, EINVAL);
        EXPECT_THAT(read.error().message(), HasSubstr("host.json"));
        EXPECT_THAT(read.error().message(), HasSubstr("dmaload doctor"));
    }
    EXPECT_FALSE(read_host_findings("/no/such/file"));
}

}  // namespace
}  // namespace dmaload::bench
