// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where a dma-buf with a file's bytes comes from: each call, on each heap,
/// and the strongest way without a patch, udmabuf.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/content.hpp"
#include "support/system.hpp"

namespace importers {

enum class Form { flag, ranges, udmabuf };

struct Origin {
    Form form = Form::flag;
    std::string heap{};  ///< none for udmabuf
    bool direct = false;

    /// The file as a dma-buf.
    [[nodiscard]] contract::UniqueFd make(const contract::TemporaryFile& file) const;
    [[nodiscard]] std::string name() const;
};
void PrintTo(const Origin& origin, std::ostream* out);
std::string origin_name(const ::testing::TestParamInfo<Origin>& info);

/// All of them, direct and buffered; of the CMA heap where there is one.
std::vector<Origin> all_origins();

}  // namespace importers
