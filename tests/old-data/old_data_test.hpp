// SPDX-License-Identifier: Apache-2.0
/// \file
/// The fixture: free memory is full of marks, and buffers are searched for
/// them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drm_device.hpp"
#include "reading.hpp"
#include "support/fixture.hpp"

namespace old_data {

/// Whether this is the kernel that clears nothing (scripts/kernel build
/// --broken): there the search has to find something. Its caller knows, by
/// the variable DMALOAD_BROKEN_KERNEL: a kernel that is broken in another way
/// must not be taken for it.
bool kernel_is_broken();

class OldDataTest : public contract::ContractTest {
protected:
    void SetUp() override;
    void TearDown() override;

    void use_heap(const std::string& name) { heap_ = contract::open_heap(name); }
    [[nodiscard]] int heap() const { return heap_.get(); }

    /// Makes the call in memory full of marks and searches the buffer, seen by a mapping and through an
    /// importer. No mark may be there, and what is there must be right; on the broken kernel marks must be
    /// found where nothing has cleared them.
    void search(const Reading& reading, bool heap_clears = false);
    /// Where the first mark is and how it was seen; nothing where there is none.
    [[nodiscard]] std::optional<std::string> mark_in(int dmabuf) const;
    /// After a call that failed: loads as many bytes, all but one of them a gap. The pages are those that
    /// were given back last, unless the kernel had others, which have a mark; and it is the engine that
    /// clears them. Nothing where there is no buffer. To be kept, but only when this process has no other
    /// threads.
    contract::UniqueFd look_into_the_next(std::uint64_t size);
    /// Holds on to a buffer, if it is one, so that the next one is of other pages; now and then gives all
    /// back, and leaves marks.
    void keep(contract::UniqueFd dmabuf);

private:
    void renew();
    /// Keeps single pages from coming that the kernel itself has freed last: tables and objects of what left
    /// the marks, or of a file that was written. They are the next that it gives.
    void take_single_pages(std::uint64_t size);
    [[nodiscard]] ::testing::AssertionResult shows_marks(const Reading& reading);

    std::optional<importers::DrmDevice> vgem_;
    contract::UniqueFd heap_;
    std::optional<contract::TemporaryFile> byte_;
    contract::UniqueFd byte_fd_;
    std::vector<contract::UniqueFd> kept_;
    std::uint64_t kept_bytes_ = 0;
};

/// A text as a part of a test's name.
std::string name_part(std::string text);

/// A folder to read from, how, and the heap.
struct Where {
    contract::Place place;
    std::string heap;
};
void PrintTo(const Where& where, std::ostream* out);
std::string where_name(const ::testing::TestParamInfo<Where>& info);
/// All test folders, direct and buffered, with each heap.
std::vector<Where> everywhere(const std::vector<std::string>& heaps);

class OldDataPlaceTest : public OldDataTest, public ::testing::WithParamInterface<Where> {
protected:
    void SetUp() override;

    [[nodiscard]] const std::string& folder() const { return GetParam().place.folder; }
    [[nodiscard]] contract::UniqueFd open(const contract::TemporaryFile& file) const
    {
        return file.open(GetParam().place.open_flags());
    }
};

}  // namespace old_data
