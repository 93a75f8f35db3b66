// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include <dmaload/ranges.hpp>

#include "commands.hpp"
#include "hand_over.hpp"
#include "load_options.hpp"
#include "output.hpp"
#include "phases.hpp"
#include "ticker.hpp"
#include "verify.hpp"

namespace dmaload::cli {
namespace {

using std::chrono::nanoseconds;

std::vector<FileRange> all_ranges(const LoadOptions& options)
{
    std::vector<FileRange> ranges;
    for (const std::string& file : options.files)
        ranges.push_back({.file = file});
    ranges.insert(ranges.end(), options.ranges.begin(), options.ranges.end());
    return ranges;
}

/// One word for all ranges: "mixed" where they differ.
std::string path_taken(const LoadedRanges& loaded)
{
    const Path first = loaded.ranges.front().path_taken;
    const bool same = std::ranges::all_of(
        loaded.ranges, [first](const LoadedRange& range) { return range.path_taken == first; });
    return same ? std::string(to_string(first)) : "mixed";
}

nlohmann::json ranges_json(const LoadedRanges& loaded)
{
    nlohmann::json list = nlohmann::json::array();
    for (const LoadedRange& range : loaded.ranges)
        list.push_back({{"file", range.file},
                        {"file_offset", range.file_offset},
                        {"length", range.length},
                        {"buffer_offset", range.buffer_offset},
                        {"path_taken", to_string(range.path_taken)}});
    return list;
}

void print_json(const LoadOptions& options, const RangeLoader& loader, const LoadedRanges& loaded,
                nanoseconds total)
{
    nlohmann::json passed_over = nlohmann::json::array();
    if (const auto& why = loader.passed_over())
        passed_over.push_back({{"method", range_methods().front()},
                               {"mode", to_string(options.mode.value_or(Mode::direct))},
                               {"reason", why->message()}});
    const nlohmann::json result = {{"ranges", ranges_json(loaded)},    {"method", loader.method().name()},
                                   {"mode", to_string(loader.mode())}, {"path_taken", path_taken(loaded)},
                                   {"size", loaded.bytes_read},        {"buffer_size", loaded.buffer_size},
                                   {"total_ns", total.count()},        {"phases", phases_json(loaded.phases)},
                                   {"verified", options.verify},       {"passed_over", passed_over}};
    fmt::print("{}\n", result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const LoadOptions& options, const RangeLoader& loader, const LoadedRanges& loaded,
                nanoseconds total)
{
    std::vector<std::vector<std::string>> rows;
    for (const LoadedRange& range : loaded.ranges)
        rows.push_back({rows.empty() ? "ranges" : "",
                        fmt::format("{} bytes at {} of {}, at {} in the buffer", range.length,
                                    range.file_offset, range.file, range.buffer_offset)});
    rows.push_back({"method", std::string(loader.method().name())});
    rows.push_back({"mode", fmt::format("{}, path taken: {}", to_string(loader.mode()), path_taken(loaded))});
    rows.push_back({"size", fmt::format("{} ({} bytes in a buffer of {})", format_size(loaded.bytes_read),
                                        loaded.bytes_read, loaded.buffer_size)});
    rows.push_back(
        {"time", fmt::format("{}, {}", format_duration(total), format_rate(loaded.bytes_read, total))});
    rows.push_back({"phases", phases_text(loaded.phases)});
    if (options.verify)
        rows.push_back({"content", "equal to the files, zero elsewhere"});
    fmt::print("{}", format_table(rows));
}

}  // namespace

int load_several(const LoadOptions& options)
{
    const auto methods = range_methods();
    if (options.method != auto_method && std::ranges::find(methods, options.method) == methods.end()) {
        print_error(RangeLoader::create(options.method).error());
        return exit_usage;
    }
    const auto loader = RangeLoader::create(options.method, options.mode, options.heap);
    if (!loader) {
        print_error(loader.error());
        return exit_skipped;
    }

    const std::vector<FileRange> ranges = all_ranges(options);
    std::optional<Ticker> ticker(std::in_place, fmt::format("loading {} ranges", ranges.size()));
    const auto start = std::chrono::steady_clock::now();
    auto loaded = loader->load(ranges);
    const nanoseconds total = std::chrono::steady_clock::now() - start;
    ticker.reset();
    if (!loaded) {
        print_error(loaded.error());
        return exit_failed;
    }

    if (loader->mode() == Mode::direct && std::ranges::any_of(loaded->ranges, [](const LoadedRange& range) {
            return range.mode == Mode::direct && range.path_taken == Path::buffered;
        }))
        warn_of_cached_read();
    if (const auto& why = loader->passed_over())
        print_note(fmt::format("note: read by {} {}, because alloc-read does not work: {}",
                               loader->method().name(), to_string(loader->mode()), why->message()));

    if (options.verify) {
        ticker.emplace("verifying");
        const auto equal = verify(*loaded);
        ticker.reset();
        if (!equal) {
            print_error(equal.error());
            return exit_failed;
        }
    }
    if (options.json)
        print_json(options, *loader, *loaded, total);
    else
        print_text(options, *loader, *loaded, total);
    return hand_over(std::move(loaded->dmabuf), options.command);
}

}  // namespace dmaload::cli
