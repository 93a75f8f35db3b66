# SPDX-License-Identifier: Apache-2.0
"""The outcome of checks of a file, in the Test Anything Protocol."""


class Report:
    def __init__(self):
        self.failed = False

    def check(self, name, faults):
        """Prints one line, and the first of the faults, which are sentences."""
        faults = list(faults)
        print(f"{'not ok' if faults else 'ok'} - {name}")
        for fault in faults[:10]:
            print(f"#   {fault}")
        self.failed |= bool(faults)
