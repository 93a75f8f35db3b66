# SPDX-License-Identifier: Apache-2.0
"""What a comparison of two rows allows to say, as in figures.py computed without the program under test."""

ENOUGH = 7  # samples below which nothing is claimed


def overlap(a, b):
    return a.low <= b.high and b.low <= a.high


def verdict(row, other):
    """"faster", "slower", "tie" or "unknown", of row."""
    if min(row.total.count, other.total.count) < ENOUGH:
        return "unknown"
    ratio = row.ratio(other)  # above 1: row is faster
    if ratio.count < ENOUGH:
        return "unknown"
    if overlap(row.total, other.total) or ratio.low <= 1 <= ratio.high:
        return "tie"
    faster = row.total.high < other.total.low
    if faster != (ratio.low > 1):
        return "tie"
    return "faster" if faster else "slower"


def against(row, other):
    """The cell for how many times as fast as the other a row is."""
    if row is None or other is None:
        return "-"
    word = verdict(row, other)
    if word in ("unknown", "tie"):
        return "too few samples" if word == "unknown" else "tie"
    ratio = row.ratio(other)
    return f"{ratio.median:.2f}x [{ratio.low:.2f}, {ratio.high:.2f}]{' slower' if ratio.median < 1 else ''}"


def fastest_first(rows):
    """[(name, row)] of the ways to choose from that have samples; stages of alloc-read are none."""
    return sorted(((name, row) for name, row in rows.items() if row.total.count and not is_stage(name)),
                  key=lambda item: (item[1].total.median, item[0]))


def is_stage(name):
    return name.startswith("alloc-read:")


def best_rival(rows):
    for name, row in fastest_first(rows):
        if not name.startswith("alloc-read ") and name != "mmap-read buffered" and row.makes_dmabuf:
            return name, row
    return "-", None


def place(name, rows):
    """1 and as many more as there are ways whose whole interval is faster; 0 with too few samples or for a stage."""
    enough = {n: r for n, r in rows.items() if r.total.count >= ENOUGH and not is_stage(n)}
    return 1 + sum(other.total.high < enough[name].total.low for other in enough.values()) if name in enough else 0


def tied(name, rows):
    return place(name, rows) > 0 and any(place(other, rows) == place(name, rows) for other in rows if other != name)
