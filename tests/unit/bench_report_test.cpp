// SPDX-License-Identifier: Apache-2.0
#include <bench/report_document.hpp>
#include <bench/report_environment.hpp>
#include <bench/report_formats.hpp>
#include <bench/report_headline.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bench_fixtures.hpp"
#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

json result_of(double ours_ns, const std::string& scenario = "phone-like")
{
    json result = testing::empty_result();
    testing::add_samples(result,
                         {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6, .step_ns = 1e6});
    testing::add_samples(result,
                         {.method = "alloc-read", .mode = "direct", .first_ns = ours_ns, .step_ns = 1e5});
    testing::add_limit(result, 200e6);
    for (const char* list : {"samples", "limits"}) {
        for (json& one : result[list])
            one["scenario"] = scenario;
    }
    return result;
}

Report report_of(std::vector<ReportInput> inputs)
{
    auto report = make_report(std::move(inputs));
    EXPECT_TRUE(report) << report.error().message();
    return report ? std::move(*report) : Report();
}

std::vector<std::string> names(const Report& report)
{
    std::vector<std::string> list;
    for (const ReportPart& part : report.parts)
        list.push_back(part.name);
    return list;
}

/// As scripts/bench makes them: with notes, and here of one size.
json boot_of(std::uint64_t size, const std::string& host)
{
    json result = result_of(250e6, "seed-table");
    for (const char* list : {"samples", "limits"}) {
        for (json& one : result[list])
            one["size"] = size;
    }
    result["contexts"] = json::array(
        {{{"scenario", "seed-table"}, {"context", {{"notes", {{"revision", "abc"}, {"host", host}}}}}}});
    return result;
}

TEST(BenchReport, BootsOfOneScenarioForEachSizeAreJoined)
{
    const Report joined = report_of({{"a.json", boot_of(1 << 20, "x")}, {"b.json", boot_of(1 << 23, "x")}});
    EXPECT_FALSE(joined.compares());
    EXPECT_EQ(joined.parts[0].groups.size(), 2U);
    EXPECT_TRUE(report_of({{"a.json", boot_of(1 << 20, "x")}, {"b.json", boot_of(1 << 23, "y")}}).compares())
        << "of two machines";
    EXPECT_TRUE(report_of({{"a.json", boot_of(1 << 20, "x")}, {"b.json", boot_of(1 << 20, "x")}}).compares())
        << "of the same size";
}

TEST(BenchReport, PartsOfOneRunAreJoined)
{
    const Report report =
        report_of({{"a.json", result_of(250e6, "phone-like")}, {"b.json", result_of(250e6, "half")}});
    ASSERT_EQ(report.parts.size(), 1U);
    EXPECT_EQ(report.parts[0].groups.size(), 2U);
}

TEST(BenchReport, SameScenarioOnTwoMachinesStaysApart)
{
    const Report report =
        report_of({{"a/latest.json", result_of(250e6)}, {"b/latest.json", result_of(300e6)}});
    EXPECT_THAT(names(report), ElementsAre("a/latest", "b/latest"));
    EXPECT_EQ(report.parts[0].groups[0].rows[0].total.count, 7U);
}

TEST(BenchReport, SameFileTwiceStillHasTwoNames)
{
    const Report report = report_of({{"a.json", result_of(250e6)}, {"a.json", result_of(250e6)}});
    ASSERT_EQ(report.parts.size(), 2U);
    EXPECT_NE(report.parts[0].name, report.parts[1].name);
}

TEST(BenchReport, AcrossMachinesOverlapIsATie)
{
    const Report report = report_of(
        {{"a.json", result_of(250e6)}, {"b.json", result_of(250.2e6)}, {"c.json", result_of(125e6)}});
    const Row& a = report.parts[0].groups[0].rows[0];
    EXPECT_EQ(across(report.parts[1].groups[0].rows[0], a), "tie");
    EXPECT_THAT(across(report.parts[2].groups[0].rows[0], a), StartsWith("2.00x"));
    Row few = a;
    few.total.count = kEnoughSamples - 1;
    EXPECT_EQ(across(few, a), "too few samples");
}

