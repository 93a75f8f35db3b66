#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Appends to a journal of `dmaload bench` what only the host of its guest knows: how punctual the disk model was, and
how the guest was run. Without a journal or logs it does nothing.

  boot_records.py JOURNAL SCENARIO FOLDER   FOLDER: the results of scripts/guest, with its logs
"""

import json
import pathlib
import re
import sys


def newest_logs(folder):
    """Each boot has a folder of its own: guest-log, guest-log-2 ..."""
    def number(path):
        return int(path.name.rpartition("-")[2]) if path.name != "guest-log" else 1
    found = [path for path in folder.glob("guest-log*") if re.fullmatch(r"guest-log(-\d+)?", path.name)]
    return max(found, key=number, default=None)


def read_object(file):
    """None where it is not there, or was not written to its end: the boot was ended by force."""
    try:
        value = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def records(scenario, logs):
    for file in sorted(logs.glob("disk*-model.json")):
        model = read_object(file)
        if model is not None:
            yield {"kind": "disk_model", "scenario": scenario,
                   "disk": int(re.search(r"\d+", file.name)[0]), **model}
    run = read_object(logs / "run.json")
    if run is not None:
        yield {"kind": "guest", "scenario": scenario, "accelerator": run.get("accelerator", ""),
               "why": run.get("why", "")}


def append(journal, scenario, folder):
    logs = newest_logs(folder)
    if logs is None or not journal.exists():
        return
    with open(journal, "r+b") as file:
        # A line that a dying guest did not finish must not take ours along.
        if file.seek(0, 2) > 0:
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
        for record in records(scenario, logs):
            file.write(json.dumps(record).encode() + b"\n")


if __name__ == "__main__":
    append(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]))
