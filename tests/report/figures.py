# SPDX-License-Identifier: Apache-2.0
"""What a report has to say about a result, computed here once more from its JSON, without the program under test."""

import collections
import functools
import math
import re

RESAMPLES = 2000
MASK = (1 << 64) - 1
ENOUGH_FOR_BAND = 30  # loads below which nothing is said about the slowest ones


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    if not values:
        return 0
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def quantile(values, share):
    values = sorted(values)
    return values[max(math.ceil(share * len(values)), 1) - 1] if values else 0


@functools.cache
def resamples(count):
    """Which of count values each resample takes: splitmix64, seed 1, uniform."""
    state, rows = 1, []
    for _ in range(RESAMPLES):
        row = []
        while len(row) < count:
            state = (state + 0x9E3779B97F4A7C15) & MASK
            z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            z ^= z >> 31
            if z < MASK // count * count:
                row.append(z % count)
        rows.append(row)
    return rows


Estimate = collections.namedtuple("Estimate", "median low high count")


def estimate(values):
    if len(values) < 2:
        value = values[0] if values else 0
        return Estimate(value, value, value, len(values))
    medians = sorted(median([values[i] for i in row]) for row in resamples(len(values)))
    return Estimate(median(values), medians[RESAMPLES * 25 // 1000], medians[RESAMPLES * 975 // 1000 - 1], len(values))


class Row:
    """One method in one mode of one group."""

    def __init__(self, samples, failed):
        counted = [s for s in samples if s["cold"] and s["verified"]]
        rounds = {s["round"]: s for s in counted}
        self.samples = [s["total_ns"] for s in counted]
        self.rounds = {number: rounds[number]["total_ns"] for number in sorted(rounds)}
        self.total = estimate(list(self.rounds.values()))
        self.cpu = estimate([rounds[number]["cpu_ns"] for number in sorted(rounds)])
        self.cpu_resolution = max((s["cpu_resolution_ns"] for s in counted), default=0)
        self.page_cache = median([s["page_cache_bytes"] for s in counted])
        extra = [s["extra_memory_bytes"] for s in counted if s["extra_memory_bytes"] is not None]
        self.extra_memory = median(extra) if extra else None
        names = {name for s in counted for name in s["phases"]}
        phases = {name: median([s["phases"][name] for s in counted if name in s["phases"]]) for name in names}
        self.phases = {name: value for name, value in phases.items() if value > 0}
        self.counted = counted
        self.ratios = {}
        self.points = [s for s in samples if s["verified"]]
        self.wrong = len(samples) - len(self.points)
        self.failed = failed
        self.makes_dmabuf = counted[-1].get("makes_dmabuf", True) if counted else True
        traced = [s["phases"] for s in counted if s.get("phases_from") == "trace"]
        self.traced = traced[-1] if traced else None

    def within(self, deadline):
        return sum(value <= deadline for value in self.samples)

    def deadline_word(self, deadline):
        loads, within = len(self.samples) + self.failed, self.within(deadline)
        if loads < ENOUGH_FOR_BAND:
            return "too few loads"
        return "always" if within == loads else "never" if within == 0 else "sometimes"

    def band(self):
        return (min(self.samples), median(self.samples), quantile(self.samples, 0.95), max(self.samples))

    def ratio(self, other):
        """How many times as fast as the other, within rounds."""
        if id(other) not in self.ratios:
            rounds = [number for number in sorted(other.rounds) if number in self.rounds]
            self.ratios[id(other)] = estimate([other.rounds[number] / self.rounds[number] for number in rounds])
        return self.ratios[id(other)]


def size_text(size):
    unit = 0
    while size >= 1024:
        size, unit = size / 1024, unit + 1
    return f"{size:g} {['B', 'KB', 'MB', 'GB'][unit]}"


def three_digits(value):
    text = f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate_text(rate):
    if rate is None:
        return "disk not throttled"
    return f"disk {three_digits(rate / 1e9)} GB/s" if rate >= 1e9 else f"disk {three_digits(rate / 1e6)} MB/s"


def time_text(ns):
    if ns >= 1e9:
        return f"{ns / 1e9:.2f} s"
    return f"{ns / 1e6:.{0 if ns >= 100e6 else 1 if ns >= 10e6 else 2 if ns >= 1e6 else 3}f} ms"


def title_of(sample):
    return f"{sample['scenario']} ({rate_text(sample['disk_rate'])}), {size_text(sample['size'])}"


def once(function):
    """What it gives is kept for each result, which is not changed."""
    known = []

    def answer(result):
        for one, value in known:
            if one is result:
                return value
        known.append((result, function(result)))
        return known[-1][1]
    return answer


@once
def groups_of(result):
    """{title of a group: {"method mode": Row}}"""
    samples, failed = collections.defaultdict(lambda: collections.defaultdict(list)), collections.Counter()
    for sample in result["samples"]:
        samples[title_of(sample)][f"{sample['method']} {sample['mode']}"].append(sample)
    for failure in result["failures"]:
        failed[title_of(failure), f"{failure['method']} {failure['mode']}"] += 1
    return {title: {name: Row(some, failed[title, name]) for name, some in rows.items()} for title, rows in samples.items()}


Reference = collections.namedtuple("Reference", "total cpu setting")


def references_of(result):
    """{title of a group: {"method mode": Reference}} of what reads and makes no dma-buf, by its best run."""
    found = collections.defaultdict(dict)

    def add(run, name, reference):
        known = found[title_of(run)].get(name)
        if known is None or reference.total < known.total:
            found[title_of(run)][name] = reference

    for run in result.get("readers", []):
        if run["cold"]:
            setting = f"{size_text(run['block'])} x {run['depth']}"
            add(run, "io_uring reader direct", Reference(run["total_ns"], run.get("cpu_ns", 0), setting))
    for run in result.get("fio", []):
        add(run, f"fio {run['job']}", Reference(run["total_ns"], 0, ""))
    return found


def limits_of(result):
    return {f"{limit['scenario']} ({rate_text(limit['disk_rate'])}), {size_text(limit['size'])}": limit["total_ns"]
            for limit in result["limits"]}


UNITS = {"s": 1e9, "ms": 1e6, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "x": 1, "%": 1, "": 1}


def shows(text, value):
    """Whether a quantity as people read it ("376 ms", "25.6 MB", "2.94x") is value, rounded to the digits shown."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z%]*)\s*", text)
    if not found or found[2] not in UNITS:
        return False
    digits = len(found[1].partition(".")[2])
    # Sizes leave out zeros behind the point: they have three digits at least.
    if found[2] in ("KB", "MB", "GB"):
        digits = max(digits, 2 if float(found[1]) < 10 else 1 if float(found[1]) < 100 else 0)
    return abs(float(found[1]) - value / UNITS[found[2]]) <= 0.5000001 * 10 ** -digits
