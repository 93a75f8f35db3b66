// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a call may leave behind when it fails, and how that is seen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace faults {

/// Pages by who allocated them (CONFIG_PAGE_OWNER): those of the heaps and of
/// the engine. Slabs and the page cache, which stay when a call is over, are
/// not counted, although calls may have asked for them.
class PageOwners {
public:
    static bool exist();

    PageOwners() : before_(count()) {}
    /// Whether none has more pages than when this was made.
    [[nodiscard]] ::testing::AssertionResult has_no_more() const;

private:
    /// Stack trace -> pages.
    static std::map<std::string, long> count();

    std::map<std::string, long> before_;
};

/// Descriptors, dma-bufs and the pages of CMA. The last are counted by the
/// kernel one by one, so that a look at them is exact and costs little.
class Holdings {
public:
    Holdings();
    [[nodiscard]] ::testing::AssertionResult are_unchanged() const;

private:
    std::vector<int> fds_;
    long dmabufs_;
    long long cma_;
};

/// Whether nobody has \p path open for writing. If the loads had it open so,
/// this shows a reference to it that was not given back.
::testing::AssertionResult nobody_writes(const std::string& path);

/// Has kmemleak look for objects that nothing points to.
::testing::AssertionResult kmemleak_finds_nothing();

}  // namespace faults
