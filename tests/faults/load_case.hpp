// SPDX-License-Identifier: Apache-2.0
/// \file
/// The loads that are made to fail: each call, on each heap, of a small and a
/// large file, direct and buffered.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
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
    /// Its file is on XFS. The page cache has large folios there, and is read
    /// ahead into them in another way.
    bool large_folios = false;

    [[nodiscard]] std::string name() const;
    /// Where its file is to be: on the first disk, or the one with XFS. Empty
    /// where the guest has no such disk.
    [[nodiscard]] std::string folder() const;
};
void PrintTo(const LoadCase& load_case, std::ostream* out);
std::string case_name(const ::testing::TestParamInfo<LoadCase>& info);

/// All of them: the system heap's and, where there is memory for it, the CMA heap's.
std::vector<LoadCase> all_cases();
/// And what large folios change, once: buffered loads into one heap, by each call.
std::vector<LoadCase> all_cases_and_large_folios();
/// The name of the CMA heap, or empty.
std::string cma_heap();

/// A file, and how a load of it begins.
struct Source {
    Source(std::string file, std::uint64_t bytes) : path(std::move(file)), size(bytes) {}
    // NOLINTNEXTLINE(google-explicit-constructor): most files are such
    Source(const contract::TemporaryFile& file) : Source(file.path(), file.size()) {}

    std::string path;
    std::uint64_t size;
    /// Also for writing, see nobody_writes(). Reading must not make the
    /// filesystem write, or it would be the one that meets the fault.
    int flags = O_RDWR | O_NOATIME;
    bool cold = true;  ///< none of it is in the page cache
};

/// One load: its file is open, the struct is filled in.
class Load {
public:
    Load(const LoadCase& load_case, int heap, const Source& source);

    [[nodiscard]] int heap() const { return heap_; }
    [[nodiscard]] unsigned long command() const;
    [[nodiscard]] void* argument()
    {
        return form_ == Form::flag ? static_cast<void*>(&data_) : &ranges_data_;
    }
    /// Makes the call, once.
    [[nodiscard]] contract::Errno call();
    /// Makes the call as often as one likes, and closes what it gave. It is
    /// bare system calls, as is right in a child of a process with threads.
    [[nodiscard]] contract::Errno call_and_close() const;

    /// The parts of the file that the buffer shall hold; there are zeros elsewhere.
    [[nodiscard]] const std::vector<contract::Piece>& pieces() const { return pieces_; }
    /// After a call that succeeded: takes the buffer.
    [[nodiscard]] contract::UniqueFd take();
    /// The same, and looks whether it holds what it should.
    [[nodiscard]] ::testing::AssertionResult take_and_compare();
    /// Bytes of the buffer.
    [[nodiscard]] std::uint64_t buffer_size() const;

private:
    Form form_;
    int heap_;
    contract::UniqueFd file_;
    contract::UniqueFd buffered_;
    std::vector<contract::Piece> pieces_;
    std::vector<contract::Range> ranges_;
    dma_heap_allocation_data data_{};
    dma_heap_allocate_read_data ranges_data_{};
};

}  // namespace faults
