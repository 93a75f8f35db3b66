// SPDX-License-Identifier: Apache-2.0
#include "bench/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace dmaload::bench {

using Kind = TraceEvent::Kind;
using std::chrono::nanoseconds;

namespace {

constexpr std::int64_t kQueued = -529;  // EIOCBQUEUED, which the kernel keeps to itself

/// Whether it can be that of a load: no time runs backwards or beyond the
/// load, and all sizes together are a number.
bool is_possible(const Timeline& line)
{
    nanoseconds since{};
    for (const Span& span : line.caller) {
        if (span.begin < since || span.end < span.begin)
            return false;
        since = span.end;
    }
    std::int64_t room = std::numeric_limits<std::int64_t>::max();
    for (const Batch& batch : line.batches) {
        const auto [first, last] =
            std::minmax({batch.gather, batch.submit, batch.submitted, batch.complete, batch.reap});
        if (first < nanoseconds{} || last > line.total || batch.length < 0 || batch.length > room)
            return false;
        room -= batch.length;
    }
    return since <= line.total && line.bytes >= 0;
}

std::unexpected<Error> impossible()
{
    return fail("read the timeline", "", 0,
                "Its times are not in order, or its sizes are not those of a load.");
}

/// Follows the caller and its reads from event to event.
class Maker {
public:
    explicit Maker(nanoseconds zero) : zero_(zero) {}

    Result<void> add(const TraceEvent& event);
    Timeline finish() { return std::move(line_); }

private:
    /// The caller turns to something else.
    void turn_to(Activity next, nanoseconds now)
    {
        if (now > since_)
            line_.caller.push_back({activity_, since_, now});
        activity_ = next;
        since_ = now;
    }

    /// The latest read of the event's batch; a read that was short comes again.
    Batch* batch_of(const TraceEvent& event)
    {
        const auto found = std::find_if(line_.batches.rbegin(), line_.batches.rend(),
                                        [&](const Batch& b) { return b.number == event.field("batch"); });
        return found == line_.batches.rend() ? nullptr : &*found;
    }

    void submit(const TraceEvent& event, nanoseconds now);
    void learn(Batch& batch, const TraceEvent& event, nanoseconds now);

    nanoseconds zero_;
    Timeline line_;
    Activity activity_ = Activity::alloc;
    nanoseconds since_{};
    nanoseconds gathered_{};  ///< when the latest batch began to be gathered
};

void Maker::submit(const TraceEvent& event, nanoseconds now)
{
    Batch batch;
    batch.number = event.field("batch");
    batch.offset = event.field("offset");
    batch.length = event.field("len");
    batch.segments = event.field("segments");
    batch.gather = gathered_;
    batch.submit = batch.submitted = batch.complete = batch.reap = now;
    line_.batches.push_back(batch);
}

void Maker::learn(Batch& batch, const TraceEvent& event, nanoseconds now)
{
    switch (event.kind) {
    case Kind::submitted:
        batch.submitted = now;
        batch.queued = event.field("ret") == kQueued;
        if (!batch.queued) {
            batch.complete = now;
            batch.result = event.field("ret");
        }
        break;
    case Kind::complete:
        batch.complete = now;
        batch.result = event.field("result");
        break;
    default:
        batch.reap = now;
        break;
    }
}

Result<void> Maker::add(const TraceEvent& event)
{
    const nanoseconds now = event.time - zero_;
    switch (event.kind) {
    case Kind::begin:
        line_.direct = event.field("direct") != 0;
        line_.async = event.field("async") != 0;
        line_.zeroed = event.field("zeroed") != 0;
        return {};
    case Kind::gather:
        gathered_ = now;
        return {};
    case Kind::submit:
        submit(event, now);
        turn_to(Activity::submit, now);
        return {};
    case Kind::wait:
        turn_to(Activity::wait, now);
        return {};
    case Kind::finish:
        turn_to(Activity::map, now);
        return {};
    case Kind::end:
        turn_to(activity_, now);
        line_.total = now;
        line_.bytes = event.field("bytes");
        line_.error = event.field("ret");
        return {};
    case Kind::submitted:
    case Kind::complete:
    case Kind::reap:
        break;
    }
    Batch* const batch = batch_of(event);
    if (batch == nullptr)
        return fail("read the trace",
                    fmt::format("{} of batch {}", to_string(event.kind), event.field("batch")), 0,
                    "The batch's submission is not in the trace.");
    learn(*batch, event, now);
    // A completion happens beside whatever the caller does.
    if (event.kind == Kind::submitted || (event.kind == Kind::reap && activity_ == Activity::wait))
        turn_to(Activity::alloc, now);
    return {};
}

}  // namespace

std::string_view to_string(Activity activity)
{
    switch (activity) {
    case Activity::alloc:
        return "alloc";
    case Activity::submit:
        return "submit";
    case Activity::wait:
        return "wait";
    case Activity::map:
        break;
    }
    return "map";
}

Phases Timeline::phases() const
{
    const auto time_of = [&](Activity what) {
        nanoseconds sum{};
        for (const Span& span : caller)
            sum += span.what == what ? span.end - span.begin : nanoseconds{};
        return sum;
    };
    Phases phases;
    phases.alloc = time_of(Activity::alloc);
    phases.submit = time_of(Activity::submit);
    phases.wait = time_of(Activity::wait);
    phases.map = time_of(Activity::map);
    return phases;
}

