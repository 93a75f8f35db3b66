# SPDX-License-Identifier: Apache-2.0
"""Finds in a kernel log what a healthy kernel never prints.

tests/guest/splats/deny has one regular expression a line; tests/guest/splats/allow has lines
"EXPRESSION  ## reason", for lines that a deny expression catches although nothing is wrong; a stack trace that follows
such a line at once belongs to it. In both, empty lines and lines that begin with '#' are comments.
"""

import re

from . import SOURCES, GuestError

TRACE = "Call Trace:"
TRACE_DISTANCE = 5  # between the line that says what happened and the one that begins its trace
CONTEXT_LINES = 40  # what is shown of a splat: the trace that follows its first line
_PREFIX = re.compile(r"^(<\d>)?(\[ *\d+\.\d+\] ?(\[ *[TC]\d+\] ?)?)?")


def _lines(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _compile(expression, path, number):
    try:
        return re.compile(expression)
    except re.error as error:
        raise GuestError(f"{path}:{number}: not a regular expression: {error}") from None


class Checker:
    def __init__(self, folder=SOURCES / "splats"):
        self.deny = [_compile(line, folder / "deny", number) for number, line in _lines(folder / "deny")]
        self.allow = []
        for number, line in _lines(folder / "allow"):
            expression, mark, reason = line.partition("  ## ")
            if not mark or not reason.strip():
                raise GuestError(f"{folder / 'allow'}:{number}: no reason given: write EXPRESSION  ## reason")
            self.allow.append((_compile(expression, folder / "allow", number), reason.strip()))

    def is_denied(self, line):
        return any(deny.search(_PREFIX.sub("", line)) for deny in self.deny)

    def is_allowed(self, line):
        return any(allow.search(_PREFIX.sub("", line)) for allow, _ in self.allow)

    def find(self, log):
        """The splats of a log: a list of excerpts, each a list of lines. Overlapping ones are one."""
        lines = log.splitlines()
        excerpts, end, trace_until = [], 0, -1
        for index, line in enumerate(lines):
            if not self.is_denied(line):
                continue
            if self.is_allowed(line):
                trace_until = index + TRACE_DISTANCE
                continue
            if index <= trace_until and _PREFIX.sub("", line).strip() == TRACE:
                continue
            if index < end:
                excerpts[-1].extend(lines[end:index + CONTEXT_LINES])
            else:
                excerpts.append(lines[index:index + CONTEXT_LINES])
            end = min(index + CONTEXT_LINES, len(lines))
        return excerpts
