// SPDX-License-Identifier: Apache-2.0
#include "bench/report_formats.hpp"

#include <nlohmann/json.hpp>

#include "bench/results.hpp"

namespace dmaload::bench {

Result<std::string> render(const Report& report, std::string_view format, bool verdict)
{
    // Result files come from outside; the JSON library throws where a field
    // has another type than asked for.
    try {
        if (format == "markdown")
            return render_markdown(report);
        if (format == "csv")
            return render_csv(report);
        if (format == "html")
            return render_html(report);
        return render_text(report, verdict);
    } catch (const nlohmann::json::exception& error) {
        return wrong_fields(error);
    }
}

}  // namespace dmaload::bench
