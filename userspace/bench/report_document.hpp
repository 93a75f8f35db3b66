// SPDX-License-Identifier: Apache-2.0
/// \file
/// A report as headings, words, tables and charts: what Markdown and HTML have
/// in common.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/report.hpp"

namespace dmaload::bench {

struct Words {
    std::string text;
    bool lead = false;  ///< what is to be read first
};

struct Bullets {
    std::vector<std::string> items;
    std::string folded_under = {};  ///< words that open the list on demand; empty: always shown
};

/// A few figures, large.
struct Tiles {
    struct Tile {
        std::string figure;
        std::string label;
    };
    std::vector<Tile> tiles;
};

struct Table {
    std::string caption;                         ///< may be empty
    std::vector<std::vector<std::string>> rows;  ///< the heading first
    std::size_t left = 1;                        ///< columns aligned left; the others are figures
    bool folded = false;                         ///< shown on demand where that is possible
};

/// What charts.js draws; `kind` says how, `data` is described there.
struct Chart {
    std::string kind;
    std::string caption;
    nlohmann::json data;
};

struct Command {
    std::string text;
};

/// An SVG with a colour scheme of its own.
struct Picture {
    std::string caption;
    std::string svg;
};

using Block = std::variant<Words, Bullets, Tiles, Table, Chart, Command, Picture>;

struct Section {
    std::string title;
    int level = 2;        ///< 2, or 3 below the 2 before it
    bool folded = false;  ///< shown on demand where that is possible
    std::vector<Block> blocks;
};

struct Document {
    std::string title;
    std::string subtitle;
    std::vector<Block> lead;  ///< before the first section
    std::vector<Section> sections;
};

/// Appends a chart where there is one, a table where it has more than its heading.
void add(std::vector<Block>& blocks, std::optional<Chart> chart);
void add(std::vector<Block>& blocks, Table table);

[[nodiscard]] Document make_document(const Report& report);

}  // namespace dmaload::bench