TEST(BenchReport, CounterpartMayHaveAnotherDiskRate)
{
    json slower = result_of(300e6);
    for (json& sample : slower["samples"])
        sample["disk_rate"] = 700000000;
    const Report report = report_of({{"a.json", result_of(250e6)}, {"b.json", slower}});
    EXPECT_EQ(counterpart(report.parts[1], report.parts[0].groups[0]), &report.parts[1].groups[0]);
    Group other = report.parts[0].groups[0];
    other.size = 1;
    EXPECT_EQ(counterpart(report.parts[1], other), nullptr);
}

/// A result of one run for each scenario, each with memory of its own.
json result_of_runs(const std::vector<std::string>& scenarios)
{
    json result = testing::empty_result();
    for (const std::string& scenario : scenarios) {
        const json one = result_of(250e6, scenario);
        for (const char* list : {"samples", "limits"})
            result[list].insert(result[list].end(), one[list].begin(), one[list].end());
        const json memory = {{"total", result["contexts"].size()}, {"page_size", 4096}};
        const json findings = {{{"weight", "ok"}, {"what", "clock"}, {"found", "tsc"}},
                               {{"weight", "note"}, {"what", "free memory"}, {"found", "as in " + scenario}}};
        const json context = {{"memory", memory}, {"findings", findings}};
        result["contexts"].push_back(
            {{"scenario", scenario}, {"disk_rate", 1000000000}, {"context", context}});
    }
    result["context"] = result["contexts"][0]["context"];
    return result;
}

std::string headline_of(const std::vector<std::string>& scenarios)
{
    const Report report = report_of({{"a.json", result_of_runs(scenarios)}});
    const Group* const group = headline_group(report.parts[0].groups);
    return group == nullptr ? "" : group->scenario;
}

TEST(BenchReport, HeadlineIsWhatIsNearestToAPhoneOrWhatTheQuestionIsAbout)
{
    EXPECT_EQ(headline_of({"unthrottled", "phone-like", "half", "quarter"}), "phone-like");
    EXPECT_EQ(headline_of({"rate-1-of-10", "rate-1-of-1", "rate-unthrottled"}), "rate-1-of-1");
    EXPECT_EQ(headline_of({"idle", "busy"}), "busy");
    EXPECT_EQ(headline_of({"whole", "fragmented"}), "fragmented");
    EXPECT_EQ(headline_of({"eaten-0", "eaten-25", "eaten-75"}), "eaten-75");
    EXPECT_EQ(headline_of({"ext4", "f2fs", "xfs", "tmpfs"}), "f2fs");
}

TEST(BenchReport, EnvironmentIsThatOfTheHeadlineAndSaysWhereOthersDiffer)
{
    const Report report = report_of({{"a.json", result_of_runs({"idle", "other", "busy"})}});
    EXPECT_THAT(environment_table(report).rows,
                ElementsAre(ElementsAre("fact", "value"), ElementsAre("memory.page_size", "4096"),
                            ElementsAre("memory.total", "2 B (2 bytes)"),
                            ElementsAre("memory.total (idle)", "0 B (0 bytes)"),
                            ElementsAre("memory.total (other)", "1 B (1 bytes)")));
    EXPECT_THAT(findings_table(report).rows,
                ElementsAre(::testing::_, ElementsAre("note", "free memory", "as in busy", "", "busy"),
                            ElementsAre("note", "free memory", "as in idle", "", "idle"),
                            ElementsAre("note", "free memory", "as in other", "", "other"),
                            ElementsAre("ok", "clock", "tsc", "", "all")));
}

TEST(BenchReport, DocumentHasEveryPart)
{
    const Report report = report_of({{"a.json", result_of(250e6)}});
    const Document document = make_document(report);
    std::vector<std::string> titles;
    for (const Section& section : document.sections)
        titles.push_back(section.title);
    EXPECT_THAT(titles, ElementsAre("Overview", "phone-like", "phone-like (disk 1 GB/s), 256 MB",
                                    "How to read it", "Environment", "Measure it again"));
    EXPECT_FALSE(document.lead.empty());
}

