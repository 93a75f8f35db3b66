# SPDX-License-Identifier: Apache-2.0
"""Why tests may skip themselves in a guest, by tests/guest/skips.

A guest's kernel, disks and programs are there for the tests: one that finds something missing has found a mistake, and
would never be missed. Each line is "CHECK...: EXPRESSION  ## why": a regular expression that is searched in the reason
which a test of these checks gives. Empty lines and lines that begin with '#' are comments.
"""

import collections
import pathlib
import re

LIST = pathlib.Path(__file__).resolve().parents[2] / "tests/guest/skips"
_LINE = re.compile(r"^([a-z0-9-]+(?: [a-z0-9-]+)*): (\S.*?)  ## \S")


class AllowedSkips:
    def __init__(self, path=LIST):
        self.expressions = collections.defaultdict(list)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            found = _LINE.match(line)
            if not found:
                raise ValueError(f"{path}:{number}: write CHECK...: EXPRESSION  ## why")
            try:
                expression = re.compile(found[2])
            except re.error as error:
                raise ValueError(f"{path}:{number}: not a regular expression: {error}") from None
            for check in found[1].split():
                self.expressions[check].append(expression)

    def allow(self, check, reason):
        return any(expression.search(reason) for expression in self.expressions[check])
