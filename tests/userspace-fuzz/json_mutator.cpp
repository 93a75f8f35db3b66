// SPDX-License-Identifier: Apache-2.0
#include "json_mutator.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace dmaload::fuzz {

using nlohmann::json;

namespace {

/// What stands in results, and what should not.
const std::vector<json>& values()
{
    static const std::vector<json> list = {nullptr,
                                           true,
                                           false,
                                           0,
                                           1,
                                           -1,
                                           0.5,
                                           -0.5,
                                           1e300,
                                           json::array(),
                                           json::object(),
                                           "",
                                           "mmap-read",
                                           "alloc-read",
                                           "alloc-read:sync",
                                           "buffered",
                                           "direct",
                                           "phone-like",
                                           "eaten-25",
                                           "not cold",
                                           std::numeric_limits<std::int64_t>::min(),
                                           std::numeric_limits<std::int64_t>::max(),
                                           std::numeric_limits<std::uint64_t>::max()};
    return list;
}

void collect(json& value, std::vector<json*>& all)
{
    all.push_back(&value);
    if (value.is_structured()) {
        for (json& inner : value)
            collect(inner, all);
    }
}

template <class T>
T& one_of(std::vector<T>& list, std::minstd_rand& random)
{
    return list[random() % list.size()];
}

/// Takes one member out of \p value, or puts one in twice.
void change_members(json& value, std::minstd_rand& random)
{
    if (value.empty())
        return;
    auto member = value.begin();
    std::advance(member, static_cast<std::ptrdiff_t>(random() % value.size()));
    if (value.is_object() || random() % 2 == 0)
        value.erase(member);
    else
        value.push_back(json(*member));
}

}  // namespace

void mutate(json& root, std::minstd_rand& random)
{
    std::vector<json*> all;
    collect(root, all);
    json& target = *one_of(all, random);
    switch (random() % 3) {
    case 0:
        target = values()[random() % values().size()];
        break;
    case 1:
        target = json(*one_of(all, random));
        break;
    default:
        if (target.is_structured())
            change_members(target, random);
        else
            target = values()[random() % values().size()];
        break;
    }
}

}  // namespace dmaload::fuzz
