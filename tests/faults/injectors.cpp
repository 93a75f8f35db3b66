// SPDX-License-Identifier: Apache-2.0
#include "injectors.hpp"

#include <ranges>

#include <unistd.h>

#include "support/system.hpp"

namespace faults {
namespace {

// How many faults there may be; what is left tells how many there were.
constexpr long times = 1'000'000'000;

std::string folder_of(Kind kind)
{
    return std::string("/sys/kernel/debug/") + name_of(kind) + "/";
}

std::size_t index_of(Kind kind)
{
    return static_cast<std::size_t>(kind);
}

}  // namespace

const char* name_of(Kind kind)
{
    constexpr std::array names{"failslab", "fail_page_alloc", "fail_usercopy", "fail_make_request"};
    return names.at(index_of(kind));
}

bool Injectors::exist()
{
    for (const Kind kind : kinds)
        if (::access((folder_of(kind) + "times").c_str(), W_OK) != 0)
            return false;
    return ::access("/proc/thread-self/fail-nth", W_OK) == 0;
}

Injectors::Injectors(Kind kind, const std::string& disk)
{
    const auto yes_if = [](bool condition) { return condition ? "Y" : "N"; };
    for (const Kind each : kinds) {
        set(folder_of(each) + "probability", "0");  // only for who asks for the n-th
        set(folder_of(each) + "times", std::to_string(times));
        set(folder_of(each) + "verbose", "0");  // a stack trace for each would look like a splat
    }
    // No cache is marked as the only one to fail, so that the filter lets none through.
    set(folder_of(Kind::slab) + "cache-filter", yes_if(kind != Kind::slab));
    set(folder_of(Kind::slab) + "ignore-gfp-wait", "N");
    set(folder_of(Kind::page) + "ignore-gfp-wait", "N");
    set(folder_of(Kind::page) + "ignore-gfp-highmem", "N");
    // No allocation is as large as 2^31 pages.
    set(folder_of(Kind::page) + "min-order", kind == Kind::page ? "0" : "31");
    set("/sys/block/" + disk + "/make-it-fail", kind == Kind::request ? "1" : "0");
}

Injectors::~Injectors()
{
    for (const auto& [path, text] : before_ | std::views::reverse)
        contract::write_text(path, text);
}

void Injectors::set(const std::string& path, const std::string& text)
{
    before_.emplace_back(path, contract::read_text(path));
    contract::require_write(path, text);
}

Counts Injectors::injected() const
{
    Counts counts{};
    for (const Kind kind : kinds)
        counts.at(index_of(kind)) = times - std::stol(contract::read_text(folder_of(kind) + "times"));
    return counts;
}

}  // namespace faults
