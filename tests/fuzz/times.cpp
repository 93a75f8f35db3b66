// SPDX-License-Identifier: Apache-2.0
#include "times.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <ranges>
#include <utility>
#include <vector>

#include "scene.hpp"

namespace fuzz {
namespace {

constexpr std::size_t lines = 5;
constexpr double milliseconds = 1000;  // in a second

/// In powers of ten: a few more make no difference.
std::string count_of_ranges(const Call& call)
{
    std::uint64_t count = 0;
    for (const RangeSpec& range : call.ranges)
        count += std::min<std::uint64_t>(range.times, DMA_HEAP_READ_MAX_RANGES);
    for (const std::uint64_t at_least : {1000, 100, 10})
        if (count >= at_least)
            return ", " + std::to_string(at_least) + " ranges or more";
    return ", few ranges";
}

/// What happens meanwhile.
const char* event_of(const Call& call)
{
    const auto is_at = [&](Where where) { return call.place == where || call.ranges_place == where; };
    const auto is_slot = [](const std::string& name) { return name == Files::slot_name; };
    if (call.kill != 0)
        return ", killed";
    if (find_file(call, Scene::is_one) != nullptr)
        return ", a scene";
    if (find_file(call, is_slot) != nullptr)
        return ", a file replaced";
    if (is_at(Where::late))
        return ", late memory";
    if (is_at(Where::vanishing))
        return ", vanishing memory";
    if (call.swap != 0)
        return ", a struct changed";
    return "";
}

std::string kind_of(const Call& call, const Verdict& verdict)
{
    std::string kind = std::string(name_of(call.form)) + " of " + call.heap;
    if (call.form == Form::ranges)
        kind += count_of_ranges(call);
    kind += event_of(call);
    if (!verdict.left_out.empty())
        return kind + ", left out";
    return kind + (verdict.result == 0 ? ", success" : ", an error");
}

}  // namespace

void Times::add(const Call& call, const Verdict& verdict, Duration taken)
{
    Sum& sum = kinds_[kind_of(call, verdict)];
    ++sum.calls;
    sum.taken += taken;
    sum.in_call += verdict.in_call;
    sum.longest = std::max(sum.longest, taken);
}

void Times::print(Duration run) const
{
    std::vector<std::pair<std::string, Sum>> order(kinds_.begin(), kinds_.end());
    std::ranges::sort(order, std::greater(), [](const auto& kind) { return kind.second.taken; });
    for (const auto& [kind, sum] : order | std::views::take(lines))
        std::printf(
            "# %.1f %% of the time, %.0f %% of it in the ioctl: %s: %llu calls, %.1f ms each, the longest %.1f\n",
            100 * (sum.taken / run), 100 * (sum.in_call / sum.taken), kind.c_str(),
            static_cast<unsigned long long>(sum.calls),
            milliseconds * sum.taken.count() / static_cast<double>(sum.calls),
            milliseconds * sum.longest.count());
}

}  // namespace fuzz
