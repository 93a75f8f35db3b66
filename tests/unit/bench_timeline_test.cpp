// SPDX-License-Identifier: Apache-2.0
#include <bench/timeline.hpp>
#include <bench/timeline_svg.hpp>

#include <expat.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "bench_trace_fixture.hpp"

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

std::vector<TraceEvent> events_of_ours()
{
    const auto all = parse_trace(testing::kTrace);
    return select_call(*all, 215).value();
}

Timeline timeline()
{
    return make_timeline(events_of_ours()).value();
}

TEST(BenchTimeline, CallersTimeIsAccountedForOnce)
{
    const Timeline line = timeline();
    EXPECT_EQ(line.total, 250us);
    EXPECT_EQ(line.bytes, 24000);
    EXPECT_TRUE(line.direct);
    EXPECT_TRUE(line.async);
    EXPECT_FALSE(line.zeroed);
    const Phases phases = line.phases();
    EXPECT_EQ(phases.submit, 40us);  // 10 + 20 + 10
    EXPECT_EQ(phases.wait, 95us);    // until the first reap; the second one was there already
    EXPECT_EQ(phases.map, 40us);
    EXPECT_EQ(phases.alloc, 250us - 40us - 95us - 40us);
    for (std::size_t i = 1; i < line.caller.size(); ++i)
        EXPECT_EQ(line.caller[i].begin, line.caller[i - 1].end) << i;
}

TEST(BenchTimeline, BatchesKnowWhenTheyWereInFlight)
{
    const Timeline line = timeline();
    ASSERT_EQ(line.batches.size(), 3U);
    const Batch& first = line.batches[0];
    EXPECT_EQ(first.gather, 10us);
    EXPECT_EQ(first.submit, 20us);
    EXPECT_EQ(first.submitted, 30us);
    EXPECT_EQ(first.complete, 55us);
    EXPECT_EQ(first.reap, 71us);
    EXPECT_TRUE(first.queued);
    EXPECT_EQ(line.batches[1].complete, 190us);
    const Batch& last = line.batches[2];
    EXPECT_FALSE(last.queued) << "its submission returned its bytes";
    EXPECT_EQ(last.complete, 100us);
    EXPECT_EQ(last.result, 12288);
}

TEST(BenchTimeline, OverlapIsSummedUp)
{
    const Timeline line = timeline();
    EXPECT_EQ(line.reading(), 170us);  // 20 to 190 without a gap
    EXPECT_EQ(line.most_in_flight(), 8192 + 12288);
    EXPECT_EQ(line.lanes(), (std::vector<std::size_t>{0, 1, 0}));
}

TEST(BenchTimeline, IsMadeOfWhatTheKernelPrints)
{
    const auto events = parse_trace(testing::kRecorded);
    ASSERT_TRUE(events) << events.error().message();
    const auto call = select_call(*events, 69);
    ASSERT_TRUE(call) << call.error().message();
    const auto line = make_timeline(*call);
    ASSERT_TRUE(line) << line.error().message();
    EXPECT_EQ(line->total, 3525us);
    EXPECT_EQ(line->batches.size(), 4U);
    EXPECT_EQ(line->bytes, 3000000);
    const Phases phases = line->phases();
    EXPECT_EQ(phases.submit, 433us);
    EXPECT_EQ(phases.wait, 1550us);
    EXPECT_EQ(phases.map, 98us);
    EXPECT_EQ(phases.alloc, 1444us);
    EXPECT_EQ(line->reading(), 3062us);
    EXPECT_EQ(line->most_in_flight(), 3000320);
}

TEST(BenchTimeline, CompletionBeforeSubmissionReturnsStays)
{
    auto events = events_of_ours();
    // The first batch's completion, to between its submit and submitted.
    for (TraceEvent& event : events) {
        if (event.kind == TraceEvent::Kind::complete && event.field("batch") == 0)
            event.time = events.front().time + 25us;
    }
    std::ranges::sort(events, {}, &TraceEvent::time);
    const auto line = make_timeline(events);
    ASSERT_TRUE(line) << line.error().message();
    EXPECT_EQ(line->batches[0].complete, 25us);
    EXPECT_TRUE(line->batches[0].queued);
    EXPECT_EQ(line->phases().submit, 40us);
}

TEST(BenchTimeline, PartsOfACallAreRefused)
{
    const auto events = events_of_ours();
    EXPECT_FALSE(make_timeline({}));
    EXPECT_FALSE(make_timeline(std::span(events).first(5)));
    auto lost = events;
    std::erase_if(lost, [](const TraceEvent& event) { return event.kind == TraceEvent::Kind::submit; });
    const auto line = make_timeline(lost);
    ASSERT_FALSE(line);
    EXPECT_NE(line.error().message().find("submitted of batch 0"), std::string::npos);
}

TEST(BenchTimeline, JsonHasPhasesAndBatches)
{
    const auto object = to_json(timeline());
    EXPECT_EQ(object["total_ns"], 250000);
    EXPECT_EQ(object["phases"]["wait_ns"], 95000);
    EXPECT_EQ(object["batches"].size(), 3U);
    EXPECT_EQ(object["batches"][1]["submitted_ns"], 70000);
}

/// What an XML parser finds in a picture.
struct Parsed {
    std::string error;
    std::map<std::string, int> elements;  ///< by name, and by "name.class"
    std::string text;
};

