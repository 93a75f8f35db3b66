// SPDX-License-Identifier: Apache-2.0
#include "bench/published_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "bench/units.hpp"

namespace dmaload::bench {
namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;
constexpr std::array<std::uint64_t, 4> kSizes = {512 * KiB, 8 * MiB, 1024 * MiB, 3072 * MiB};

struct PublishedRow {
    std::string_view way;     ///< as it was called there
    std::string_view method;  ///< what it is here
    std::string_view mode;
    std::array<double, kSizes.size()> time;  ///< nanoseconds, mean of five; 0: not published
};

/// From the cover letter of the patches of 30 July 2024 and, the last row, the discussion of them on the
/// dri-devel mailing list: a phone with 12 GB of memory and UFS 4.0 of at most 4 GB/s, f2fs, Linux 6.1,
/// caches dropped. Forms that alloc-read had earlier are stages here.
constexpr std::array<PublishedRow, 10> kPublished = {{
    {"normal", "mmap-read", "buffered", {2790861, 14535784, 1520790492, 3332438754}},
    {"udmabuf, buffered", "udmabuf", "buffered", {1704046, 11313476, 821348000, 2108419923}},
    {"sendfile, buffered", "sendfile-heap", "buffered", {3261261, 12112292, 1565939938, 3062052984}},
    {"flag with gather, buffered", "alloc-read", "buffered", {2064538, 10771474, 986338800, 2187570861}},
    {"sendfile, direct", "sendfile-heap", "direct", {12844231, 37883938, 5110299184, 9777661077}},
    {"flag, synchronous, direct", "alloc-read:sync", "direct", {813215, 6962092, 2364211877, 5648897554}},
    {"udmabuf, direct", "udmabuf", "direct", {1289554, 8968138, 921480784, 2158305738}},
    // As it was then: each batch mapped, one read while the next is gathered. Then as it is now.
    {"flag with gather, direct", "alloc-read:vmap", "direct", {1957661, 6581999, 520003538, 1400006107}},
    {"flag with gather, direct", "alloc-read", "direct", {1957661, 6581999, 520003538, 1400006107}},
    {"udmabuf beside direct reads", "udmabuf-uring", "direct", {0, 0, 0, 1530000000}},
}};

const Group* group_of_size(std::span<const Group> groups, std::uint64_t size)
{
    const auto found = std::ranges::find_if(
        groups, [&](const Group& group) { return group.scenario == "seed-table" && group.size == size; });
    return found == groups.end() ? nullptr : &*found;
}

/// Stages of a method are kept apart from the ways to choose from.
const Row* row_of(const Group& group, const PublishedRow& published)
{
    if (const Row* const row = group.find(published.method, published.mode))
        return row;
    const auto stage = std::ranges::find(group.stages, published.method, &Row::method);
    return stage == group.stages.end() || stage->total.count == 0 ? nullptr : &*stage;
}

/// Of the form with a row of its own beside that of the method as it is now.
bool is_earlier_form(const PublishedRow& published)
{
    return published.method == "alloc-read:vmap";
}

bool was_measured(const PublishedRow& published, std::span<const Group* const> groups)
{
    return std::ranges::any_of(
        groups, [&](const Group* group) { return group != nullptr && row_of(*group, published) != nullptr; });
}

std::string theirs(const PublishedRow& row, std::size_t size)
{
    return row.time[size] > 0 ? fmt::format("{:.2f}x", kPublished.front().time[size] / row.time[size]) : "-";
}

std::string ours(const PublishedRow& published, const Group* group)
{
    const Row* const normal = group == nullptr ? nullptr : group->normal();
    const Row* const row = normal == nullptr ? nullptr : row_of(*group, published);
    if (row == nullptr)
        return "-";
    if (row == normal)
        return "1.00x";
    const Verdict verdict = compare(*row, *normal);
    return fmt::format("{:.2f}x{}", paired_ratio(normal->rounds, row->rounds).median,
                       verdict == Verdict::tie       ? " tie"
                       : verdict == Verdict::unknown ? " ?"
                                                     : "");
}

}  // namespace

std::string published_caption()
{
    return fmt::format(
        "Speed against \"normal\", as published in 2024 (a phone, UFS 4.0, Linux 6.1, mean of five) and here (tie: "
        "not told from \"normal\"; ?: fewer than {} samples)",
        kEnoughSamples);
}

std::vector<std::vector<std::string>> published_cells(std::span<const Group> groups)
{
    std::vector<std::vector<std::string>> rows = {{"way of 2024", "here"}};
    std::array<const Group*, kSizes.size()> measured{};
    for (std::size_t i = 0; i < kSizes.size(); ++i) {
        measured[i] = group_of_size(groups, kSizes[i]);
        rows.front().push_back(format_size(kSizes[i]) + ", 2024");
        rows.front().emplace_back("here");
    }
    if (std::ranges::none_of(measured, [](const Group* group) { return group != nullptr; }))
        return rows;
    for (const PublishedRow& published : kPublished) {
        if (is_earlier_form(published) && !was_measured(published, measured))
            continue;
        std::vector<std::string> cells = {std::string(published.way),
                                          fmt::format("{} {}", published.method, published.mode)};
        for (std::size_t i = 0; i < kSizes.size(); ++i) {
            cells.push_back(theirs(published, i));
            cells.push_back(ours(published, measured[i]));
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

}  // namespace dmaload::bench
