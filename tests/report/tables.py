# SPDX-License-Identifier: Apache-2.0
"""Whether the tables beside those of the methods say what the JSON does: overview, disks, 2024, outliers, stages, kills."""

import collections

import comparisons
import figures
from figures import shows

MB = 1 << 20
STAGES = ("alloc-read:sync", "alloc-read:vmap", "alloc-read:bvec", "alloc-read:window", "alloc-read")
# Cover letter of the patches of 30 July 2024; the last row is from the discussion of them. Nanoseconds.
PUBLISHED_SIZES = (512 << 10, 8 * MB, 1024 * MB, 3072 * MB)
PUBLISHED = (
    ("normal", "mmap-read buffered", (2790861, 14535784, 1520790492, 3332438754)),
    ("udmabuf, buffered", "udmabuf buffered", (1704046, 11313476, 821348000, 2108419923)),
    ("sendfile, buffered", "sendfile-heap buffered", (3261261, 12112292, 1565939938, 3062052984)),
    ("flag with gather, buffered", "alloc-read buffered", (2064538, 10771474, 986338800, 2187570861)),
    ("sendfile, direct", "sendfile-heap direct", (12844231, 37883938, 5110299184, 9777661077)),
    ("flag, synchronous, direct", "alloc-read:sync direct", (813215, 6962092, 2364211877, 5648897554)),
    ("udmabuf, direct", "udmabuf direct", (1289554, 8968138, 921480784, 2158305738)),
    ("flag with gather, direct", "alloc-read:vmap direct", (1957661, 6581999, 520003538, 1400006107)),
    ("flag with gather, direct", "alloc-read direct", (1957661, 6581999, 520003538, 1400006107)),
    ("udmabuf beside direct reads", "udmabuf-uring direct", (0, 0, 0, 1530000000)),
)


def find(page, column, kind, title=None):
    """The first table that has the column, in the section of that title or in any; kind: "tables" or "lists"."""
    for section in page["sections"]:
        if title is not None and section["title"] != title:
            continue
        for number, table in enumerate(section["tables"]):
            if table and column in table[0]:
                return section[kind][number]
    return []


def table_with(page, column, title=None):
    """Its rows as {column: text}."""
    return find(page, column, "tables", title)


def rows_with(page, column):
    """Its rows as lists of texts."""
    return find(page, column, "lists")


def differences(what, shown, expected):
    """Rows that are there and not meant, or meant and not there; in any order."""
    shown, expected = collections.Counter(map(tuple, shown)), collections.Counter(map(tuple, expected))
    yield from (f"{what}: not meant: {row}" for row in shown - expected)
    yield from (f"{what}: missing: {row}" for row in expected - shown)


def places(result):
    """{title: (scenario, disk rate, size)}"""
    return {figures.title_of(s): (s["scenario"], s["disk_rate"], s["size"]) for s in result["samples"]}


def faults_of_overview(page, result):
    groups, limits, places_ = figures.groups_of(result), figures.limits_of(result), places(result)
    expected = []
    for title, rows in groups.items():
        ours = rows.get("alloc-read direct")
        if ours is None or not ours.total.count:
            continue
        scenario, rate, size = places_[title]
        rival, rival_row = comparisons.best_rival(rows)
        normal = rows.get("mmap-read buffered")
        expected.append((f"{scenario} ({figures.rate_text(rate).removeprefix('disk ')})", figures.size_text(size),
                         f"{100 * limits[title] / ours.total.median:.1f} %" if title in limits else "-",
                         comparisons.against(ours, normal if normal and normal.total.count else None),
                         comparisons.against(ours, rival_row), rival))
    yield from differences("overview", rows_with(page, "against the best rival"), expected)


def near_boundary(ratio):
    return ratio.low <= 1.1 < ratio.high


def faults_of_disks(page, result):
    """Where each way stops being limited by the disk."""
    groups, limits, places_ = figures.groups_of(result), figures.limits_of(result), places(result)
    names = ("quarter", "half", "phone-like", "unthrottled")
    by_size = collections.defaultdict(lambda: collections.defaultdict(dict))
    disks = collections.Counter()
    for title, rows in groups.items():
        scenario, rate, size = places_[title]
        if scenario not in names and not scenario.startswith("rate-"):
            continue
        if rate is not None and title not in limits:
            continue
        disks[size] += rate is not None
        for name, row in rows.items():
            if row.total.count >= comparisons.ENOUGH and not comparisons.is_stage(name):
                by_size[size][name][rate] = figures.Estimate(*(v / (limits[title] if rate else 1) for v in row.total[:3]), 1)
    expected = []
    for size, ways in by_size.items():
        for name, at in ways.items() if disks[size] >= 2 else ():
            rates = sorted(rate for rate in at if rate is not None)
            if not rates:
                continue
            good = [rate for rate in rates if at[rate].median <= 1.1]
            beyond = [rate for rate in rates if not good or rate > good[-1]]
            cells = [name, figures.size_text(size)]
            for rate, none in ((good[-1] if good else None, "never"), (beyond[0] if beyond else None, "-")):
                if rate is None:
                    cells += [none, "-"]
                else:
                    cells += [("about " if near_boundary(at[rate]) else "") + figures.rate_text(rate).removeprefix("disk "),
                              f"{at[rate].median:.3f} [{at[rate].low:.3f}, {at[rate].high:.3f}]"]
            expected.append(cells + [figures.time_text(at[None].median) if None in at else "-"])
    yield from differences("disks", rows_with(page, "limited up to"), expected)


