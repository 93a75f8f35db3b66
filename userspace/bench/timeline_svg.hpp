// SPDX-License-Identifier: Apache-2.0
/// \file
/// A timeline as a picture.
#pragma once

#include <string>

#include "bench/timeline.hpp"

namespace dmaload::bench {

/// What stands above the picture; any bytes, also such as XML does not allow.
struct Caption {
    std::string title;
    std::string subtitle;
};

/// An SVG of the caller's time and, below it, of the reads in flight, a lane
/// for each that is so at the same time. It needs nothing from elsewhere and
/// follows the reader's dark or light colours.
[[nodiscard]] std::string render_svg(const Timeline& timeline, const Caption& caption);

}  // namespace dmaload::bench
