// SPDX-License-Identifier: Apache-2.0
#include "bench/run_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "bench/units.hpp"

namespace dmaload::bench {
namespace {

class Preparation {
public:
    Preparation(const RunOptions& options, Progress& progress) : options_(options), progress_(progress) {}
    Result<std::vector<Files>> execute();

private:
    Result<void> make();
    Result<void> add(const std::string& path);

    const RunOptions& options_;
    Progress& progress_;
    std::vector<Files> files_;
};

Result<void> Preparation::add(const std::string& path)
{
    auto file = examine(path, [&](std::uint64_t done, std::uint64_t all) {
        progress_.show(fmt::format("reading {}: {} of {}", path, format_size(done), format_size(all)));
    });
    if (!file)
        return std::unexpected(file.error());
    const auto same =
        std::ranges::find_if(files_, [&](const Files& other) { return other.front().size == file->size; });
    if (same == files_.end()) {
        files_.push_back({std::move(*file)});
    } else if (same->size() < options_.at_once) {
        same->push_back(std::move(*file));
    } else {
        return fail("bench", path, EINVAL,
                    fmt::format("{} has the same size; the table goes by size.", same->front().path));
    }
    return {};
}

Result<void> Preparation::make()
{
    for (const std::uint64_t size : options_.sizes) {
        for (unsigned number = 0; number < options_.at_once; ++number) {
            const std::string path = pattern_path(options_.directory, size, number);
            const auto made = make_pattern_file(path, size, [&](std::uint64_t done, std::uint64_t all) {
                progress_.show(
                    fmt::format("writing {}: {} of {}", path, format_size(done), format_size(all)));
            });
            if (!made)
                return made;
            if (const auto added = add(path); !added)
                return added;
            if (!files_.back().back().pattern)
                return fail("examine", path, 0,
                            "Its content is not what this program writes. Delete it and run again.");
        }
    }
    return {};
}

Result<std::vector<Files>> Preparation::execute()
{
    if (options_.files.empty()) {
        if (const auto made = make(); !made)
            return std::unexpected(made.error());
    }
    for (const std::string& path : options_.files) {
        if (const auto added = add(path); !added)
            return std::unexpected(added.error());
    }
    if (files_.empty())
        return fail("bench", "no file", EINVAL, "Name files, or sizes with --sizes.");
    for (const Files& files : files_) {
        if (files.size() != options_.at_once)
            return fail("bench", files.front().path, EINVAL,
                        fmt::format("{} loads at once need as many files of this size; there are {}.",
                                    options_.at_once, files.size()));
    }
    return std::move(files_);
}

}  // namespace

Result<std::vector<Files>> prepare_files(const RunOptions& options, Progress& progress)
{
    return Preparation(options, progress).execute();
}

}  // namespace dmaload::bench
