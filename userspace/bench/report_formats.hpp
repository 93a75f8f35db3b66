// SPDX-License-Identifier: Apache-2.0
/// \file
/// A report in the formats that people pass on.
#pragma once

#include <string>
#include <string_view>

#include <dmaload/error.hpp>

#include "bench/report.hpp"

namespace dmaload::bench {

/// The tables of `dmaload report` without --format: one result as it always
/// looked, several side by side first. \p verdict: with words behind the tables.
[[nodiscard]] std::string render_text(const Report& report, bool verdict);

/// GitHub's Markdown; charts are for HTML.
[[nodiscard]] std::string render_markdown(const Report& report);

/// A line a method, mode and group (RFC 4180); times in nanoseconds, sizes in
/// bytes, empty where a figure is not known. What reads without making a
/// dma-buf (references.hpp) has the place "-", and its best run as median.
[[nodiscard]] std::string render_csv(const Report& report);

/// One page that needs nothing from elsewhere. An error in a build without the
/// chart library.
[[nodiscard]] Result<std::string> render_html(const Report& report);

/// One of the above: "text", "markdown", "csv" or "html". An error where a
/// result has a field of another type than schema 1 gives it; those above
/// throw then.
[[nodiscard]] Result<std::string> render(const Report& report, std::string_view format, bool verdict);

}  // namespace dmaload::bench