TEST(BenchReport, RunsSayHowFastTheirMachineCopies)
{
    json result = result_of(250e6);
    const json calibration = {{"copy_bytes_per_s", 512000000U}, {"clear_bytes_per_s", 1400000000U}};
    result["context"]["calibration"] = calibration;
    // The second run is of a time when nobody measured it.
    result["contexts"] = {{{"scenario", "phone-like"}, {"context", {{"calibration", calibration}}}},
                          {{"scenario", "half"}, {"context", json::object()}}};
    const Report report = report_of({{"a.json", result}});
    const auto rows = runs_table(report).rows;
    ASSERT_EQ(rows.size(), 3U);
    const auto column =
        static_cast<std::size_t>(std::ranges::find(rows[0], "memory copied at") - rows[0].begin());
    EXPECT_EQ(rows[1].at(column), "512 MB/s");
    EXPECT_EQ(rows[1].at(column + 1), "1.4 GB/s");
    EXPECT_EQ(rows[2].at(column), "-");
    EXPECT_THAT(environment_table(report).rows,
                Contains(ElementsAre("calibration.copy_bytes_per_s", "512 MB/s (512000000 bytes/s)")));
}

TEST(BenchReport, HostOfTheGuestHasATable)
{
    json result = result_of(250e6);
    EXPECT_EQ(host_table(report_of({{"a.json", result}})).rows.size(), 1U) << "no guest measured";
    result["context"]["host_findings"] = {
        {{"what", "KVM"}, {"weight", "ok"}, {"found", "works"}, {"advice", ""}},
        {{"what", "swap"}, {"weight", "warning"}, {"found", "/dev/sda2"}, {"advice", "Off."}}};
    const json guest = {{"scenario", "half"}, {"accelerator", "tcg"}, {"why", "/dev/kvm is not there"}};
    result["guests"] = {guest, guest};
    const Report report = report_of({{"a.json", result}});
    EXPECT_THAT(host_table(report).rows,
                ElementsAre(ElementsAre("", "what", "found", "advice"),
                            ElementsAre("warning", "swap", "/dev/sda2", "Off."),
                            ElementsAre("note", "accelerator of the guest", "tcg: /dev/kvm is not there", ""),
                            ElementsAre("ok", "KVM", "works", "")));
    EXPECT_THAT(render_markdown(report), HasSubstr("The host of the guest"));
}

TEST(BenchReport, DiskThatWasLateIsInTheReport)
{
    json result = result_of(250e6);
    result["disk_model"] = json::array({{{"scenario", "half"}, {"reads", 10}, {"in_time_share", 0.5}}});
    const std::string text = render_markdown(report_of({{"a.json", result}}));
    EXPECT_THAT(text, HasSubstr("How punctual the disk model was"));
    EXPECT_THAT(text, HasSubstr("warning: half: the disk model answered only 50.00 %"));
}

TEST(BenchReport, EmptyResultIsAReportToo)
{
    const Report report = report_of({{"a.json", testing::empty_result()}});
    EXPECT_THAT(render_markdown(report), StartsWith("# "));
    EXPECT_THAT(render_csv(report), StartsWith("result,scenario,"));
}

TEST(BenchReport, MarkdownTakesHostileText)
{
    json result = result_of(250e6);
    result["unavailable"].push_back({{"method", "a|b"}, {"mode", "direct"}, {"reason", "<script>*x*"}});
    const std::string text = render_markdown(report_of({{"a.json", result}}));
    EXPECT_THAT(text, HasSubstr("a\\|b direct: \\<script\\>\\*x\\*"));
}

TEST(BenchReport, CsvQuotesWhatNeedsIt)
{
    json result = result_of(250e6);
    for (json& sample : result["samples"])
        sample["method"] = "a \"b\", c";
    EXPECT_THAT(render_csv(report_of({{"a.json", result}})), HasSubstr(",\"a \"\"b\"\", c\","));
}

TEST(BenchReport, CsvHasNumbersBesideTheSpine)
{
    json result = result_of(250e6);
    for (json& sample : result["samples"])
        sample["spinner_lost_share"] = 0.25;
    const std::string text = render_csv(report_of({{"a.json", result}}));
    EXPECT_THAT(text, HasSubstr(",outliers,spinner_lost_share\r\n"));
    EXPECT_THAT(text, HasSubstr(",0.25\r\n"));
}

