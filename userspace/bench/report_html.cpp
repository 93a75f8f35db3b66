// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "bench/report_assets.hpp"
#include "bench/report_document.hpp"
#include "bench/report_formats.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// Text that may stand between tags and in attributes.
std::string escape(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
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
        case '"':
            escaped += "&quot;";
            break;
        case '\n':
            escaped += "<br>";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

/// JSON that may stand in a script element: nothing in it can end that.
std::string embed(const json& data)
{
    std::string text;
    for (const char c : data.dump(-1, ' ', false, json::error_handler_t::replace))
        text += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return text;
}

/// "phone-like (disk 1 GB/s), 8 MB" → "phone-like-disk-1-gb-s-8-mb"
std::string anchor(std::string_view title)
{
    std::string id;
    for (const char c : title) {
        const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (word)
            id += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!id.empty() && id.back() != '-')
            id += '-';
    }
    return id;
}

/// The class of what deserves a look, a blank before it.
std::string_view weight_of(std::string_view text)
{
    if (text.starts_with("ERROR") || text.starts_with("problem"))
        return " bad";
    return text.starts_with("warning") ? " warning" : "";
}

class Writer {
public:
    void operator()(const Words& words)
    {
        out_ += fmt::format("<p{}>{}</p>\n", words.lead ? " class=\"lead\"" : "", escape(words.text));
    }
    void operator()(const Bullets& bullets)
    {
        const bool folded = !bullets.folded_under.empty();
        if (folded)
            out_ += fmt::format("<details><summary>{}</summary>\n", escape(bullets.folded_under));
        out_ += "<ul>\n";
        for (const std::string& item : bullets.items)
            out_ += fmt::format("<li class=\"item{}\">{}</li>\n", weight_of(item), escape(item));
        out_ += folded ? "</ul></details>\n" : "</ul>\n";
    }
    void operator()(const Tiles& tiles)
    {
        out_ += "<div class=\"tiles\">\n";
        for (const Tiles::Tile& tile : tiles.tiles)
            out_ += fmt::format("<div class=\"tile\"><strong>{}</strong> <span>{}</span></div>\n",
                                escape(tile.figure), escape(tile.label));
        out_ += "</div>\n";
    }
    void operator()(const Table& table)
    {
        if (table.folded)
            out_ += fmt::format("<details><summary>{}</summary>\n", escape(table.caption));
        else if (!table.caption.empty())
            out_ += fmt::format("<h4>{}</h4>\n", escape(table.caption));
        write_table(table);
        if (table.folded)
            out_ += "</details>\n";
    }
    void operator()(const Chart& chart)
    {
        out_ += fmt::format(
            "<figure class=\"chart\" data-kind=\"{0}\"><figcaption>{1}</figcaption>"
            "<script type=\"application/json\">{2}</script><div class=\"plot\" role=\"img\" "
            "aria-label=\"{1}; the table has its figures\"></div></figure>\n",
            escape(chart.kind), escape(chart.caption), embed(chart.data));
    }
    void operator()(const Command& command)
    {
        out_ += fmt::format("<pre><code>{}</code></pre>\n", escape_lines(command.text));
    }
    void operator()(const Picture& picture)
    {
        // A shadow root keeps the picture's style to itself; the XML line is not for HTML.
        const std::size_t begin = picture.svg.find("<svg");
        out_ += fmt::format(
            "<figure class=\"picture\"><figcaption>{}</figcaption><div class=\"scroll\" tabindex=\"0\">"
            "<div><template shadowrootmode=\"open\">{}</template></div></div></figure>\n",
            escape(picture.caption), picture.svg.substr(begin == std::string::npos ? 0 : begin));
    }

    void write(const std::vector<Block>& blocks)
    {
        for (const Block& block : blocks)
            std::visit(*this, block);
    }
    void write(const Section& section)
    {
        out_ += fmt::format("<section id=\"{}\">\n", anchor(section.title));
        const std::string heading = fmt::format("<h{0}>{1}</h{0}>", section.level, escape(section.title));
        out_ += section.folded ? fmt::format("<details><summary>{}</summary>\n", heading) : heading + "\n";
        write(section.blocks);
        out_ += section.folded ? "</details></section>\n" : "</section>\n";
    }
    void raw(std::string_view text) { out_ += text; }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    /// A command keeps its lines.
    static std::string escape_lines(const std::string& text)
    {
        std::string escaped = escape(text);
        for (std::size_t at = 0; (at = escaped.find("<br>", at)) != std::string::npos;)
            escaped.replace(at, 4, "\n");
        return escaped;
    }

    /// Each cell knows its heading, so that narrow screens can show a row as a list.
    void write_table(const Table& table)
    {
        constexpr std::size_t kOneLine = 32;  // what is shorter is not broken into lines
        const auto& head = table.rows.front();
        out_ += "<div class=\"scroll\"><table>\n<thead><tr>";
        for (std::size_t i = 0; i < head.size(); ++i)
            out_ += fmt::format("<th scope=\"col\"{}>{}</th>", i < table.left ? "" : " class=\"figure\"",
                                escape(head[i]));
        out_ += "</tr></thead>\n<tbody>\n";
        for (std::size_t r = 1; r < table.rows.size(); ++r) {
            const auto& row = table.rows[r];
            const bool ours = std::ranges::any_of(
                row, [](const std::string& cell) { return cell.starts_with("alloc-read"); });
            out_ += ours ? "<tr class=\"ours\">" : "<tr>";
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string_view look = i >= table.left            ? "figure"
                                              : row[i].size() < kOneLine ? "word"
                                                                         : "text";
                out_ += fmt::format("<td data-label=\"{}\" class=\"{}{}\">{}</td>", escape(head[i]), look,
                                    weight_of(row[i]), escape(row[i]));
            }
            out_ += "</tr>\n";
        }
        out_ += "</tbody></table></div>\n";
    }

    std::string out_;
};

void write_contents(Writer& writer, const Document& document)
{
    writer.raw("<nav aria-label=\"Contents\"><ul>\n");
    for (const Section& section : document.sections) {
        if (section.level == 2)
            writer.raw(fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor(section.title),
                                   escape(section.title)));
    }
    writer.raw("</ul></nav>\n");
}

}  // namespace

Result<std::string> render_html(const Report& report)
{
    if (assets::chart_library.empty())
        return fail(
            "make the page", "charts", 0,
            "This program was built without D3. Install it (Debian: node-d3), run cmake again, and build; "
            "or use --format markdown.");
    const Document document = make_document(report);
    Writer writer;
    // The policy makes sure that the page asks nobody for anything.
    writer.raw(fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n"
        "<h1>{}</h1>\n<p class=\"machine\">{}</p>\n</header>\n<main>\n",
        escape(document.title), assets::style, escape(document.title), escape(document.subtitle)));
    writer.write(document.lead);
    write_contents(writer, document);
    for (const Section& section : document.sections)
        writer.write(section);
    writer.raw("</main>\n<!--\nThe charts are drawn by D3, which stands below this licence:\n\n");
    writer.raw(assets::licence);
    writer.raw("-->\n<script>\n");
    writer.raw(assets::chart_library);
    writer.raw("\n</script>\n<script>\n");
    writer.raw(assets::charts);
    writer.raw("</script>\n</body>\n</html>\n");
    return writer.take();
}

}  // namespace dmaload::bench
