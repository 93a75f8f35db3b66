# SPDX-License-Identifier: Apache-2.0
"""Whether every cell of a report as CSV says what the JSON does."""

import collections
import csv
import io

import comparisons
import figures
import tables

# Numbers of a sample that have a place of their own, or prove something that has.
WITH_A_PLACE = {"size", "disk_rate", "round", "total_ns", "cpu_ns", "cpu_resolution_ns", "page_cache_bytes",
                "extra_memory_bytes", "steal_ns", "cached_before_bytes", "system_cache_growth_bytes",
                "shmem_growth_bytes", "device_read_bytes"}


def extras_of(samples):
    numbers = collections.defaultdict(list)
    for sample in samples:
        for name, value in sample.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool) and name not in WITH_A_PLACE:
                numbers[name].append(value)
    return {name: figures.median(values) for name, values in numbers.items()}


def path_of(row):
    counts = collections.Counter(sample["path_taken"] for sample in row.counted)
    text = ", ".join(f"{count} {path}" if len(counts) > 1 else path for path, count in sorted(counts.items()))
    return text + ("" if row.makes_dmabuf else ", no dma-buf")


def estimate_cells(names, estimate):
    return dict(zip(names, estimate[:3] if estimate.count else ("", "", "")))


def cells_of(name, rows, deadline):
    """{column: what it has to be}; a number may be rounded."""
    row, normal = rows[name], rows.get("mmap-read buffered")
    place = comparisons.place(name, rows)
    cells = {"setting": row.counted[-1].get("setting", "") if row.counted else "", "path": path_of(row), "place": str(place),
             "tie": "tie" if comparisons.tied(name, rows) else "", "samples": row.total.count,
             "page_cache_bytes": row.page_cache, "extra_memory_bytes": "" if row.extra_memory is None else row.extra_memory,
             "not_cold": sum(not sample["cold"] for sample in row.points), "wrong": row.wrong, "failed": row.failed,
             "outliers": sum(found == name for found, _, _ in tables.outliers_of(rows))}
    cells |= estimate_cells(("median_ns", "low_ns", "high_ns"), row.total)
    cells |= estimate_cells(("cpu_ns", "cpu_low_ns", "cpu_high_ns"), row.cpu)
    band = row.band() if len(row.samples) >= figures.ENOUGH_FOR_BAND else ("",) * 4
    cells |= dict(zip(("min_ns", "p50_ns", "p95_ns", "max_ns"), band))
    has_ratio = normal is not None and not comparisons.is_stage(name)
    ratio = row.ratio(normal) if has_ratio else figures.Estimate(0, 0, 0, 0)
    cells |= estimate_cells(("speedup", "speedup_low", "speedup_high"), ratio)
    cells["deadline"] = row.deadline_word(deadline)
    return cells | extras_of(row.counted)


def reference_cells(reference):
    return {"setting": reference.setting, "path": "no dma-buf", "place": "-", "median_ns": reference.total,
            "min_ns": reference.total, "cpu_ns": reference.cpu or ""}


def is_shown(text, value):
    if isinstance(value, str):
        return text == value
    return text != "" and abs(float(text) - value) <= max(0.5 if value > 100 else 0, 1e-5 * abs(value))


def faults_of_csv(text, result, deadline):
    lines = list(csv.DictReader(io.StringIO(text)))
    groups, references = figures.groups_of(result), figures.references_of(result)
    limits, places = figures.limits_of(result), tables.places(result)
    by_key = {(line["scenario"], line["disk_rate"], line["size"], line["method"], line["mode"]): line for line in lines}
    if len(by_key) < len(lines):
        yield "a line is there twice"
    compared = 0
    for title, rows in groups.items():
        scenario, rate, size = places[title]
        expected = {name: cells_of(name, rows, deadline) for name in rows}
        expected |= {name: reference_cells(reference) for name, reference in references.get(title, {}).items()}
        for name, cells in expected.items():
            method, mode = name.rsplit(" ", 1)
            key = (scenario, "" if rate is None else str(rate), str(size), method, mode)
            line = by_key.pop(key, None)
            if line is None:
                yield f"{key} is missing"
                continue
            cells = {"result": "", "limit_ns": limits.get(title, "")} | cells
            for column in line.keys() - {"scenario", "disk_rate", "size", "method", "mode"}:
                compared += 1
                if not is_shown(line[column], cells.get(column, "")):
                    yield f"{key}: {column} is {line[column]!r}, {cells.get(column, '')!r} is meant"
    yield from (f"{key} is not meant" for key in by_key)
    if compared == 0:
        yield "nothing was compared"
