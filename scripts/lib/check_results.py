#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether a result file of `dmaload bench` is well-formed and says that every byte was right; prints TAP.

  check_results.py FILE
"""

import json
import sys

from tap_report import Report

NUMBER_OR_NONE = (int, float, type(None))
SPINE = {
    "limits": {"scenario": str, "disk_rate": NUMBER_OR_NONE, "size": int, "total_ns": int, "by": str},
    "samples": {"scenario": str, "method": str, "mode": str, "path_taken": str, "size": int, "disk_rate": NUMBER_OR_NONE,
                "round": int, "cold": bool, "verified": bool, "total_ns": int, "cpu_ns": int, "cpu_resolution_ns": int,
                "page_cache_bytes": int, "extra_memory_bytes": NUMBER_OR_NONE, "phases": dict},
    "unavailable": {"method": str, "reason": str},
}


def faults_of(kind, rows):
    """What is missing or of another type in rows, as sentences."""
    for number, row in enumerate(rows):
        for field, types in SPINE[kind].items():
            if field not in row:
                yield f"{kind}[{number}] has no {field}"
            elif not isinstance(row[field], types) or (types is int and isinstance(row[field], bool)):
                yield f"{kind}[{number}].{field} is {row[field]!r}"


def main():
    report = Report()
    check = report.check
    with open(sys.argv[1]) as file:
        result = json.load(file)
    samples = result.get("samples", [])
    check("schema is 1", [] if result.get("schema") == 1 else [f"it is {result.get('schema')!r}"])
    check("there is a context", [] if isinstance(result.get("context"), dict) and result["context"] else ["there is none"])
    for kind in SPINE:
        check(f"{kind} have their fields", faults_of(kind, result[kind]) if kind in result else [f"there are no {kind}"])
    check("every sample is verified", [f"{s['method']} {s['mode']} {s['size']}, round {s['round']}" for s in samples
                                       if s.get("verified") is not True] if samples else ["there are no samples"])
    check("there are cold samples", [] if any(s.get("cold") for s in samples) else ["no sample was cold"])
    check("alloc-read was measured, direct", [] if any(s.get("method") == "alloc-read" and s.get("path_taken") == "direct"
                                                       for s in samples) else ["no such sample"])
    stages = ["alloc-read:sync", "alloc-read:vmap", "alloc-read:bvec", "alloc-read:window"]
    check("the stages of alloc-read were measured", [f"no sample of {stage}" for stage in stages
                                                     if not any(s.get("method") == stage for s in samples)])
    check("phases of alloc-read come from traces", [f"{s['method']} {s['mode']}, round {s['round']}: {s.get('phases_from')}"
                                                    for s in samples if s.get("method", "").startswith("alloc-read")
                                                    and s.get("phases_from") != "trace"])
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
