// SPDX-License-Identifier: Apache-2.0
#include <bench/doctor.hpp>
#include <bench/environment.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A machine that nothing is wrong with.
MachineFacts healthy()
{
    MachineFacts facts;
    facts.clocksource = "tsc";
    facts.shmem_thp = "always within_size [advise] never deny force";
    facts.anon_thp = "always [madvise] never";
    facts.hugetlb = {.pool = 0, .allowed = 4096};
    facts.governors = {"performance"};
    facts.udmabuf_limit = std::uint64_t{1} << 30;
    facts.available = std::uint64_t{8} << 30;
    facts.cpus = 2;
    return facts;
}

Finding finding_of(const MachineFacts& facts, const std::string& what, const Plans& plans = {})
{
    for (const Finding& finding : judge(facts, plans)) {
        if (finding.what == what)
            return finding;
    }
    ADD_FAILURE() << "no finding about " << what;
    return {};
}

TEST(BenchDoctor, HealthyMachineHasNothingToHeed)
{
    for (const Finding& finding : judge(healthy(), {})) {
        EXPECT_EQ(finding.weight, Weight::ok) << finding.what << ": " << finding.found;
        EXPECT_EQ(finding.advice, "") << finding.what;
        EXPECT_NE(finding.found, "") << finding.what;
    }
}

TEST(BenchDoctor, WhatIsWrongHasAWeightAndAdvice)
{
    struct Case {
        const char* what;
        Weight weight;
        std::function<void(MachineFacts&)> spoil;
    };
    const Case cases[] = {
        {"clock", Weight::problem, [](auto& m) { m.clocksource = "refined-jiffies"; }},
        {"clock", Weight::problem, [](auto& m) { m.clocksource = ""; }},
        {"processor", Weight::note, [](auto& m) { m.hypervisor = "TCG"; }},
        {"processor", Weight::note, [](auto& m) { m.hypervisor = "KVM"; }},
        {"KVM", Weight::note, [](auto& m) { m.kvm = "/dev/kvm: No such file or directory"; }},
        {"other load", Weight::warning, [](auto& m) { m.busy = 0.2; }},
        {"other load", Weight::warning, [](auto& m) { m.load_average = 1.5; }},
        {"other load", Weight::warning, [](auto& m) { m.steal = 0.05; }},
        {"CPU governor", Weight::warning, [](auto& m) { m.governors = {"performance", "schedutil"}; }},
        {"free memory", Weight::note, [](auto& m) { m.available.reset(); }},
        {"free memory", Weight::warning, [](auto& m) { m.available = std::uint64_t{512} << 20; }},
        {"free memory", Weight::problem, [](auto& m) { m.available = std::uint64_t{255} << 20; }},
        {"swap", Weight::warning, [](auto& m) { m.swaps = {"/dev/sda2"}; }},
        {"page cache", Weight::problem, [](auto& m) { m.no_caches = "Permission denied"; }},
        {"heap system", Weight::problem, [](auto& m) { m.no_heap = "Permission denied"; }},
        {"heap system", Weight::warning, [](auto& m) { m.no_read = "Invalid argument"; }},
        {"huge pages of memfds", Weight::warning, [](auto& m) { m.shmem_thp = "always advise [never]"; }},
        {"huge pages of memfds", Weight::warning, [](auto& m) { m.shmem_thp = ""; }},
        {"anonymous huge pages", Weight::warning, [](auto& m) { m.anon_thp = "always madvise [never]"; }},
        {"anonymous huge pages", Weight::warning, [](auto& m) { m.anon_thp = ""; }},
        {"hugetlb pages", Weight::warning, [](auto& m) { m.hugetlb.reset(); }},
        {"hugetlb pages", Weight::warning, [](auto& m) { m.hugetlb = {.pool = 100, .allowed = 27}; }},
        {"udmabuf", Weight::warning, [](auto& m) { m.no_udmabuf = "No such file or directory"; }},
        {"udmabuf", Weight::note, [](auto& m) { m.udmabuf_limit = std::uint64_t{64} << 20; }},
        {"io_uring", Weight::warning, [](auto& m) { m.no_io_uring = "Operation not permitted"; }},
    };
    for (const Case& one : cases) {
        MachineFacts facts = healthy();
        one.spoil(facts);
        EXPECT_EQ(finding_of(facts, one.what).weight, one.weight) << one.what;
        EXPECT_EQ(fit_for_measuring(judge(facts, {})), one.weight != Weight::problem) << one.what;
    }
}

TEST(BenchDoctor, GuestIsNotAskedForKvm)
{
    MachineFacts facts = healthy();
    facts.hypervisor = "TCG";
    facts.kvm = "/dev/kvm: No such file or directory";
    EXPECT_EQ(finding_of(facts, "KVM").weight, Weight::ok);
}