void on_element(void* data, const char* name, const char** attributes)
{
    auto& parsed = *static_cast<Parsed*>(data);
    ++parsed.elements[name];
    for (; *attributes != nullptr; attributes += 2) {
        if (std::string_view(attributes[0]) == "class")
            ++parsed.elements[std::string(name) + "." + attributes[1]];
    }
}

void on_text(void* data, const char* text, int length)
{
    static_cast<Parsed*>(data)->text.append(text, static_cast<std::size_t>(length));
}

Parsed parse_xml(const std::string& svg)
{
    Parsed parsed;
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree);
    XML_SetUserData(parser.get(), &parsed);
    XML_SetElementHandler(parser.get(), on_element, nullptr);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    if (XML_Parse(parser.get(), svg.data(), static_cast<int>(svg.size()), 1) != XML_STATUS_OK)
        parsed.error = XML_ErrorString(XML_GetErrorCode(parser.get()));
    return parsed;
}

TEST(BenchTimeline, ComesBackFromItsJson)
{
    const nlohmann::json object = to_json(timeline());
    const auto again = timeline_from_json(object);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(to_json(*again), object);
    EXPECT_EQ(render_svg(*again, {.title = "a", .subtitle = "b"}),
              render_svg(timeline(), {.title = "a", .subtitle = "b"}));
}

TEST(BenchTimeline, JsonOfAnotherShapeIsAnError)
{
    nlohmann::json object = to_json(timeline());
    object.erase("caller");
    EXPECT_FALSE(timeline_from_json(object));
    EXPECT_FALSE(timeline_from_json({{"total_ns", "x"}}));
}

TEST(BenchTimeline, WhatNoLoadCanBeIsAnError)
{
    auto events = events_of_ours();
    std::swap(events[1].time, events[events.size() - 2].time);
    EXPECT_FALSE(make_timeline(events)) << "time runs backwards";
    events = events_of_ours();
    for (TraceEvent& event : events) {
        if (event.kind == TraceEvent::Kind::submit)
            event.fields["len"] = std::numeric_limits<std::int64_t>::max() / 2;
    }
    EXPECT_FALSE(make_timeline(events)) << "three reads of 4 EB";

    const nlohmann::json object = to_json(timeline());
    const auto with = [&](const char* path, const nlohmann::json& value) {
        nlohmann::json changed = object;
        changed[nlohmann::json::json_pointer(path)] = value;
        return changed;
    };
    EXPECT_FALSE(timeline_from_json(with("/total_ns", 1000)));
    EXPECT_FALSE(timeline_from_json(with("/bytes", -1)));
    EXPECT_FALSE(timeline_from_json(with("/bytes", 1e300)));
    EXPECT_FALSE(timeline_from_json(with("/caller/1/begin_ns", 0)));
    EXPECT_FALSE(timeline_from_json(with("/batches/0/length", -1)));
    EXPECT_FALSE(timeline_from_json(with("/batches/1/complete_ns", 1'000'000'000)));
    EXPECT_FALSE(timeline_from_json(with("/batches/2/gather_ns", std::numeric_limits<std::int64_t>::min())));
}

TEST(BenchTimelineSvg, IsXmlWithABarForEachThing)
{
    const Timeline line = timeline();
    const Parsed parsed = parse_xml(render_svg(line, {.title = "model.gguf", .subtitle = "cold"}));
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.elements.at("svg"), 1);
    EXPECT_EQ(parsed.elements.at("rect.read seam"), 3);
    EXPECT_EQ(parsed.elements.at("rect.submit"), 3 + 1) << "one stands in the legend";
    EXPECT_EQ(parsed.elements.at("rect.wait"), 1 + 1);
    EXPECT_GE(parsed.elements.at("line.tick"), 5);
    EXPECT_NE(parsed.text.find("in flight 2"), std::string::npos);
    EXPECT_EQ(parsed.text.find("in flight 3"), std::string::npos) << "two lanes are enough";
    EXPECT_NE(parsed.text.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(BenchTimelineSvg, NeedsNothingFromElsewhere)
{
    const std::string svg = render_svg(timeline(), {.title = "a", .subtitle = "b"});
    for (const char* outside : {"href", "url(", "@import", "<script"})
        EXPECT_EQ(svg.find(outside), std::string::npos) << outside;
}

TEST(BenchTimelineSvg, AnyFileNameMayStandInIt)
{
    const Timeline line = timeline();
    for (const std::string name : {"a<b>&\"c\"'d'", "]]>", "\xff\xfe.bin", "tab\there", "esc\x1b",
                                   "\xEF\xBF\xBF", "\xED\xA0\x80", "日本語"}) {
        const Parsed parsed = parse_xml(render_svg(line, {.title = name, .subtitle = name}));
        EXPECT_EQ(parsed.error, "") << name;
    }
    EXPECT_NE(parse_xml(render_svg(line, {.title = "a<b>&c", .subtitle = ""})).text.find("a<b>&c"),
              std::string::npos);
}

TEST(BenchTimelineSvg, EmptyLoadIsStillAPicture)
{
    EXPECT_EQ(parse_xml(render_svg(Timeline{}, {.title = "t", .subtitle = ""})).error, "");
}

}  // namespace
}  // namespace dmaload::bench
