// SPDX-License-Identifier: Apache-2.0
/// \file
/// What stands beside the ways to load and is none: reads into memory that is
/// there already, by the io_uring reader and by fio.
#pragma once

#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// One of them: its best run.
struct Reference {
    std::string method;   ///< "io_uring reader", "fio"
    std::string mode;     ///< "direct"; of fio the name of its job
    std::string setting;  ///< of the reader, "4 MB x 8"; else empty
    double total = 0;     ///< nanoseconds
    double cpu = 0;       ///< nanoseconds; 0: not known

    [[nodiscard]] std::string name() const { return method + " " + mode; }
};

/// Those that were measured beside a group, fastest first.
[[nodiscard]] std::vector<Reference> references_of(const Group& group);

/// Whether it stands before a row: rows are sorted by time, those without a
/// sample last.
[[nodiscard]] bool comes_before(const Reference& reference, const Row& row);

}  // namespace dmaload::bench
