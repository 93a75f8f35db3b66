// SPDX-License-Identifier: Apache-2.0
#include "bench/trace_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

using Kind = TraceEvent::Kind;

namespace {

constexpr std::string_view kPrefix = "dma_heap_read_";

/// A kind's name behind the prefix, and the fields without which it means nothing.
struct Form {
    Kind kind;
    std::string_view name;
    std::vector<std::string_view> fields;
};

std::span<const Form> forms()
{
    static const std::array<Form, 9> table = {{
        {Kind::begin, "begin", {"size", "direct", "async", "zeroed"}},
        {Kind::gather, "gather", {"batch", "offset"}},
        {Kind::submit, "submit", {"batch", "offset", "len", "segments", "inflight"}},
        {Kind::submitted, "submitted", {"batch", "ret"}},
        {Kind::complete, "complete", {"batch", "result"}},
        {Kind::wait, "wait", {"inflight"}},
        {Kind::reap, "reap", {"batch", "result"}},
        {Kind::finish, "finish", {}},
        {Kind::end, "end", {"bytes", "ret"}},
    }};
    return table;
}

std::unexpected<Error> bad_line(std::string_view line, std::string_view why)
{
    return fail(
        "parse the trace", fmt::format("\"{}\"", line), 0,
        fmt::format("{}. The kernel's tracepoints are not those that this program knows; both must be "
                    "of the same version of the series.",
                    why));
}

template <class T>
std::optional<T> whole_number(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// "    12.345678" as nanoseconds.
std::optional<std::chrono::nanoseconds> parse_time(std::string_view text)
{
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos)
        return std::nullopt;
    const auto seconds = whole_number<std::int64_t>(text.substr(0, point));
    const auto micros = whole_number<std::int64_t>(text.substr(point + 1));
    // Neither has a sign, and as nanoseconds both together are a number of 64 bits.
    constexpr std::int64_t kLongest = 9'000'000'000;
    if (!seconds || !micros || *seconds < 0 || *seconds > kLongest || *micros < 0 || text.size() - point != 7)
        return std::nullopt;
    return std::chrono::seconds(*seconds) + std::chrono::microseconds(*micros);
}

/// The part before the event's name: "  dmaload-215   [001] ....1    12.345678".
/// The task's name comes first and may hold anything, so it is read from behind.
bool parse_head(std::string_view head, TraceEvent& event)
{
    const std::size_t cpu = head.rfind(" [");
    if (cpu == std::string_view::npos)
        return false;
    const auto words = split(head.substr(cpu), " []");
    const auto task = split(head.substr(0, cpu), " ");
    if (words.size() < 2 || task.empty())
        return false;
    const auto number = whole_number<int>(words.front());
    const auto time = parse_time(words.back());
    const auto thread = whole_number<int>(task.back().substr(task.back().rfind('-') + 1));
    if (!number || !time || !thread)
        return false;
    event.cpu = *number;
    event.time = *time;
    event.thread = *thread;
    return true;
}

/// Whether the file's header says that the ring buffer was overwritten:
/// "# entries-in-buffer/entries-written: 205/1200   #P:2".
bool overwritten(std::string_view text)
{
    constexpr std::string_view kMark = "entries-in-buffer/entries-written: ";
    const std::size_t at = text.find(kMark);
    if (at == std::string_view::npos)
        return false;
    const auto numbers = split(text.substr(at + kMark.size(), 64), "/ \n");
    return numbers.size() >= 2 && parse_number(numbers[0]) != parse_number(numbers[1]);
}

}  // namespace

std::string_view to_string(Kind kind)
{
    return std::ranges::find(forms(), kind, &Form::kind)->name;
}

Result<std::vector<TraceEvent>> parse_trace(std::string_view text)
{
    if (overwritten(text) || text.find(" [LOST ") != std::string_view::npos)
        return fail("read the trace", "", 0,
                    "The kernel dropped events: they were more than its buffer holds. Trace a smaller file.");
    std::vector<TraceEvent> events;
    const std::string mark = fmt::format(": {}", kPrefix);
    for (const std::string_view line : split(text, "\n")) {
        // A task's name is shorter than the mark and cannot hold it.
        const std::size_t at = line.find(mark);
        if (line.front() == '#' || at == std::string_view::npos)
            continue;
        const std::string_view rest = line.substr(at + mark.size());
        const std::string_view name = rest.substr(0, rest.find(':'));
        const auto form = std::ranges::find(forms(), name, &Form::name);
        if (form == forms().end())
            continue;
        TraceEvent event;
        event.kind = form->kind;
        if (!parse_head(line.substr(0, at), event))
            return bad_line(line, "Its task, CPU or time cannot be read");
        for (const std::string_view word : split(rest.substr(name.size()), ": ")) {
            const std::size_t equals = word.find('=');
            if (equals == std::string_view::npos)
                continue;
            const std::string key(word.substr(0, equals));
            const std::string_view value = word.substr(equals + 1);
            if (key == "call")
                event.call = value;
            else if (const auto number = whole_number<std::int64_t>(value))
                event.fields[key] = *number;
        }
        for (const std::string_view field : form->fields) {
            if (!event.fields.contains(std::string(field)))
                return bad_line(line, fmt::format("The field {} is missing", field));
        }
        if (event.call.empty())
            return bad_line(line, "The field call is missing");
        events.push_back(std::move(event));
    }
    return events;
}

Result<std::vector<TraceEvent>> select_call(const std::vector<TraceEvent>& events, int thread)
{
    const TraceEvent* begin = nullptr;
    std::size_t calls = 0;
    for (const TraceEvent& event : events) {
        if (event.kind != Kind::begin)
            continue;
        ++calls;
        if (begin == nullptr || (event.thread == thread && begin->thread != thread))
            begin = &event;
    }
    if (begin == nullptr)
        return fail("read the trace", "", 0,
                    "The load left no event in it; was the trace emptied meanwhile?");
    if (calls > 1 && begin->thread != thread)
        return fail("read the trace", "", 0, "Several loads ran at once and none can be told to be ours.");
    std::vector<TraceEvent> call;
    for (const TraceEvent& event : std::span(begin, &events.back() + 1)) {
        if (event.call != begin->call)
            continue;
        call.push_back(event);
        if (event.kind == Kind::end)
            return call;
    }
    return fail("read the trace", "", 0, "The load's end is not in it; was the trace emptied meanwhile?");
}

nlohmann::json to_json(const TraceEvent& event, std::chrono::nanoseconds zero)
{
    nlohmann::json object = {{"event", to_string(event.kind)},
                             {"ns", (event.time - zero).count()},
                             {"thread", event.thread},
                             {"cpu", event.cpu}};
    for (const auto& [name, value] : event.fields)
        object[name] = value;
    return object;
}

}  // namespace dmaload::bench
