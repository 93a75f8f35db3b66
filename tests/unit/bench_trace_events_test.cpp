// SPDX-License-Identifier: Apache-2.0
#include <bench/trace_events.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "bench_trace_fixture.hpp"

namespace dmaload::bench {
namespace {

using Kind = TraceEvent::Kind;
using namespace std::chrono_literals;

constexpr const char* kOurs = "00000000aaaa0001";
constexpr int kOurThread = 215;

/// The trace with the first \p part of it replaced.
std::string changed(std::string_view part, std::string_view other)
{
    const std::size_t at = testing::kTrace.find(part);
    EXPECT_NE(at, std::string::npos);
    return fmt::format("{}{}{}", testing::kTrace.substr(0, at), other,
                       testing::kTrace.substr(at + part.size()));
}

TEST(BenchTraceEvents, ReadsWhatTheKernelPrints)
{
    const auto events = parse_trace(testing::kTrace);
    ASSERT_TRUE(events) << events.error().message();
    ASSERT_EQ(events->size(), 20U) << "the other event is passed over";
    const TraceEvent& begin = events->front();
    EXPECT_EQ(begin.kind, Kind::begin);
    EXPECT_EQ(begin.time, 12s + 100us);
    EXPECT_EQ(begin.thread, kOurThread);
    EXPECT_EQ(begin.cpu, 1);
    EXPECT_EQ(begin.call, kOurs);
    EXPECT_EQ(begin.field("size"), 24000);
    EXPECT_EQ(begin.field("direct"), 1);
    const TraceEvent& submitted = events->at(4);
    EXPECT_EQ(submitted.kind, Kind::submitted);
    EXPECT_EQ(submitted.field("ret"), -529);
}

TEST(BenchTraceEvents, NameOfATaskMayHoldAnything)
{
    const auto events = parse_trace(testing::kTrace);
    ASSERT_TRUE(events);
    EXPECT_EQ(events->at(2).thread, 77);
    EXPECT_EQ(events->at(2).cpu, 0);
}

TEST(BenchTraceEvents, LostEventsAreAnError)
{
    EXPECT_FALSE(parse_trace(changed("21/21", "21/22")));
    EXPECT_FALSE(parse_trace(fmt::format("{}CPU:1 [LOST 12 EVENTS]\n", testing::kTrace)));
}

TEST(BenchTraceEvents, MissingFieldsAreAnErrorThatShowsTheLine)
{
    for (const char* part : {" inflight=0", " ret=-529", "call=00000000aaaa0001 size", " async=1"}) {
        const auto events = parse_trace(changed(part, ""));
        ASSERT_FALSE(events) << part;
        EXPECT_NE(events.error().message().find("dma_heap_read_"), std::string::npos);
    }
    EXPECT_FALSE(parse_trace(changed("12.000100", "12000100.")));
}

TEST(BenchTraceEvents, TimesThatNoClockShowsAreAnError)
{
    for (const char* time : {"9999999999.000100", "9223372036854775807.000100", "-12.000100", "12.-00100"})
        EXPECT_FALSE(parse_trace(changed("12.000100", time))) << time;
}

TEST(BenchTraceEvents, NothingIsNoEvents)
{
    const auto events = parse_trace("# tracer: nop\n");
    ASSERT_TRUE(events);
    EXPECT_TRUE(events->empty());
    EXPECT_FALSE(select_call(*events, kOurThread));
}

TEST(BenchTraceEvents, OurCallIsToldFromOthers)
{
    const auto events = parse_trace(testing::kTrace);
    ASSERT_TRUE(events);
    const auto call = select_call(*events, kOurThread);
    ASSERT_TRUE(call) << call.error().message();
    EXPECT_EQ(call->size(), 18U);
    EXPECT_TRUE(std::ranges::all_of(*call, [](const TraceEvent& event) { return event.call == kOurs; }));
    EXPECT_EQ(call->back().kind, Kind::end);

    EXPECT_FALSE(select_call(*events, 4711)) << "two calls, neither is ours";
    EXPECT_TRUE(select_call(*call, 4711)) << "the only call, seen from a container";
}

TEST(BenchTraceEvents, CallWithoutItsEndIsAnError)
{
    auto events = parse_trace(testing::kTrace);
    ASSERT_TRUE(events);
    events->pop_back();
    EXPECT_FALSE(select_call(*events, kOurThread));
}

TEST(BenchTraceEvents, JsonCountsTimeFromTheBegin)
{
    const auto events = parse_trace(testing::kTrace);
    ASSERT_TRUE(events);
    const auto object = to_json(events->at(3), events->front().time);
    EXPECT_EQ(object["event"], "submit");
    EXPECT_EQ(object["ns"], 20000);
    EXPECT_EQ(object["segments"], 1);
    EXPECT_EQ(object["thread"], kOurThread);
}

}  // namespace
}  // namespace dmaload::bench
