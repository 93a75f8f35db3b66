#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether what `dmaload trace` wrote is well-formed and accounts for the whole load; prints TAP.

  check_trace.py JSON SVG
"""

import json
import sys
import xml.etree.ElementTree as xml

from tap_report import Report

SVG = "{http://www.w3.org/2000/svg}"


def faults_of_times(trace):
    """What of the load is not accounted for."""
    phases = trace["phases"]
    if sum(phases.values()) != trace["total_ns"]:
        yield f"the phases {phases} do not make up {trace['total_ns']} ns"
    if sum(batch["result"] for batch in trace["batches"]) < trace["size"]:
        yield "the batches read less than the file"
    for batch in trace["batches"]:
        times = [batch[f"{name}_ns"] for name in ("gather", "submit", "complete", "reap")]
        if times != sorted(times) or times[-1] > trace["total_ns"]:
            yield f"batch {batch['batch']}: {times} are not in order"


def main():
    report = Report()
    with open(sys.argv[1]) as file:
        trace = json.load(file)
    report.check("the trace has a begin and an end", [] if [trace["events"][i]["event"] for i in (0, -1)] == ["begin", "end"]
                 else ["it has not"])
    report.check("the times account for the whole load", faults_of_times(trace))
    bars = [bar for bar in xml.parse(sys.argv[2]).iter(f"{SVG}rect") if bar.get("class") == "read seam"]
    report.check("the picture has a bar for each batch", [] if len(bars) == len(trace["batches"]) else
                 [f"{len(bars)} bars, {len(trace['batches'])} batches"])
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
