// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include <dmaload/loader.hpp>

#include "commands.hpp"
#include "hand_over.hpp"
#include "load_options.hpp"
#include "output.hpp"
#include "phases.hpp"
#include "range_argument.hpp"
#include "ticker.hpp"
#include "verify.hpp"

namespace dmaload::cli {
namespace {

using std::chrono::nanoseconds;

void print_json(const LoadOptions& options, const LoadOutcome& outcome, nanoseconds total)
{
    nlohmann::json passed_over = nlohmann::json::array();
    for (const PassedOver& way : outcome.passed_over)
        passed_over.push_back({{"method", way.method->name()},
                               {"mode", to_string(way.mode)},
                               {"reason", way.reason.message()}});
    const nlohmann::json result = {
        {"file", options.files.front()},    {"method", outcome.method->name()},
        {"mode", to_string(outcome.mode)},  {"path_taken", to_string(outcome.loaded.path_taken)},
        {"size", outcome.loaded.file_size}, {"buffer_size", outcome.loaded.buffer_size},
        {"total_ns", total.count()},        {"phases", phases_json(outcome.loaded.phases)},
        {"verified", options.verify},       {"passed_over", passed_over}};
    fmt::print("{}\n", result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const LoadOptions& options, const LoadOutcome& outcome, nanoseconds total)
{
    const Loaded& loaded = outcome.loaded;
    std::vector<std::vector<std::string>> rows = {
        {"file", options.files.front()},
        {"method", std::string(outcome.method->name())},
        {"mode", fmt::format("{}, path taken: {}", to_string(outcome.mode), to_string(loaded.path_taken))},
        {"size", fmt::format("{} ({} bytes in a buffer of {})", format_size(loaded.file_size),
                             loaded.file_size, loaded.buffer_size)},
        {"time", fmt::format("{}, {}", format_duration(total), format_rate(loaded.file_size, total))},
        {"phases", phases_text(loaded.phases)},
    };
    if (options.verify)
        rows.push_back({"content", "equal to the file, zero behind it"});
    fmt::print("{}", format_table(rows));
}

int load_one(const LoadOptions& options)
{
    if (options.method != auto_method && find_method(options.method) == nullptr) {
        print_error(Loader::create(options.method).error());
        return exit_usage;
    }
    const auto loader = Loader::create(options.method, options.mode, options.heap);
    if (!loader) {
        print_error(loader.error());
        return exit_skipped;
    }

    std::optional<Ticker> ticker(std::in_place, "loading " + options.files.front());
    const auto start = std::chrono::steady_clock::now();
    auto outcome = loader->load(options.files.front());
    const nanoseconds total = std::chrono::steady_clock::now() - start;
    ticker.reset();
    if (!outcome) {
        print_error(outcome.error());
        return exit_failed;
    }

    // Whoever asked for one thing and got another is told.
    if (outcome->mode == Mode::direct && outcome->loaded.path_taken == Path::buffered)
        warn_of_cached_read();
    if (!options.mode && outcome->mode == Mode::buffered)
        print_note("note: read buffered, because no direct way works here; `dmaload probe` says why");

    if (options.verify) {
        ticker.emplace("verifying " + options.files.front());
        const auto equal = verify(outcome->loaded, options.files.front());
        ticker.reset();
        if (!equal) {
            print_error(equal.error());
            return exit_failed;
        }
    }
    if (options.json)
        print_json(options, *outcome, total);
    else
        print_text(options, *outcome, total);
    return hand_over(std::move(outcome->loaded.dmabuf), options.command);
}

}  // namespace

void add_load(CLI::App& app, const std::vector<std::string>& command, int& exit_code)
{
    auto* const verb = app.add_subcommand("load", "Load files into a dma-buf, and say how and how fast");
    auto options = std::make_shared<LoadOptions>();
    options->command = command;
    verb->add_option("FILE", options->files,
                     "Regular files or block devices to load. Several go into one buffer, each at the page "
                     "behind the one before");
    verb->add_option_function<std::vector<std::string>>(
            "--range",
            [options](const std::vector<std::string>& texts) {
                for (const std::string& text : texts) {
                    const auto range = parse_range(text);
                    if (!range)
                        throw CLI::ValidationError("--range", text + ": not " + range_syntax);
                    options->ranges.push_back(*range);
                }
            },
            "A part of a file, behind the FILEs or at BUFFER_OFFSET; LENGTH 0: to the end. May be repeated")
        ->type_name(range_syntax)
        ->allow_extra_args(false);
    verb->add_option("--method", options->method,
                     "How to load: auto, alloc-read, udmabuf or mmap-read; ranges and several files: auto, "
                     "alloc-read or mmap-read")
        ->capture_default_str();
    verb->add_option_function<std::string>(
            "--mode",
            [options](const std::string& mode) {
                options->mode = mode == "direct" ? Mode::direct : Mode::buffered;
            },
            "direct: past the page cache; buffered: through it. Without it: direct, or buffered "
            "where no method allowed reads directly")
        ->check(CLI::IsMember({"direct", "buffered"}));
    verb->add_option("--heap", options->heap, "Heap to allocate from")->capture_default_str();
    verb->add_flag("--verify", options->verify, "Read the files again and compare them with the buffer");
    verb->add_flag("--json", options->json, "Print JSON instead of text");
    verb->footer(
        "After `--`: a command to run with the dma-buf open; DMALOAD_FD is its number.\n"
        "Examples:\n"
        "  dmaload load model.gguf\n"
        "  dmaload load --method udmabuf --mode direct --json model.gguf\n"
        "  dmaload load model-00001-of-00002.safetensors model-00002-of-00002.safetensors\n"
        "  dmaload load --range weights.bin:1M:64M --range weights.bin:512M:8K@64M\n"
        "  dmaload load model.gguf -- ./inference --weights-from-fd\n"
        "Exit status 77 if the method does not work on this machine (see `dmaload probe`).");
    verb->callback([options, &exit_code] {
        if (options->files.empty() && options->ranges.empty())
            throw CLI::RequiredError("FILE or --range");
        const bool one_file = options->files.size() == 1 && options->ranges.empty();
        exit_code = one_file ? load_one(*options) : load_several(*options);
    });
}

}  // namespace dmaload::cli
