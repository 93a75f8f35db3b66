// SPDX-License-Identifier: Apache-2.0
#include "bench/timeline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/units.hpp"

namespace dmaload::bench {

using std::chrono::nanoseconds;

namespace {

// All lengths are in the picture's own unit, a pixel at its natural size.
constexpr double kWidth = 1200;
constexpr double kLeft = 110;  // of the plot; the lanes' names stand before it
constexpr double kRight = 20;
constexpr double kTop = 104;  // of the first lane; title, legend and axis stand above it
constexpr double kCallerHeight = 34;
constexpr double kGap = 10;
constexpr double kBottom = 16;

// Colours that the colour-blind can tell apart (Okabe and Ito), with the dark
// mode's own brightness. Plain rules: not every program knows CSS variables.
constexpr std::string_view kStyle = R"(
text { fill: #1f2328; font: 12px system-ui, sans-serif; }
.title { font-size: 17px; font-weight: 600; }
.paper { fill: #ffffff; }
.tick { stroke: #d8dee4; stroke-width: 1; }
.seam { stroke: #ffffff; stroke-width: 0.5; }
.alloc { fill: #0072b2; }
.submit { fill: #d55e00; }
.wait { fill: #b8bfc6; }
.map { fill: #a04f8a; }
.read { fill: #009e73; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; }
  .tick { stroke: #30363d; }
  .seam { stroke: #0d1117; }
  .alloc { fill: #4aa8e0; }
  .submit { fill: #f08a3c; }
  .wait { fill: #57606a; }
  .map { fill: #d08fc0; }
  .read { fill: #2fbf91; }
}
)";

/// Text that may stand between tags: valid UTF-8 without the characters that
/// XML forbids or gives a meaning to.
std::string xml_text(const std::string& text)
{
    using nlohmann::json;
    // The JSON library knows what is valid UTF-8.
    const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    std::string escaped;
    for (const char c : json::parse(quoted).get<std::string>()) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        default:
            escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    // The two code points that are valid UTF-8 and still no characters of XML.
    for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
        for (std::size_t at = 0; (at = escaped.find(forbidden, at)) != std::string::npos;)
            escaped.replace(at, forbidden.size(), "?");
    }
    return escaped;
}

double in_ms(nanoseconds time)
{
    return static_cast<double>(time.count()) / 1e6;
}

std::string size_text(std::int64_t bytes)
{
    return format_size(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}

/// 1, 2 or 5 times a power of ten, so that some eight to fifteen of them make \p whole.
double tick_step(double whole)
{
    const double rough = std::max(whole, 1e-6) / 15;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough)
            return factor * power;
    }
    return 10 * power;
}

class Drawing {
public:
    explicit Drawing(const Timeline& timeline) : line_(timeline), lanes_(timeline.lanes())
    {
        for (const std::size_t lane : lanes_)
            lane_count_ = std::max(lane_count_, lane + 1);
    }
    std::string draw(const Caption& caption);

private:
    [[nodiscard]] double x(nanoseconds time) const
    {
        return kLeft + (kWidth - kLeft - kRight) * in_ms(time) / std::max(in_ms(line_.total), 1e-6);
    }
    /// Deep windows get thin lanes.
    [[nodiscard]] double lane_height() const { return lane_count_ > 24 ? 10 : 20; }
    [[nodiscard]] double lane_top(std::size_t lane) const
    {
        return kTop + kCallerHeight + kGap + static_cast<double>(lane) * (lane_height() + 2);
    }
    [[nodiscard]] double bottom() const { return lane_top(std::max<std::size_t>(lane_count_, 1)); }

    void text(double left, double top, std::string_view attributes, const std::string& words);
    void bar(std::string_view look, nanoseconds begin, nanoseconds end, double top, double height,
             const std::string& words);
    void legend();
    void axis();
    void caller();
    void batches();

    const Timeline& line_;
    std::vector<std::size_t> lanes_;
    std::size_t lane_count_ = 0;
    std::string out_;
};

void Drawing::text(double left, double top, std::string_view attributes, const std::string& words)
{
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>\n", left, top,
                        attributes.empty() ? "" : " ", attributes, xml_text(words));
}

void Drawing::bar(std::string_view look, nanoseconds begin, nanoseconds end, double top, double height,
                  const std::string& words)
{
    constexpr double kVisible = 0.6;
    out_ += fmt::format(
        "<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"><title>{}</title></rect>\n",
        look, x(begin), top, std::max(x(end) - x(begin), kVisible), height, xml_text(words));
}

void Drawing::legend()
{
    const Phases phases = line_.phases();
    const std::array<std::pair<std::string_view, std::string>, 5> entries = {{
        {"alloc", fmt::format("allocating {}", format_time(phases.alloc))},
        {"submit", fmt::format("submitting {}", format_time(phases.submit))},
        {"wait", fmt::format("waiting {}", format_time(phases.wait))},
        {"map", fmt::format("making the dma-buf {}", format_time(phases.map))},
        {"read", fmt::format("a read in flight {}", format_time(line_.reading()))},
    }};
    double left = kLeft;
    for (const auto& [look, words] : entries) {
        out_ += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"62\" width=\"12\" height=\"12\"/>\n", look,
                            left);
        text(left + 17, 72.5, {}, words);
        left += 40 + 6.6 * static_cast<double>(words.size());
    }
}

void Drawing::axis()
{
    const double whole = in_ms(line_.total);
    const double step = tick_step(whole);
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    for (int i = 0; i * step <= whole; ++i) {
        const double at = x(nanoseconds(std::llround(i * step * 1e6)));
        out_ += fmt::format(
            "<line class=\"tick\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\"/>\n", at,
            kTop - 4, bottom());
        text(at, kTop - 8, "text-anchor=\"middle\"", fmt::format("{:.{}f}", i * step, decimals));
    }
    text(kLeft - 16, kTop - 8, "text-anchor=\"end\"", "ms");
}

void Drawing::caller()
{
    text(kLeft - 16, kTop + kCallerHeight / 2 + 4, "text-anchor=\"end\"", "caller");
    for (const Span& span : line_.caller)
        bar(to_string(span.what), span.begin, span.end, kTop, kCallerHeight,
            fmt::format("{} {}, from {}", to_string(span.what), format_time(span.end - span.begin),
                        format_time(span.begin)));
}

void Drawing::batches()
{
    for (std::size_t lane = 0; lane < lane_count_; ++lane) {
        if (lane_height() > 12 || lane % 4 == 0)
            text(kLeft - 16, lane_top(lane) + lane_height() / 2 + 4, "text-anchor=\"end\"",
                 fmt::format("in flight {}", lane + 1));
    }
    for (std::size_t i = 0; i < line_.batches.size(); ++i) {
        const Batch& batch = line_.batches[i];
        bar("read seam", batch.submit, batch.complete, lane_top(lanes_[i]), lane_height(),
            fmt::format(
                "batch {}: {} at {}, {} segments; submitted at {} in {}, complete after {}, taken at {}",
                batch.number, size_text(batch.length), size_text(batch.offset), batch.segments,
                format_time(batch.submit), format_time(batch.submitted - batch.submit),
                format_time(batch.complete - batch.submit), format_time(batch.reap)));
    }
}

std::string Drawing::draw(const Caption& caption)
{
    const double height = bottom() + kBottom;
    out_ = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" role=\"img\">\n<title>{2}</title>\n<desc>{3}</desc>\n<style>{4}</style>\n"
        "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
        kWidth, height, xml_text(caption.title), xml_text(caption.subtitle), kStyle);
    text(20, 28, "class=\"title\"", caption.title);
    text(20, 48, {}, caption.subtitle);
    legend();
    axis();
    caller();
    batches();
    return out_ + "</svg>\n";
}

}  // namespace

std::string render_svg(const Timeline& timeline, const Caption& caption)
{
    return Drawing(timeline).draw(caption);
}

}  // namespace dmaload::bench
