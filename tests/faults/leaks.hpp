// SPDX-License-Identifier: Apache-2.0
/// \file
/// Pages, references and objects that a call may leave behind when it fails;
/// contract::Holdings is about the rest.
#pragma once

#include <map>
#include <string>

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

/// Whether nobody has \p path open for writing. If the loads had it open so,
/// this shows a reference to it that was not given back.
::testing::AssertionResult nobody_writes(const std::string& path);

}  // namespace faults
