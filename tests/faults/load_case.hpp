// SPDX-License-Identifier: Apache-2.0
/// \file
/// The loads that are made to fail: each call, on each heap, of a small and a
/// large file, direct and buffered.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <linux/dma-heap.h>

#include "support/content.hpp"
#include "support/heap.hpp"
#include "support/ranges.hpp"

namespace faults {

enum class Form { flag, ranges };

struct LoadCase {
    std::string heap;
    Form form = Form::flag;
    bool direct = false;

    [[nodiscard]] std::string name() const;
};
void PrintTo(const LoadCase& load_case, std::ostream* out);
std::string case_name(const ::testing::TestParamInfo<LoadCase>& info);

/// All of them: the system heap's and, where there is memory for it, the CMA heap's.
std::vector<LoadCase> all_cases();
/// The name of the CMA heap, or empty.
std::string cma_heap();

/// One load, to be made once: its file is opened (also for writing, see
/// nobody_writes()) and, where it shall be cold, out of the page cache, the
/// struct is filled in.
class Load {
public:
    Load(const LoadCase& load_case, int heap, const contract::TemporaryFile& file, bool cold = true);

    [[nodiscard]] int heap() const { return heap_; }
    [[nodiscard]] unsigned long command() const;
    [[nodiscard]] void* argument()
    {
        return form_ == Form::flag ? static_cast<void*>(&data_) : &ranges_data_;
    }
    /// After a call that succeeded: takes the buffer, and looks whether it holds what it should.
    [[nodiscard]] ::testing::AssertionResult take_and_compare();

private:
    Form form_;
    int heap_;
    std::uint64_t size_;
    contract::UniqueFd file_;
    contract::UniqueFd buffered_;
    std::vector<contract::Piece> pieces_;
    std::vector<contract::Range> ranges_;
    dma_heap_allocation_data data_{};
    dma_heap_allocate_read_data ranges_data_{};
};

}  // namespace faults
