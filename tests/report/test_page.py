#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whether the page of `dmaload report` renders at all widths, and whether every figure in it equals the JSON; TAP.

  test_page.py DMALOAD FOLDER [RESULT.json...]   pages and pictures of them are left in FOLDER; results given are
                                                 shown as well
"""

import json
import pathlib
import re
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[2] / "scripts/lib")]
import comparisons
import csv_lines
import figures
import sample_results
import tables
from browser import Browser
from figures import shows
from tap_report import Report

WIDTHS = (360, 800, 1400)
DEADLINE_NS = 200_000_000
READ_PAGE = (pathlib.Path(__file__).parent / "page.js").read_text()
PIXELS = 1.0  # how far a mark may be from where its figure belongs


def faults_of_layout(page):
    """Overlapping or cut texts, anything that makes the page wider than the screen."""
    if page["scrollWidth"] > page["clientWidth"]:
        yield f"the page is {page['scrollWidth']} wide on a screen of {page['clientWidth']}"
    yield from (f"beyond the right edge: {element}" for element in page["outside"])
    texts = page["texts"]
    for i, a in enumerate(texts):
        if a["left"] < -0.5 or a["right"] > page["clientWidth"] + 0.5:
            yield f"text cut off: {a['text']}"
        for b in texts[i + 1:]:
            if a["svg"] != b["svg"]:
                break
            if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1 and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3:
                yield f"texts overlap: {a['text']!r} and {b['text']!r}"


def faults_of_drawing(page):
    for section in page["sections"]:
        for chart in section["charts"]:
            if len(chart["marks"]) < 3:
                yield f"{section['title']}: {chart['caption']}: nothing is drawn"


class Axis:
    """Where values lie, by the lines of the grid."""

    def __init__(self, marks, coordinate):
        grid = [(float(m["data"]["value"]), float(m[coordinate])) for m in marks
                if m["tag"] == "line" and "value" in m["data"] and "mark" not in m["data"]]
        (v0, p0), (v1, p1) = grid[0], grid[-1]
        self.zero, self.scale = p0 - v0 * (p1 - p0) / (v1 - v0), (p1 - p0) / (v1 - v0)

    def fits(self, value, pixel):
        return abs(self.zero + value * self.scale - pixel) <= PIXELS


def near(a, b):
    return abs(float(a) - b) <= 1e-6 * max(1, abs(b))


class ChartCheck:
    """Compares what one chart shows with rows of figures.py; collects faults."""

    def __init__(self, chart, where):
        self.chart, self.where, self.faults, self.checked = chart, f"{where}: {chart['kind']}", [], 0
        self.marks = chart["marks"]
        self.axes = {}

    def axis(self, mark):
        if mark["panel"] not in self.axes:
            self.axes[mark["panel"]] = Axis([m for m in self.marks if m["panel"] == mark["panel"]], "x1")
        return self.axes[mark["panel"]]

    def equal(self, name, shown, expected, mark=None, pixel=None):
        self.checked += 1
        if not near(shown, expected):
            self.faults.append(f"{self.where}: {name}: {shown} is shown, {expected} is meant")
        elif pixel is not None and not self.axis(mark).fits(expected, pixel):
            self.faults.append(f"{self.where}: {name}: {expected} is drawn at {pixel}")

    def text(self, name, shown, expected):
        self.checked += 1
        if not shows(shown, expected):
            self.faults.append(f"{self.where}: {name}: the text is {shown!r}, {expected} is meant")

    def end(self, mark):
        return float(mark["x"]) + float(mark["width"])

    def interval(self, name, mark, expected):
        left, right = map(float, re.match(r"M([\d.]+),.*H([\d.]+)", mark["d"]).groups())
        self.equal(name, mark["data"]["low"], expected.low, mark, left)
        self.equal(name, mark["data"]["high"], expected.high, mark, right)

    def run(self, rows, references, limit):
        for mark in self.marks:
            data, row = mark["data"], rows.get(mark["row"])
            if data.get("mark") == "limit":
                self.equal("limit", data["value"], limit, mark, float(mark["x1"]))
            elif data.get("mark") == "deadline":
                self.equal("deadline", data["value"], DEADLINE_NS, mark, float(mark["x1"]))
            elif mark["row"] in references and "median" in data:
                self.equal(mark["row"], data["median"], references[mark["row"]].total, mark, self.end(mark))
            elif row is not None:
                getattr(self, self.chart["kind"])(mark, data, row)
        for name, text in self.chart["values"]:
            if name in references:
                self.text(name, text, references[name].total)
            else:
                self.value(name, text, rows[name])
        return self.faults

    def times(self, mark, data, row):
        if "median" in data:
            self.equal(mark["row"], data["median"], row.total.median, mark, self.end(mark))
        elif "low" in data:
            self.interval(mark["row"], mark, row.total)
        elif "ns" in data and float(data["ns"]) not in row.samples:
            self.faults.append(f"{self.where}: {mark['row']}: there is no sample of {data['ns']}")

    def latency(self, mark, data, row):
        low, median, p95, high = row.band()
        for which, bounds in (("band", (low, high)), ("middle", (median, p95))):
            if f"{which}Low" in data:
                self.equal(mark["row"], data[f"{which}Low"], bounds[0], mark, float(mark["x"]))
                self.equal(mark["row"], data[f"{which}High"], bounds[1])

    def phases(self, mark, data, row):
        if "phase" in data:
            self.equal(mark["row"], data["ns"], row.phases[data["phase"].replace(" ", "_") + "_ns"])
            if not near(float(mark["width"]), float(data["ns"]) * self.axis(mark).scale):
                self.faults.append(f"{self.where}: {mark['row']}, {data['phase']}: {mark['width']} wide")
        elif "total" in data:
            self.equal(mark["row"], data["total"], row.total.median, mark, float(mark["x1"]))

    def cost(self, mark, data, row):
        if "cpu" in data:
            self.equal(mark["row"], data["cpu"], row.cpu.median, mark, self.end(mark))
        elif "low" in data:
            self.interval(mark["row"], mark, row.cpu)
        elif "pageCache" in data:
            self.equal(mark["row"], data["pageCache"], row.page_cache, mark, self.end(mark))
        elif "extraMemory" in data:
            self.equal(mark["row"], data["extraMemory"], row.extra_memory, mark, self.end(mark))

    def value(self, name, text, row):
        kind = self.chart["kind"]
        if kind in ("times", "phases"):
            self.text(name, text, row.total.median)
        elif kind == "latency":
            self.text(name, text.removeprefix("max "), row.band()[3])
        elif kind == "cost" and text.startswith("< "):
            self.text(name, text[2:], row.cpu_resolution)
            if row.cpu.median >= row.cpu_resolution:
                self.faults.append(f"{self.where}: {name}: {text} for {row.cpu.median}")
        elif kind == "cost" and text.endswith(("s", "ms")):
            self.text(name, text, row.cpu.median)
        elif kind == "cost":
            parts = [value for value in (row.page_cache, row.extra_memory) if value]
            for shown, value in zip(text.split(" + "), parts or [0], strict=True):
                self.text(name, shown, value)


def faults_of_reference(title, name, cells, reference, limit):
    """A row of what makes no dma-buf: it has one run, and no rank."""
    expected = [(cells["median"], reference.total)]
    if limit:
        expected.append((cells["time / limit"], reference.total / limit))
    if reference.cpu:
        expected.append((cells["CPU time"], reference.cpu))
    yield from (f"{title}: {name}: the table says {text!r}, {value} is meant" for text, value in expected
                if not shows(text, value))
    if (cells["rank"], cells["path"]) != ("-", "no dma-buf"):
        yield f"{title}: {name} is ranked {cells['rank']!r} and marked {cells['path']!r}"


def faults_of_table(title, table, rows, references, limit):
    """The main table of a group: every cell that holds a figure."""
    normal = rows.get("mmap-read buffered")
    names = set()
    for cells in table:
        name = f"{cells['method']} {cells['mode']}"
        names.add(name)
        if name in references:
            yield from faults_of_reference(title, name, cells, references[name], limit)
            continue
        row = rows[name]
        if row.total.count == 0:
            continue
        low, high = cells["95 % interval"].split(" .. ")
        expected = [(cells["median"], row.total.median), (low, row.total.low), (high, row.total.high),
                    (cells["samples"], row.total.count)]
        if limit:
            expected.append((cells["time / limit"], row.total.median / limit))
        if not cells["CPU time"].startswith("<"):
            expected.append((cells["CPU time"], row.cpu.median))
        if cells["page cache"] != "0":
            expected.append((cells["page cache"], row.page_cache))
        if not cells["extra mem"].startswith(("<", "-", "0")):
            expected.append((cells["extra mem"], row.extra_memory))
        if normal is not None and row is not normal and row.ratio(normal).count:
            ratio = row.ratio(normal)
            median, low, high = re.fullmatch(r"([\d.]+x) \[([\d.]+), ([\d.]+)\]", cells["speed / normal"]).groups()
            expected += [(median, ratio.median), (low, ratio.low), (high, ratio.high)]
        yield from (f"{title}: {name}: the table says {text!r}, {value} is meant" for text, value in expected
                    if not shows(text, value))
        enough = {n: r for n, r in rows.items() if r.total.count >= 7 and ":" not in n}
        faster = sum(other.total.high < row.total.low for other in enough.values())
        rank = "?" if name not in enough else str(faster + 1)
        ties = [n for n, r in enough.items() if n != name and sum(o.total.high < r.total.low for o in enough.values()) == faster]
        if rank != "?" and ties:
            rank += " tie"
        if cells["rank"] != rank:
            yield f"{title}: {name}: ranked {cells['rank']!r}, {rank!r} is meant"
    missing = ({name for name in rows if ":" not in name} | set(references)) - names
    if missing:
        yield f"{title}: the table lacks {missing}"


def faults_of_latency(title, table, rows):
    """With a deadline, all rows are there."""
    for cells in table:
        row = rows[cells["method"]]
        band = row.band() if len(row.samples) >= figures.ENOUGH_FOR_BAND else None
        for column, value in zip(("min", "p50", "p95", "max"), band or (None,) * 4):
            if not (shows(cells[column], value) if band else cells[column] == "-"):
                yield f"{title}: {cells['method']}: {column} is {cells[column]!r}, {value} is meant"
        loads, within, word = len(row.samples) + row.failed, row.within(DEADLINE_NS), row.deadline_word(DEADLINE_NS)
        text = f"{word} ({loads} of 30); {within} within" if word == "too few loads" else f"{word} ({within} of {loads})"
        if (cells["within 200 ms"], cells["loads"]) != (text, str(loads)):
            yield f"{title}: {cells['method']}: {cells['within 200 ms']}, {text} is meant"
    missing = {name for name in rows if ":" not in name} - {cells["method"] for cells in table}
    if missing:
        yield f"{title}: the latency table lacks {missing}"


def faults_of_scaling(section, groups, limits):
    """Points of lines against the groups that they are made of."""
    for chart in section["charts"]:
        if chart["kind"] != "scaling":
            continue
        axis = Axis(chart["marks"], "y1")
        known = [(row, title) for title, rows in groups.items() for row in rows.items()]
        for mark in chart["marks"]:
            data = mark["data"]
            if "rate" in data:
                sizes = {title: float(re.search(r", ([\d.]+) (KB|MB|GB)", title)[1]) * figures.UNITS[re.search(r", ([\d.]+) (KB|MB|GB)", title)[2]]
                         for _, title in known}
                rates = {(round(sizes[title] / row.total.median * 1e9), round(sizes[title] / row.total.high * 1e9),
                          round(sizes[title] / row.total.low * 1e9)) for (name, row), title in known
                         if name == mark["row"] and row.total.count}
                if tuple(round(float(data[key])) for key in ("rate", "low", "high")) not in rates:
                    yield f"{section['title']}: {mark['row']} has no rate {data['rate']}"
                y = float(re.match(r"translate\([\d.]+,([\d.]+)\)", mark["transform"])[1])
                if not axis.fits(float(data["rate"]), y):
                    yield f"{section['title']}: {mark['row']}: {data['rate']} is drawn at {y}"
            elif "limit" in data and not axis.fits(float(data["limit"]), float(mark["y1"])):
                yield f"{section['title']}: limit {data['limit']} is drawn at {mark['y1']}"


def faults_of_figures(page, result, checked):
    """Everything that sections about groups show; counts the figures in checked[0]."""
    groups, limits, references = figures.groups_of(result), figures.limits_of(result), figures.references_of(result)
    sections = {section["title"]: section for section in page["sections"]}
    for title, rows in groups.items():
        if title not in sections:
            yield f"there is no section {title}"
            continue
        limit = next((ns for start, ns in limits.items() if title.startswith(start)), None)
        section = sections[title]
        tables = {frozenset(table[0]): table for table in section["tables"] if table}
        main = next((t for t in section["tables"] if t and "rank" in t[0]), None)
        if main is None:
            yield f"{title} has no table"
            continue
        checked[0] += sum(len(cells) for cells in main)
        yield from faults_of_table(title, main, rows, references[title], limit)
        latency = next((t for t in tables.values() if "p95" in t[0]), [])
        yield from faults_of_latency(title, latency, rows)
        kinds = [chart["kind"] for chart in section["charts"]]
        if not {"times", "phases", "cost"} <= set(kinds):
            yield f"{title} has only the charts {kinds}"
        for chart in section["charts"]:
            check = ChartCheck(chart, title)
            yield from check.run(rows, references[title], limit)
            checked[0] += check.checked
            if check.checked == 0:
                yield f"{title}: no figure of {chart['kind']} was found"
    for section in page["sections"]:
        yield from faults_of_scaling(section, groups, limits)


def headline_sample(result, groups):
    """A sample of the group that the report begins with: what is nearest to a phone, then the largest, then the last."""
    phones = ("phone-like", "rate-1-of-1", "f2fs")
    scenarios = list(dict.fromkeys(sample["scenario"] for sample in result["samples"]))

    def merit(sample):
        return (sample["scenario"] in phones, sample["size"], scenarios.index(sample["scenario"]), sample["disk_rate"] or 0)

    def is_there(sample):
        rows = groups[figures.title_of(sample)]
        return all(name in rows and rows[name].total.count for name in ("alloc-read direct", "mmap-read buffered"))

    return max(filter(is_there, result["samples"]), key=merit, default=None)


def faults_of_tiles(page, result):
    groups, limits = figures.groups_of(result), figures.limits_of(result)
    sample = headline_sample(result, groups)
    if sample is None:
        return
    title = figures.title_of(sample)
    rows = groups[title]
    ours, normal = rows["alloc-read direct"], rows["mmap-read buffered"]
    tiles = [text for text, _ in page["tiles"]]
    if not shows(tiles[0], ours.total.median):
        yield f"the first tile says {tiles[0]}, {ours.total.median} is meant"
    if tiles[1] != comparisons.against(ours, normal):
        yield f"the second tile says {tiles[1]}, {comparisons.against(ours, normal)} is meant"
    if title in limits and not any(shows(tile, 100 * limits[title] / ours.total.median) for tile in tiles[2:]):
        yield f"no tile shows the part of the limit: {tiles}"


def faults_of_comparison(page, results):
    """Bars and cells of machines side by side."""
    all_groups = [figures.groups_of(result) for result in results]
    sections = [s for s in page["sections"] if any(c["kind"] == "comparison" for c in s["charts"])]
    if not sections:
        yield "nothing is side by side"
    for section in sections:
        scenario, size = section["title"].split(", ")
        picked = []
        for groups in all_groups:
            picked += [rows for title, rows in groups.items() if title.startswith(scenario + " (")
                       and title.endswith(", " + size)]
        chart = section["charts"][0]
        axis = Axis(chart["marks"], "x1")
        for mark in chart["marks"]:
            if "median" in mark["data"]:
                expected = picked[int(mark["data"]["part"])][mark["row"]].total.median
                if not near(mark["data"]["median"], expected) or not axis.fits(expected, float(mark["x"]) + float(mark["width"])):
                    yield f"{section['title']}: {mark['row']}: {mark['data']}, {expected} is meant"
        for cells in section["tables"][0]:
            a, b = (rows[cells["method"]].total for rows in picked)
            for part, value in (("one", a.median), ("two", b.median)):
                if not shows(cells[part].split(" [")[0], value):
                    yield f"{section['title']}: {cells['method']}: {cells[part]}, {value} is meant"
            if min(a.count, b.count) < 7:
                verdict = "too few samples"
            elif a.low <= b.high and b.low <= a.high:
                verdict = "tie"
            else:
                verdict = f"{a.median / b.median:.2f}x as fast"
            if cells["against one"] != verdict:
                yield f"{section['title']}: {cells['method']}: {cells['against one']}, {verdict} is meant"


def report_of(dmaload, out, results, *options):
    subprocess.run([dmaload, "report", *map(str, results), "--output", str(out), *options], check=False)
    return out


def check_page(report, browser, name, page_file, results, pictures, least=300):
    for width in WIDTHS:
        for dark in (False, True):
            if dark and width != 800:
                continue
            where = f"{name}, {width} pixels{', dark' if dark else ''}"
            browser.messages()
            browser.open(page_file, width, dark)
            page = browser.run(READ_PAGE)
            report.check(f"{where}: the console is silent", browser.messages())
            report.check(f"{where}: everything is drawn", faults_of_drawing(page))
            report.check(f"{where}: nothing overlaps or is cut off", faults_of_layout(page))
            report.check(f"{where}: nothing is asked of the network", page["requests"])
            if len(results) == 1:
                checked = [0]
                report.check(f"{where}: every figure equals the JSON", faults_of_figures(page, results[0], checked))
                report.check(f"{where}: at least {least} figures were compared",
                             [] if checked[0] >= least else [f"only {checked[0]}"])
                # What stands in the page's source is the same at any width.
                for faults in tables.ALL if (width, dark) == (WIDTHS[-1], False) else ():
                    what = faults.__name__.removeprefix("faults_of_")
                    report.check(f"{where}: the table equals the JSON: {what}", faults(page, results[0]))
                report.check(f"{where}: the headline's figures equal the JSON", faults_of_tiles(page, results[0]))
                traced = any("caller" in trace for trace in results[0].get("traces", []))
                report.check(f"{where}: the timeline has its reads", [] if not traced or sum(page["pictures"]) > 0 else ["none"])
            else:
                report.check(f"{where}: what is side by side equals the JSON", faults_of_comparison(page, results))
            browser.picture(pictures / f"{page_file.stem}-{width}{'-dark' if dark else ''}.png")


def main():
    dmaload, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    results = [sample_results.make(), sample_results.make(seed=2, slower=1.15, kernel="7.3.0")]
    files = [folder / "one.json", folder / "two.json"]
    for file, result in zip(files, results):
        file.write_text(json.dumps(result))
    report = Report()
    deadline = ("--deadline", "200ms")
    # Failed loads are in the results, and the exit status says so.
    status = subprocess.run([dmaload, "report", files[0], "-o", folder / "one.csv", *deadline], check=False).returncode
    report.check("failed loads make the exit status 1", [] if status == 1 else [f"it is {status}"])
    report.check("the CSV equals the JSON", csv_lines.faults_of_csv((folder / "one.csv").read_text(), results[0], DEADLINE_NS))
    markdown = report_of(dmaload, folder / "one.md", files[:1], *deadline).read_text()
    report.check("the Markdown has the tables", [] if markdown.count("|--:") > 50 and "# " in markdown else ["it has not"])
    report.check("Markdown escapes what comes from outside", ["<knows>"] if "<knows>" in markdown else [])
    with Browser() as browser:
        one = report_of(dmaload, folder / "one.html", files[:1], *deadline)
        check_page(report, browser, "one result", one, results[:1], folder)
        both = report_of(dmaload, folder / "both.html", files)
        check_page(report, browser, "two machines", both, results, folder)
        for file in map(pathlib.Path, sys.argv[3:]):
            page = report_of(dmaload, folder / f"{file.stem}.html", [file], *deadline)
            check_page(report, browser, file.name, page, [json.loads(file.read_text())], folder, least=10)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
