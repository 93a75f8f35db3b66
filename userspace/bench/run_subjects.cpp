// SPDX-License-Identifier: Apache-2.0
#include "bench/run_subjects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace dmaload::bench {
namespace {

Result<std::vector<const Method*>> named_methods(const std::vector<std::string>& names)
{
    if (names.empty())
        return std::vector<const Method*>(methods().begin(), methods().end());
    // Variants of a method are measured where they are named.
    std::vector<const Method*> chosen;
    for (const std::string& name : names) {
        const Method* const method = find_method(name);
        if (method == nullptr)
            return fail("bench", name, EINVAL, "There is no such method; `dmaload probe` lists them.");
        if (std::ranges::find(chosen, method) == chosen.end())
            chosen.push_back(method);
    }
    return chosen;
}

/// Alloc-read direct, which is there already, is the last stage; the others
/// are measured beside it.
Result<void> add_stages(const RunOptions& options, RunSubjects& chosen)
{
    const Subject last{
        .method = find_method(stages().back().name), .mode = Mode::direct, .heap = options.heap};
    const auto& wanted = options.methods;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), last.name()) == wanted.end())
        return fail("bench", "--stages", EINVAL,
                    fmt::format("These are forms of {}; add it to --methods.", last.name()));
    Result<void> able = last.method->probe(options.heap, last.mode);
    if (able) {
        if (auto knobs = Knobs::take())
            chosen.knobs = std::make_unique<Knobs>(std::move(*knobs));
        else
            able = std::unexpected(knobs.error());
    }
    for (const Stage& stage : stages().first(stages().size() - 1)) {
        Subject subject = last;
        subject.stage = &stage;
        subject.knobs = chosen.knobs.get();
        if (able)
            chosen.stages.push_back(subject);
        else
            chosen.unavailable.emplace_back(subject, able.error().message());
    }
    return {};
}

}  // namespace

Result<RunSubjects> choose_subjects(const RunOptions& options)
{
    const auto methods = named_methods(options.methods);
    if (!methods)
        return std::unexpected(methods.error());
    RunSubjects chosen;
    for (const Method* method : *methods) {
        for (const Mode mode : {Mode::direct, Mode::buffered}) {
            const Subject subject{.method = method, .mode = mode, .heap = options.heap};
            if (const auto able = method->probe(options.heap, mode))
                chosen.methods.push_back(subject);
            else
                chosen.unavailable.emplace_back(subject, able.error().message());
        }
    }
    if (options.stages) {
        if (const auto added = add_stages(options, chosen); !added)
            return std::unexpected(added.error());
    }
    return chosen;
}

}  // namespace dmaload::bench