TEST(BenchReport, CsvHasWhatMakesNoDmabufWithoutAPlace)
{
    json result = result_of(250e6);
    result["fio"].push_back({{"scenario", "phone-like"},
                             {"disk_rate", 1000000000},
                             {"size", 268435456},
                             {"job", "direct"},
                             {"total_ns", 600e6}});
    EXPECT_THAT(
        render_csv(report_of({{"a.json", result}})),
        HasSubstr("\r\n,phone-like,1000000000,268435456,fio,direct,,no dma-buf,-,,,600000000,,,600000000,"
                  ",,,,,,200000000,,,,,,,,,\r\n"));
}

TEST(BenchReport, PageNeedsNothingFromElsewhereAndCannotBeBrokenOut)
{
    json result = result_of(250e6);
    for (json& sample : result["samples"])
        sample["method"] = sample["method"] == "mmap-read" ? "mmap-read" : "</script><img src=x>";
    const auto page = render_html(report_of({{"a.json", result}}));
    if (!page)
        GTEST_SKIP() << "built without the chart library";
    EXPECT_THAT(*page, StartsWith("<!DOCTYPE html>"));
    EXPECT_THAT(*page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(*page, Not(HasSubstr("<img")));
    EXPECT_THAT(*page, HasSubstr("Redistributions of source code must retain"));
}

TEST(BenchReport, ContextOfAnotherShapeIsAnErrorNotTheEnd)
{
    json result = result_of(250e6);
    result["context"] = {{"kernel", "6.12"}, {"findings", {1, 2}}};
    const Report report = report_of({{"a.json", result}});
    for (const char* format : {"markdown", "html"}) {
        const auto text = render(report, format, true);
        ASSERT_FALSE(text) << format;
        EXPECT_THAT(text.error().message(), HasSubstr("schema 1"));
    }
    EXPECT_TRUE(render(report, "csv", true)) << "it has no context in it";

    json other = result_of(250e6);
    other["unavailable"] = {"mmap-read"};
    EXPECT_FALSE(render(report_of({{"a.json", other}}), "text", true));
}

TEST(BenchReport, NumbersThatNothingCanBeCalculatedWithAreRefused)
{
    const auto with = [](const char* field, const json& value) {
        json result = result_of(250e6);
        result["samples"][0][field] = value;
        return make_report({{"a.json", result}});
    };
    EXPECT_TRUE(with("size", 1e9));
    EXPECT_TRUE(with("shmem_growth_bytes", -4096));
    EXPECT_FALSE(with("size", 1e300));
    EXPECT_FALSE(with("size", -0.5));
    EXPECT_FALSE(with("round", 1.5));
    EXPECT_FALSE(with("spinner_lost_bytes", std::uint64_t{1} << 63U));
    json deep = 1;
    for (int i = 0; i < 100; ++i)
        deep = json::array({deep});
    EXPECT_FALSE(with("deep", deep));
}

class BenchReportFile : public testing::InTemporaryFolder {};

TEST_F(BenchReportFile, ReadsResultsAndJournalsWhateverIsInThem)
{
    write("result", result_of(250e6).dump());
    write("journal", R"({"kind": "end", "status": "done"})");
    EXPECT_TRUE(read_report({folder_ + "/result"}));
    EXPECT_TRUE(read_report({folder_ + "/journal"}));
    for (const char* text : {R"({"kind": 5})", R"({"kind": "limit"}{)", R"({"kind": "sample", "size": {}})",
                             R"({"schema": 1, "samples": [5], "limits": []})", "[]", ""}) {
        write("wrong", text);
        EXPECT_FALSE(read_report({folder_ + "/wrong"})) << text;
    }
    EXPECT_FALSE(read_report({folder_ + "/none"}));
    EXPECT_FALSE(read_report({}));
}

TEST(BenchReport, TextComparesMachinesFirst)
{
    const std::string text =
        render_text(report_of({{"a.json", result_of(250e6)}, {"b.json", result_of(125e6)}}), true);
    EXPECT_THAT(text, StartsWith("Side by side\n"));
    EXPECT_THAT(text, HasSubstr("2.00x as fast"));
    EXPECT_THAT(text, HasSubstr("==== b ===="));
}

}  // namespace
}  // namespace dmaload::bench
