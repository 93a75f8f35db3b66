#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what a check reported: GoogleTest's XML files, lines of the Test Anything Protocol in its log, exit codes.

  count_results.py FOLDER NAME STATUS SECONDS   counts; prints one line of the summary; keeps FOLDER/counts.json
  count_results.py --show FOLDER                prints the outcome for people
  count_results.py --table SUMMARY              prints the table of all; exit code 1 if anything failed

A check without any report counts as one; one that ends with an error but reports no failure has failed once more;
one that reports only plans or empty suites ran nothing, and that is a failure. So is a test that skips itself in a guest
for a reason that allowed_skips.py does not know.
"""

import collections
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
from allowed_skips import AllowedSkips  # noqa: E402

# A number or a dash is required, so that prose that begins with "ok" is none.
TAP_LINE = re.compile(r"^(not )?ok(?: +\d+(?: +(?:- +)?(.*))?| +- +(.*))$")
TAP_DIRECTIVE = re.compile(r"^(.*?) *# *(?:SKIP|TODO)\b *(.*)$", re.IGNORECASE)
TAP_PLAN = re.compile(r"^1\.\.(\d+)\s*$")


class Counts:
    def __init__(self):
        self.passed, self.failures, self.skips = 0, [], []  # failures: (name, details), skips: (name, reason)
        self.reports = 0

    def total(self):
        return self.passed + len(self.failures) + len(self.skips)


def count_tap(text, counts):
    planned, seen, details = 0, 0, None
    for line in text.splitlines():
        plan = TAP_PLAN.match(line)
        found = TAP_LINE.match(line)
        if plan:
            planned += int(plan[1])
            counts.reports += 1
        elif found:
            seen += 1
            counts.reports += 1
            details = None
            name = found[2] or found[3] or f"result {seen}"
            directive = TAP_DIRECTIVE.match(name)
            if directive:
                counts.skips.append((directive[1], directive[2] or "no reason given"))
            elif found[1]:
                details = []
                counts.failures.append((name, details))
            else:
                counts.passed += 1
        elif details is not None and line.startswith("#"):
            details.append(line)
    if planned > seen:
        counts.failures.append(("plan", [f"{planned} results were announced, {seen} came"]))


def count_gtest(file, counts):
    counts.reports += 1
    try:
        cases = list(xml.parse(file).iter("testcase"))
    except xml.ParseError as error:
        counts.failures.append((file.name, [f"unreadable: {error}"]))
        return
    for case in cases:
        name = f"{case.get('classname')}.{case.get('name')}"
        failures = [found.get("message", "") for found in case.findall("failure")]
        if failures:
            counts.failures.append((name, failures))
        elif case.get("status") == "notrun":
            counts.skips.append((name, "disabled"))
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            skipped = case.find("skipped")
            message = (skipped.get("message") if skipped is not None else "") or "no reason given"
            # The first line is the place in the source.
            counts.skips.append((name, message.strip().splitlines()[-1]))
        else:
            counts.passed += 1


def refuse_skips(name, counts, allowed):
    refused = [(test, reason) for test, reason in counts.skips if not allowed.allow(name, reason)]
    counts.skips = [skip for skip in counts.skips if skip not in refused]
    counts.failures += [(f"{test}: skipped without need", [reason]) for test, reason in refused]


def count(folder, name, status, allowed):
    counts = Counts()
    log = (folder / "log").read_text(errors="replace")
    count_tap(log, counts)
    for file in sorted(folder.glob("results/*.xml")):
        count_gtest(file, counts)
    last_lines = log.strip().splitlines()[-40:]
    if counts.reports == 0:
        if status == 0:
            counts.passed = 1
        elif status == 77:
            counts.skips.append((name, last_lines[-1] if last_lines else "no reason given"))
    elif counts.total() == 0:
        counts.failures.append((name, ["it ran nothing"]))
    if (folder / "results/guest-log").exists():
        refuse_skips(name, counts, allowed)
    if status not in (0, 77) and not counts.failures:
        counts.failures.append((f"{name}: exit code {status}", last_lines))
    return counts


def by_reason(skips):
    grouped = collections.defaultdict(list)
    for name, reason in skips:
        grouped[reason].append(name)
    return grouped


def show(folder):
    kept = json.loads((folder / "counts.json").read_text())
    mark = "FAILED" if kept["failures"] else "ok"
    print(f"{mark:6} {kept['name']:20} {kept['seconds']:5d} s  {kept['passed']} passed, {len(kept['failures'])} failed, "
          f"{len(kept['skips'])} skipped", flush=True)
    for name, details in kept["failures"][:20]:
        print(f"    not ok: {name}")
        for line in "\n".join(details).splitlines()[:60]:
            print(f"        {line}")
    if len(kept["failures"]) > 20:
        print(f"    ... and {len(kept['failures']) - 20} more failures, in the log")
    sys.stdout.flush()


def table(summary):
    rows = [json.loads((pathlib.Path(line) / "counts.json").read_text()) for line in summary.read_text().split("\n") if line]
    print(f"\n{'check':22}{'seconds':>8}{'passed':>8}{'failed':>8}{'skipped':>8}")
    for row in rows:
        print(f"{row['name']:22}{row['seconds']:8d}{row['passed']:8d}{len(row['failures']):8d}{len(row['skips']):8d}")
    if any(row["skips"] for row in rows):
        print("\nskipped:")
        for row in rows:
            for reason, names in by_reason(row["skips"]).items():
                more = f" and {len(names) - 1} more" if len(names) > 1 else ""
                print(f"  {row['name']}: {names[0]}{more}: {reason}")
    failed = sum(len(row["failures"]) for row in rows)
    if failed:
        print("\nfailed:")
        for row in rows:
            for name, _ in row["failures"]:
                print(f"  {row['name']}: {name}")
    print(f"\n{sum(row['passed'] for row in rows)} passed, {failed} failed, {sum(len(row['skips']) for row in rows)} skipped")
    return 1 if failed or not rows else 0


def main():
    if sys.argv[1] == "--show":
        show(pathlib.Path(sys.argv[2]))
        return 0
    if sys.argv[1] == "--table":
        return table(pathlib.Path(sys.argv[2]))
    folder, name, status, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    counts = count(folder, name, status, AllowedSkips())
    (folder / "counts.json").write_text(json.dumps({
        "name": name, "seconds": seconds, "passed": counts.passed, "failures": counts.failures, "skips": counts.skips}))
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
