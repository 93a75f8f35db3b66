// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/utsname.h>

#include <bench/page_cache.hpp>
#include <bench/timeline_svg.hpp>
#include <bench/traced_load.hpp>
#include <bench/units.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "output.hpp"
#include "ticker.hpp"

namespace dmaload::cli {
namespace {

struct TraceOptions {
    std::string file;
    std::string output;
    std::string mode = "direct";
    std::string heap = "system";
    bool warm = false;
    bool json = false;
};

/// Empties the caches; says why the load is not cold where it cannot.
bool make_cold(const TraceOptions& options)
{
    if (options.warm)
        return false;
    bench::TestFile file;
    file.path = options.file;
    const auto cold = bench::make_cold({&file, 1});
    if (!cold)
        print_note("note: not a cold load: " + cold.error().message());
    return cold.has_value();
}

std::string rate_text(std::uint64_t bytes, std::chrono::nanoseconds time)
{
    const std::chrono::duration<double> seconds = time;
    return bench::format_rate(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds.count()));
}

std::string kernel()
{
    utsname name{};
    uname(&name);
    return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

bench::Caption caption(const TraceOptions& options, const bench::TracedLoad& load, bool cold)
{
    const bench::Timeline& line = load.timeline;
    return {
        .title = fmt::format("{}: {} in {}, {}", options.file, bench::format_size(load.loaded.file_size),
                             bench::format_time(line.total), rate_text(load.loaded.file_size, line.total)),
        .subtitle = fmt::format("alloc-read {}{}, {}; {}; {} {}, at most {} in flight", options.mode,
                                load.loaded.path_taken == Path::buffered && options.mode == "direct"
                                    ? " (the filesystem read through the page cache)"
                                    : "",
                                cold ? "cold" : "caches not dropped", kernel(), line.batches.size(),
                                line.batches.size() == 1 ? "batch" : "batches",
                                bench::format_size(static_cast<std::uint64_t>(line.most_in_flight())))};
}

void print_json(const TraceOptions& options, const bench::TracedLoad& load, bool cold)
{
    nlohmann::json result = bench::to_json(load.timeline);
    result.update({{"file", options.file},
                   {"size", load.loaded.file_size},
                   {"method", "alloc-read"},
                   {"mode", options.mode},
                   {"path_taken", to_string(load.loaded.path_taken)},
                   {"cold", cold},
                   {"kernel", kernel()},
                   {"events", nlohmann::json::array()}});
    for (const bench::TraceEvent& event : load.events)
        result["events"].push_back(bench::to_json(event, load.events.front().time));
    fmt::print("{}\n", result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const TraceOptions& options, const bench::TracedLoad& load, const bench::Caption& caption)
{
    const bench::Timeline& line = load.timeline;
    const Phases phases = line.phases();
    fmt::print(
        "{}",
        format_table(
            {{"load", caption.title},
             {"", caption.subtitle},
             {"phases", fmt::format("alloc {}, submit {}, wait {}, map {}", bench::format_time(phases.alloc),
                                    bench::format_time(phases.submit), bench::format_time(phases.wait),
                                    bench::format_time(phases.map))},
             {"reading", fmt::format("a read in flight during {} of {}", bench::format_time(line.reading()),
                                     bench::format_time(line.total))},
             {"picture", options.output}}));
}

bool write_picture(const std::string& path, const std::string& svg)
{
    std::ofstream file(path, std::ios::binary);
    file << svg;
    file.close();
    if (file)
        return true;
    print_error({"write", path, errno, "Choose another place with --output."});
    return false;
}

int run(TraceOptions options)
{
    if (options.output.empty() && !options.json)
        options.output = "trace.svg";
    const bench::Subject subject{.method = find_method("alloc-read"),
                                 .mode = options.mode == "direct" ? Mode::direct : Mode::buffered,
                                 .heap = options.heap};
    if (const auto able = subject.method->probe(subject.heap, subject.mode); !able) {
        print_error(able.error());
        return exit_skipped;
    }
    auto recorder = bench::Recorder::create();
    if (!recorder) {
        print_error(recorder.error());
        return exit_skipped;
    }
    const bool cold = make_cold(options);
    auto load = [&] {
        const Ticker ticker("loading " + options.file);
        return bench::traced_load(subject, options.file, *recorder);
    }();
    if (!load) {
        print_error(load.error());
        return exit_failed;
    }
    const bench::Caption words = caption(options, *load, cold);
    if (!options.output.empty() && !write_picture(options.output, bench::render_svg(load->timeline, words)))
        return exit_failed;
    if (options.json)
        print_json(options, *load, cold);
    else
        print_text(options, *load, words);
    return exit_done;
}

}  // namespace

void add_trace(CLI::App& app, int& exit_code)
{
    auto* const verb =
        app.add_subcommand("trace", "Load a file once by alloc-read, and draw what happened when");
    auto options = std::make_shared<TraceOptions>();
    verb->add_option("FILE", options->file, "Regular file or block device to load")->required();
    verb->add_option("-o,--output", options->output,
                     "The picture, an SVG; trace.svg without it, or none with --json");
    verb->add_option("--mode", options->mode, "direct: past the page cache; buffered: through it")
        ->check(CLI::IsMember({"direct", "buffered"}))
        ->capture_default_str();
    verb->add_option("--heap", options->heap, "Heap to allocate from")->capture_default_str();
    verb->add_flag("--warm", options->warm, "Do not drop the page cache before the load");
    verb->add_flag("--json", options->json, "Print the events, the batches and the phases as JSON");
    verb->footer(
        "Needs root and the dma_heap tracepoints of a patched kernel; exit status 77 where they are missing.\n"
        "Examples:\n"
        "  dmaload trace model.gguf -o model.svg\n"
        "  dmaload trace --json model.gguf | jq .phases");
    verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace dmaload::cli
