// SPDX-License-Identifier: Apache-2.0
#include "bench/references.hpp"

#include <algorithm>
#include <utility>

namespace dmaload::bench {

std::vector<Reference> references_of(const Group& group)
{
    std::vector<Reference> list;
    if (group.reader)
        list.push_back({.method = "io_uring reader",
                        .mode = "direct",
                        .setting = group.reader_setting,
                        .total = *group.reader,
                        .cpu = group.reader_cpu});
    for (const auto& [job, total] : group.fio)
        list.push_back({.method = "fio", .mode = job, .setting = {}, .total = total});
    std::ranges::sort(list, {}, [](const Reference& one) { return std::pair(one.total, one.name()); });
    return list;
}

bool comes_before(const Reference& reference, const Row& row)
{
    return row.total.count == 0 || reference.total < row.total.median;
}

}  // namespace dmaload::bench
