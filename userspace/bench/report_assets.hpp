// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a page carries along, put into the program when it is built.
#pragma once

#include <string_view>

namespace dmaload::bench::assets {

extern const std::string_view style;          ///< report_page/page.css
extern const std::string_view charts;         ///< report_page/*.js, one behind the other
extern const std::string_view chart_library;  ///< D3; empty in a build that had none
extern const std::string_view licence;        ///< of the chart library

}  // namespace dmaload::bench::assets