TEST(BenchDoctor, OfAHostOnlyCountsWhatReachesItsGuests)
{
    const Plans host{.host = true};
    MachineFacts facts = healthy();
    facts.no_heap = "Permission denied";
    facts.load_average = 50;
    for (const Finding& finding : judge(facts, host))
        EXPECT_EQ(finding.weight, Weight::ok) << finding.what << ": " << finding.found;
    facts.busy = 0.2;
    EXPECT_EQ(finding_of(facts, "other load", host).weight, Weight::warning);
    // A guest may be the host of others, and then it matters whether it has KVM.
    facts.hypervisor = "KVM";
    facts.kvm = "/dev/kvm: No such file or directory";
    EXPECT_EQ(finding_of(facts, "KVM", host).weight, Weight::note);
}

TEST(BenchDoctor, SizeOfTheFileCounts)
{
    MachineFacts facts = healthy();
    facts.udmabuf_limit = std::uint64_t{64} << 20;
    const Finding large = finding_of(facts, "udmabuf", {.largest_file = std::uint64_t{3} << 30});
    EXPECT_THAT(large.advice, HasSubstr("echo 3073 > "));
    EXPECT_EQ(finding_of(facts, "udmabuf", {.largest_file = 64 << 20}).weight, Weight::ok);
}

TEST(BenchDoctor, HugetlbPagesComeFromThePoolAndFromFreeMemory)
{
    constexpr std::uint64_t kPage = 2 << 20;
    MachineFacts facts = healthy();
    const Plans plans{.largest_file = 128 * kPage - 1};
    facts.hugetlb = {.pool = 100, .allowed = 28};
    EXPECT_EQ(finding_of(facts, "hugetlb pages", plans).weight, Weight::ok);
    facts.hugetlb = {.pool = 100, .allowed = 0};
    EXPECT_THAT(finding_of(facts, "hugetlb pages", plans).advice, HasSubstr("overcommit_hugepages=28"));
    // Allowed, but there is nothing to make them of.
    facts.hugetlb = {.pool = 0, .allowed = 4096};
    facts.available = 127 * kPage;
    const Finding finding = finding_of(facts, "hugetlb pages", plans);
    EXPECT_EQ(finding.weight, Weight::warning);
    EXPECT_THAT(finding.advice, HasSubstr("end other programs"));
    // The pool does not need any.
    facts.hugetlb = {.pool = 128, .allowed = 0};
    EXPECT_EQ(finding_of(facts, "hugetlb pages", plans).weight, Weight::ok);
}

TEST(BenchDoctor, JsonHoldsEachFinding)
{
    const Finding finding{"clock", Weight::problem, "jiffies", "Boot with tsc."};
    EXPECT_EQ(to_json(std::vector{finding}).dump(),
              R"([{"advice":"Boot with tsc.","found":"jiffies","weight":"problem","what":"clock"}])");
}

TEST(BenchDoctor, FindingsStandInTheContextOfResults)
{
    const auto context = describe_environment({.files = {}, .heap = "no-such-heap", .notes = {}});
    ASSERT_EQ(context.at("findings").size(), judge(healthy(), {}).size());
    EXPECT_EQ(context.at("findings")[8].at("what"), "heap no-such-heap");
    EXPECT_EQ(context.at("findings")[8].at("weight"), "problem");
}

TEST(BenchDoctor, WarningsAndProblemsOfTheContextAreSaid)
{
    const std::vector<Finding> findings = {{"clock", Weight::problem, "jiffies", "Boot with tsc."},
                                           {"processor", Weight::note, "emulated", "Compare ratios."},
                                           {"swap", Weight::warning, "/dev/sda2", "Switch it off."},
                                           {"io_uring", Weight::ok, "allowed", ""}};
    EXPECT_THAT(environment_warnings({{"findings", to_json(findings)}}),
                ElementsAre("clock: jiffies. Boot with tsc.", "swap: /dev/sda2. Switch it off."));
    EXPECT_THAT(environment_warnings({{"findings", nlohmann::json::array()}}), IsEmpty());
}

TEST(BenchDoctor, AsksThisMachine)
{
    const MachineFacts facts = read_machine({.heap = "no-such-heap"});
    EXPECT_GE(facts.cpus, 1);
    EXPECT_GE(facts.busy, 0);
    EXPECT_LE(facts.busy, 1);
    EXPECT_GT(facts.available.value_or(0), 0U);
    EXPECT_THAT(facts.no_heap, HasSubstr("no-such-heap"));
}

}  // namespace
}  // namespace dmaload::bench