nanoseconds Timeline::reading() const
{
    nanoseconds sum{};
    nanoseconds until{};
    for (const Batch& batch : batches) {
        sum += std::max(nanoseconds{}, batch.complete - std::max(batch.submit, until));
        until = std::max(until, batch.complete);
    }
    return sum;
}

std::int64_t Timeline::most_in_flight() const
{
    std::int64_t most = 0;
    for (const Batch& batch : batches) {
        std::int64_t in_flight = 0;
        for (const Batch& other : batches) {
            if (other.submit <= batch.submit && other.complete > batch.submit)
                in_flight += other.length;
        }
        most = std::max(most, in_flight);
    }
    return most;
}

std::vector<std::size_t> Timeline::lanes() const
{
    std::vector<std::size_t> lanes;
    std::vector<nanoseconds> free_from;
    for (const Batch& batch : batches) {
        const auto lane =
            std::ranges::find_if(free_from, [&](nanoseconds from) { return from <= batch.submit; });
        lanes.push_back(static_cast<std::size_t>(lane - free_from.begin()));
        if (lane == free_from.end())
            free_from.push_back(batch.complete);
        else
            *lane = batch.complete;
    }
    return lanes;
}

Result<Timeline> make_timeline(std::span<const TraceEvent> events)
{
    if (events.empty() || events.front().kind != Kind::begin || events.back().kind != Kind::end)
        return fail("read the trace", "", 0, "It is not that of one whole load.");
    Maker maker(events.front().time);
    for (const TraceEvent& event : events) {
        if (const auto added = maker.add(event); !added)
            return std::unexpected(added.error());
    }
    Timeline line = maker.finish();
    if (!is_possible(line))
        return impossible();
    return line;
}

nlohmann::json to_json(const Timeline& timeline)
{
    const Phases phases = timeline.phases();
    nlohmann::json object = {{"total_ns", timeline.total.count()},
                             {"bytes", timeline.bytes},
                             {"error", timeline.error},
                             {"direct", timeline.direct},
                             {"async", timeline.async},
                             {"zeroed", timeline.zeroed},
                             {"reading_ns", timeline.reading().count()},
                             {"most_in_flight_bytes", timeline.most_in_flight()},
                             {"phases",
                              {{"alloc_ns", phases.alloc.count()},
                               {"submit_ns", phases.submit.count()},
                               {"wait_ns", phases.wait.count()},
                               {"map_ns", phases.map.count()}}},
                             {"caller", nlohmann::json::array()},
                             {"batches", nlohmann::json::array()}};
    for (const Span& span : timeline.caller)
        object["caller"].push_back(
            {{"what", to_string(span.what)}, {"begin_ns", span.begin.count()}, {"end_ns", span.end.count()}});
    for (const Batch& batch : timeline.batches)
        object["batches"].push_back({{"batch", batch.number},
                                     {"offset", batch.offset},
                                     {"length", batch.length},
                                     {"segments", batch.segments},
                                     {"queued", batch.queued},
                                     {"result", batch.result},
                                     {"gather_ns", batch.gather.count()},
                                     {"submit_ns", batch.submit.count()},
                                     {"submitted_ns", batch.submitted.count()},
                                     {"complete_ns", batch.complete.count()},
                                     {"reap_ns", batch.reap.count()}});
    return object;
}

Result<Timeline> timeline_from_json(const nlohmann::json& object)
{
    // By reference, so that a fraction is none: get() would make a whole number of any.
    const auto number = [](const nlohmann::json& from, const char* key) {
        return from.at(key).get_ref<const nlohmann::json::number_integer_t&>();
    };
    const auto time = [&](const nlohmann::json& from, const char* key) {
        return nanoseconds(number(from, key));
    };
    // Result files come from outside; the JSON library throws where a field is
    // missing or has another type.
    try {
        Timeline line{.total = time(object, "total_ns"),
                      .bytes = number(object, "bytes"),
                      .error = number(object, "error"),
                      .direct = object.at("direct"),
                      .async = object.at("async"),
                      .zeroed = object.at("zeroed"),
                      .caller = {},
                      .batches = {}};
        for (const auto& span : object.at("caller")) {
            const std::string what = span.at("what");
            for (const Activity activity :
                 {Activity::alloc, Activity::submit, Activity::wait, Activity::map}) {
                if (what == to_string(activity))
                    line.caller.push_back({activity, time(span, "begin_ns"), time(span, "end_ns")});
            }
        }
        for (const auto& batch : object.at("batches"))
            line.batches.push_back({.number = number(batch, "batch"),
                                    .offset = number(batch, "offset"),
                                    .length = number(batch, "length"),
                                    .segments = number(batch, "segments"),
                                    .result = number(batch, "result"),
                                    .queued = batch.at("queued"),
                                    .gather = time(batch, "gather_ns"),
                                    .submit = time(batch, "submit_ns"),
                                    .submitted = time(batch, "submitted_ns"),
                                    .complete = time(batch, "complete_ns"),
                                    .reap = time(batch, "reap_ns")});
        if (!is_possible(line))
            return impossible();
        return line;
    } catch (const nlohmann::json::exception& error) {
        return fail(
            "read the timeline", error.what(), 0,
            "It may come from an earlier version, whose traces did not hold all that a picture needs.");
    }
}

}  // namespace dmaload::bench
