// SPDX-License-Identifier: Apache-2.0
// A fuzzer of both ioctls of a heap. Each call is predicted from what the
// header says, made, and compared; the sequence of calls depends on the seed
// alone. Needs root. Exit codes: 0 all is well, 1 something is wrong, 2 usage,
// 77 the kernel does not have the calls.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <sstream>

#include <CLI/CLI.hpp>

#include "executor.hpp"
#include "generator.hpp"
#include "kmemleak.hpp"
#include "required_kinds.hpp"
#include "session.hpp"
#include "support/compat.hpp"
#include "support/fixture.hpp"
#include "support/heap.hpp"
#include "support/holdings.hpp"
#include "support/ranges.hpp"

namespace {

constexpr int skipped = 77;

struct Options {
    std::uint64_t calls = 20'000;
    std::uint64_t seed = 0;
    std::uint64_t seconds = 0;
    std::uint64_t limit = 60;
    std::vector<std::string> heaps{};
    std::string seeds = DMALOAD_FUZZ_SEEDS;
    std::string call{};
    bool list = false;
    bool all_kinds = false;
    bool kmemleak = false;
};

std::vector<std::string> all_heaps()
{
    std::vector<std::string> heaps;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dma_heap"))
        heaps.push_back(entry.path().filename());
    std::ranges::sort(heaps);
    // To allocate from CMA waits for every CPU, and takes three times as long: one call in five is enough.
    if (std::ranges::find(heaps, "system") != heaps.end())
        heaps.insert(heaps.end(), 3, "system");
    return heaps;
}

int usage(const std::string& problem)
{
    std::fprintf(stderr, "fuzz-heap: %s\n", problem.c_str());
    return 2;
}

void print_missing(const fuzz::Files& files)
{
    if (files.missing().empty())
        return;
    std::string names;
    for (const std::string& name : files.missing())
        names += (names.empty() ? "" : ", ") + name;
    std::printf("# not here: %s\n", names.c_str());
}

/// As faults: sentences.
std::vector<std::string> missing_kinds(const fuzz::Files& files)
{
    std::vector<std::string> missing;
    for (const char* name : fuzz::required_kinds)
        if (!files.has(name))
            missing.push_back(std::string("there is no ") + name);
    return missing;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// All files are there while this runs, and gone when it returns.
void make_calls(const Options& options, const std::vector<fuzz::Seed>& seeds,
                const std::optional<fuzz::Call>& call, fuzz::Session& session)
{
    const auto files = fuzz::Files::make(contract::disk_folder());
    fuzz::Executor executor(*files, std::chrono::seconds(options.limit));
    if (options.list) {
        for (const std::string& name : files->names())
            std::printf("%s\n", name.c_str());
        return;
    }
    if (call) {
        session.repeat(executor, *call, options.calls);
        return;
    }
    std::printf("# seed %llu, %zu kinds of descriptors\n", static_cast<unsigned long long>(options.seed),
                files->names().size());
    print_missing(*files);
    std::fflush(stdout);
    if (options.all_kinds)
        session.report("each kind of descriptor is here that the debug kernel has", missing_kinds(*files));
    session.run_seeds(executor, seeds);
    const fuzz::Generator generator(*files, options.heaps, hostile::has_compat());
    session.run_random(executor, generator, options.seed, options.calls, options.seconds);
    session.check_errors(!contract::heap_without_reading());
}

int fuzz_heaps(Options options)
{
    if (options.heaps.empty())
        options.heaps = all_heaps();
    if (options.seed == 0)
        options.seed = std::random_device()();
    const auto seeds = fuzz::read_seeds(options.seeds);
    if (!seeds)
        return usage(seeds.error());
    std::optional<fuzz::Call> call;
    if (!options.call.empty()) {
        auto parsed = fuzz::from_text(options.call);
        if (!parsed)
            return usage(parsed.error());
        call = std::move(*parsed);
    }

    const contract::Holdings before;
    fuzz::Session session;
    make_calls(options, *seeds, call, session);
    if (options.list)
        return 0;
    std::vector<std::string> left;
    if (std::string change = before.lasting_change(); !change.empty())
        left.push_back(std::move(change));
    session.report("descriptors, dma-bufs and pages of CMA are as before", left);
    if (options.kmemleak)
        session.report("no object is lost", lines_of(faults::lost_objects()));
    return session.finish() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Fuzzes the ioctls of dma-heaps, and compares each result with what the header says.");
    app.add_option("--calls", options.calls, "How many random calls")->capture_default_str();
    app.add_option("--seed", options.seed, "Of the random calls; 0: another one each time")
        ->capture_default_str();
    app.add_option("--seconds", options.seconds, "Ends earlier; 0: no limit")->capture_default_str();
    app.add_option("--call-limit", options.limit, "Seconds that one call may take")->capture_default_str();
    app.add_option("--heap", options.heaps, "To allocate from (default: all)");
    app.add_option("--seeds", options.seeds, "File of calls that are made first")->capture_default_str();
    app.add_option("--call", options.call,
                   "Makes only this call, as it was printed, as often as --calls says");
    app.add_flag("--list", options.list, "Prints the names of descriptors");
    app.add_flag("--all-kinds", options.all_kinds, "Fails where one is missing that the debug kernel has");
    app.add_flag("--kmemleak", options.kmemleak, "Has kmemleak look for lost objects in the end");
    CLI11_PARSE(app, argc, argv);
    if (const char* reason = contract::why_no_calls()) {
        std::fprintf(stderr, "fuzz-heap: skipped: %s\n", reason);
        return skipped;
    }
    try {
        return fuzz_heaps(std::move(options));
    } catch (const std::exception& problem) {
        std::printf("not ok - fuzz-heap: %s\n", problem.what());
        return 1;
    }
}
