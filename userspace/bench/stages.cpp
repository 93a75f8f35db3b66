// SPDX-License-Identifier: Apache-2.0
#include "bench/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

constexpr std::array<std::string_view, 4> kKnobs = {"vmap", "one_batch", "zero", "sync"};

}  // namespace

std::span<const Stage> stages()
{
    static const std::array<Stage, 5> table = {{
        {"alloc-read:sync", "each batch is read before the next is allocated", {"sync", "zero"}},
        {"alloc-read:vmap", "a batch is read while the next is gathered", {"vmap", "one_batch", "zero"}},
        {"alloc-read:bvec", "pages go to the device without being mapped", {"one_batch", "zero"}},
        {"alloc-read:window", "several batches in flight", {"zero"}},
        {"alloc-read", "pages that are read into are not cleared", {}},
    }};
    return table;
}

std::optional<std::size_t> stage_place(std::string_view name)
{
    const auto found = std::ranges::find(stages(), name, &Stage::name);
    if (found == stages().end())
        return std::nullopt;
    return static_cast<std::size_t>(found - stages().begin());
}

Result<Knobs> Knobs::take(const std::string& folder)
{
    std::vector<Undo> undos;
    for (const std::string_view knob : kKnobs) {
        const std::string path = fmt::format("{}/{}", folder, knob);
        const auto text = read_text(path);
        if (!text) {
            Error error = text.error();
            error.advice =
                error.code == ENOENT
                    ? "This kernel has no knobs for comparison; they come with a later patch of the "
                      "series, and debugfs must be mounted at /sys/kernel/debug."
                    : "The knobs in debugfs need root.";
            return std::unexpected(std::move(error));
        }
        undos.push_back({.path = path, .text = *text});
    }
    auto guardian = Guardian::start(undos);
    if (!guardian)
        return std::unexpected(guardian.error());
    Knobs knobs(folder, std::move(*guardian));
    for (const std::string_view knob : kKnobs) {
        if (const auto off = knobs.set(knob, false); !off)
            return std::unexpected(off.error());
    }
    return knobs;
}

Result<void> Knobs::set(std::string_view knob, bool on) const
{
    return write_text(fmt::format("{}/{}", folder_, knob), on ? "1" : "0");
}

Result<Knobs::Scope> Knobs::turn_on(const Stage& stage) const
{
    Scope scope(*this, stage);  // what was turned on is turned off where the rest fails
    for (const std::string_view knob : stage.knobs) {
        if (const auto on = set(knob, true); !on)
            return std::unexpected(on.error());
    }
    return scope;
}

Knobs::Scope::~Scope()
{
    if (knobs_ == nullptr)
        return;
    for (const std::string_view knob : stage_->knobs)
        (void)knobs_->set(knob, false);
}

}  // namespace dmaload::bench