def faults_of_published(page, result):
    groups = figures.groups_of(result)
    seed = {size: groups[title] for title, (scenario, _, size) in places(result).items() if scenario == "seed-table"}
    expected = []
    for way, name, times in PUBLISHED:
        if name == "alloc-read:vmap direct" and not any(rows.get(name) and rows[name].total.count for rows in seed.values()):
            continue
        cells = [way, name]
        for i, size in enumerate(PUBLISHED_SIZES):
            cells.append(f"{PUBLISHED[0][2][i] / times[i]:.2f}x" if times[i] else "-")
            row, normal = (seed.get(size, {}).get(key) for key in (name, "mmap-read buffered"))
            if not row or not normal or not row.total.count or not normal.total.count:
                cells.append("-")
                continue
            word = {"tie": " tie", "unknown": " ?"}.get(comparisons.verdict(row, normal), "")
            cells.append("1.00x" if row is normal else f"{row.ratio(normal).median:.2f}x{word}")
        expected.append(cells)
    shown = rows_with(page, "way of 2024")
    yield from differences("table of 2024", shown, expected if any(size in seed for size in PUBLISHED_SIZES) else [])


def outliers_of(rows):
    """[(method, sample, median)]: far from the quartiles, or not cold."""
    found = []
    for name, row in rows.items():
        if comparisons.is_stage(name):
            continue
        times = row.samples
        median = figures.median(times)
        first, third = figures.quantile(times, 0.25), figures.quantile(times, 0.75)
        low = min(first - 1.5 * (third - first), 0.95 * median)
        high = max(third + 1.5 * (third - first), 1.05 * median)
        for sample in row.points:
            far = row.total.count >= comparisons.ENOUGH and not low <= sample["total_ns"] <= high
            if far or not sample["cold"]:
                found.append((name, sample, median))
    return found


def faults_of_outliers(page, result):
    for title, rows in figures.groups_of(result).items():
        expected = [(name, str(sample["round"]), figures.time_text(sample["total_ns"]),
                     f"{sample['total_ns'] / median:.2f} times" if median else "-", not sample["cold"])
                    for name, sample, median in outliers_of(rows)]
        shown = [(cells["method"], cells["round"], cells["time"], cells["of the median"],
                  cells["what can be seen"].startswith("not cold"))
                 for cells in table_with(page, "what can be seen", title)]
        yield from differences(f"{title}: outliers", shown, expected)


def faults_of_stages(page, result):
    for title, rows in figures.groups_of(result).items():
        table = table_with(page, "what it adds", title)
        stages = [(name, rows[f"{name} direct"]) for name in STAGES if f"{name} direct" in rows]
        if len(stages) < 2:
            if table:
                yield f"{title}: stages that were not measured"
            continue
        if [cells["stage"] for cells in table] != [name for name, _ in stages]:
            yield f"{title}: the stages are not {[name for name, _ in stages]}"
            continue
        before = None
        for cells, (name, row) in zip(table, stages, strict=True):
            if not row.total.count:
                continue
            step = "-" if before is None else {"unknown": "?"}.get(comparisons.verdict(row, before)) or comparisons.against(row, before)
            expected = {"median": figures.time_text(row.total.median), "samples": str(row.total.count),
                        "95 % interval": f"{figures.time_text(row.total.low)} .. {figures.time_text(row.total.high)}",
                        "speed / stage before": step.removesuffix(" slower"), "CPU time": figures.time_text(row.cpu.median)}
            for phase in ("alloc", "submit", "wait", "map"):
                expected[phase] = figures.time_text(row.traced[f"{phase}_ns"]) if row.traced else "-"
            for column, text in expected.items():
                if cells[column] != text:
                    yield f"{title}: {name}: {column} is {cells[column]!r}, {text!r} is meant"
            before = row


def faults_of_kills(page, result):
    kills = collections.defaultdict(list)
    for kill in result.get("kills", []):
        kills[kill["scenario"], f"{kill['method']} {kill['mode']}", kill["size"]].append(kill)
    expected = []
    for (scenario, method, size), some in kills.items():
        ended = [kill["ended_ns"] for kill in some if not kill["finished"]]
        times = [figures.time_text(figures.median(ended)), figures.time_text(max(ended))] if ended else ["-", "-"]
        expected.append([scenario, method, figures.size_text(size), str(len(ended)), *times, str(len(some) - len(ended))])
    yield from differences("kills", rows_with(page, "too fast to be killed"), expected)


ALL = (faults_of_overview, faults_of_disks, faults_of_published, faults_of_outliers, faults_of_stages, faults_of_kills)
