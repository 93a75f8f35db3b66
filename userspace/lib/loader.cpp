// SPDX-License-Identifier: Apache-2.0
#include <dmaload/loader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace dmaload {
namespace {

Error unknown_method(std::string_view name)
{
    std::string known(auto_method);
    for (const Method* method : methods())
        fmt::format_to(std::back_inserter(known), ", {}", method->name());
    return {"use method", fmt::format("\"{}\"", name), EINVAL, fmt::format("Known methods: {}.", known)};
}

/// A single reason is passed on as it is, several in one list.
Error nothing_available(std::string_view name, const std::vector<PassedOver>& ways)
{
    if (ways.size() == 1)
        return ways.front().reason;
    const int code = ways.front().reason.code;
    const bool one_cause =
        std::ranges::all_of(ways, [&](const PassedOver& way) { return way.reason.code == code; });
    return {"use method", std::string(name), one_cause ? code : 0,
            "None of the ways works:\n" + describe(ways)};
}

}  // namespace

std::string describe(std::span<const PassedOver> ways)
{
    std::vector<std::pair<std::string, std::string>> lines;  // reason, who it stops
    for (const PassedOver& way : ways) {
        const std::string reason = way.reason.message();
        auto line = std::ranges::find(lines, reason, &std::pair<std::string, std::string>::first);
        if (line == lines.end())
            line = lines.insert(lines.end(), {reason, ""});
        fmt::format_to(std::back_inserter(line->second), "{}{} {}", line->second.empty() ? "" : ", ",
                       way.method->name(), to_string(way.mode));
    }
    std::string text;
    for (const auto& [reason, who] : lines)
        fmt::format_to(std::back_inserter(text), "{}  {}: {}", text.empty() ? "" : "\n", who, reason);
    return text;
}

Result<Loader> Loader::create(std::string_view method, std::optional<Mode> mode, std::string heap)
{
    const Method* const insisted = find_method(method);
    if (insisted == nullptr && method != auto_method)
        return std::unexpected(unknown_method(method));

    const auto candidates = insisted != nullptr ? std::span(&insisted, 1) : methods();
    Loader loader;
    loader.heap_ = std::move(heap);
    for (const Mode m : {Mode::direct, Mode::buffered}) {
        if (mode && m != *mode)
            continue;
        for (const Method* candidate : candidates) {
            if (insisted == nullptr && candidate->for_comparison())
                continue;
            if (auto available = candidate->probe(loader.heap_, m); available)
                loader.choices_.push_back({candidate, m});
            else
                loader.passed_over_.push_back({candidate, m, std::move(available.error())});
        }
    }
    if (loader.choices_.empty())
        return std::unexpected(nothing_available(method, loader.passed_over_));
    return loader;
}

Result<LoadOutcome> Loader::load(const std::string& file) const
{
    std::vector<PassedOver> tried;
    for (const Choice& choice : choices_) {
        auto loaded = choice.method->load({file, choice.mode, heap_});
        if (loaded) {
            LoadOutcome outcome{std::move(*loaded), choice.method, choice.mode, passed_over_};
            std::ranges::move(tried, std::back_inserter(outcome.passed_over));
            return outcome;
        }
        if (loaded.error().code != EFBIG)
            return std::unexpected(std::move(loaded.error()));
        tried.push_back({choice.method, choice.mode, std::move(loaded.error())});
    }
    return std::unexpected(nothing_available(choices_.front().method->name(), tried));
}

}  // namespace dmaload
