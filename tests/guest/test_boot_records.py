# SPDX-License-Identifier: Apache-2.0
"""Unit tests of what scripts/bench adds to journals: python3 -m unittest discover -s tests/guest"""

import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lib"))

import boot_records  # noqa: E402

END = '{"kind":"end","status":"done"}'


def model(reads):
    return {"reads": reads, "in_time_share": 0.99871, "max_late_ns": 15800000}


class BootRecords(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.journal = self.folder / "bench-half.jsonl"

    def boot(self, name, **files):
        logs = self.folder / name
        logs.mkdir()
        for file, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (logs / f"{file.replace('_', '-')}.json").write_text(text)

    def appended(self, before=END + "\n"):
        """The lines of the journal, the first of which was there."""
        self.journal.write_text(before)
        boot_records.append(self.journal, "half", self.folder)
        first, *lines = self.journal.read_text().splitlines()
        self.assertEqual(first, before.strip())
        return [json.loads(line) for line in lines]

    def test_what_the_models_say(self):
        self.boot("guest-log", disk1_model=model(8), disk0_model=model(7))
        self.assertEqual(self.appended(), [
            {"kind": "disk_model", "scenario": "half", "disk": 0, **model(7)},
            {"kind": "disk_model", "scenario": "half", "disk": 1, **model(8)}])

    def test_how_the_guest_was_run(self):
        self.boot("guest-log", run={"accelerator": "tcg", "why": "/dev/kvm is not there", "cpus": 2})
        self.assertEqual(self.appended(), [
            {"kind": "guest", "scenario": "half", "accelerator": "tcg", "why": "/dev/kvm is not there"}])

    def test_newest_boot_counts(self):
        for reads, number in enumerate(("", "-2", "-10", "-9", "-x")):
            self.boot(f"guest-log{number}", disk0_model=model(reads))
        self.assertEqual([record["reads"] for record in self.appended()], [2])

    def test_torn_line_stays_by_itself(self):
        self.boot("guest-log", disk0_model=model(7))
        self.assertEqual(len(self.appended('{"kind":"sam')), 1)

    def test_model_that_was_ended_by_force_says_nothing(self):
        self.boot("guest-log", disk0_model='{"reads": 7, "in_t', disk1_model="[]")
        self.assertEqual(self.appended(), [])

    def test_nothing_there(self):
        boot_records.append(self.journal, "half", self.folder)
        self.assertFalse(self.journal.exists())
        self.assertEqual(self.appended(), [])


if __name__ == "__main__":
    unittest.main()
