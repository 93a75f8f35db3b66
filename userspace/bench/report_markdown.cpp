// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "bench/report_document.hpp"
#include "bench/report_formats.hpp"

namespace dmaload::bench {

namespace {

/// Text that Markdown takes as it stands, in a cell of a table too.
std::string plain(const std::string& text)
{
    std::string escaped;
    for (const char c : text) {
        if (c == '\n') {
            escaped += ' ';
            continue;
        }
        if (std::string_view("\\`*_<>|[]#").find(c) != std::string_view::npos)
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

/// Turns blocks into Markdown, each with an empty line behind it.
class MarkdownWriter {
public:
    void operator()(const Words& words)
    {
        text_ += words.lead ? fmt::format("**{}**\n\n", plain(words.text)) : plain(words.text) + "\n\n";
    }
    void operator()(const Bullets& bullets)
    {
        for (const std::string& item : bullets.items)
            text_ += fmt::format("* {}\n", plain(item));
        text_ += "\n";
    }
    void operator()(const Tiles& tiles)
    {
        for (const Tiles::Tile& tile : tiles.tiles)
            text_ += fmt::format("* **{}** {}\n", plain(tile.figure), plain(tile.label));
        text_ += "\n";
    }
    void operator()(const Table& table)
    {
        if (!table.caption.empty())
            text_ += fmt::format("**{}**\n\n", plain(table.caption));
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            for (const std::string& cell : table.rows[i])
                text_ += fmt::format("| {} ", plain(cell));
            text_ += "|\n";
            if (i != 0)
                continue;
            for (std::size_t column = 0; column < table.rows[0].size(); ++column)
                text_ += column < table.left ? "|---" : "|--:";
            text_ += "|\n";
        }
        text_ += "\n";
    }
    void operator()(const Command& command) { text_ += fmt::format("```sh\n{}\n```\n\n", command.text); }
    // Pictures are for the page.
    void operator()(const Chart&) {}
    void operator()(const Picture&) {}

    void heading(int level, const std::string& title)
    {
        text_ += fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(level), '#'), plain(title));
    }
    void write(const std::vector<Block>& blocks)
    {
        for (const Block& block : blocks)
            std::visit(*this, block);
    }
    [[nodiscard]] std::string take()
    {
        text_.pop_back();  // one line ends the file, not two
        return std::move(text_);
    }

private:
    std::string text_;
};

}  // namespace

std::string render_markdown(const Report& report)
{
    const Document document = make_document(report);
    MarkdownWriter writer;
    writer.heading(1, document.title);
    writer(Words{document.subtitle});
    writer.write(document.lead);
    for (const Section& section : document.sections) {
        if (section.blocks.empty() && section.level > 2)
            continue;
        writer.heading(section.level, section.title);
        writer.write(section.blocks);
    }
    return writer.take();
}

}  // namespace dmaload::bench
