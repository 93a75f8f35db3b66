# SPDX-License-Identifier: Apache-2.0
"""Unit tests of what is made of skipped tests: python3 -m unittest discover -s tests/guest"""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/lib"))

import count_results  # noqa: E402
from allowed_skips import AllowedSkips  # noqa: E402

XML = """<testsuites><testsuite>
<testcase classname="Suite" name="Passes" status="run" result="completed"/>
<testcase classname="Suite" name="Skips" status="run" result="skipped">
<skipped message="test.cpp:1&#x0A;there is no loop device"/></testcase>
</testsuite></testsuites>
"""


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def allowed(self, text):
        (self.folder / "skips").write_text(text)
        return AllowedSkips(self.folder / "skips")


class List(Folder):
    def test_the_list_itself_is_well_formed(self):
        self.assertTrue(AllowedSkips().allow("contract", "every heap here can read files"))

    def test_an_expression_is_for_the_checks_before_it(self):
        allowed = self.allowed("# comment\n\none other-one: ^no .* here$  ## because\n")
        self.assertTrue(allowed.allow("one", "no disk here"))
        self.assertTrue(allowed.allow("other-one", "no disk here"))
        self.assertFalse(allowed.allow("other", "no disk here"))
        self.assertFalse(allowed.allow("one", "no disk here today"))

    def test_every_line_has_a_reason(self):
        for line in ("one: x\n", "one: x  ## \n", "one: x ## one space only\n", "x  ## no check\n", "one: (  ## bad\n"):
            with self.subTest(line), self.assertRaisesRegex(ValueError, "skips:1: "):
                self.allowed(line)


class Counted(Folder):
    def count(self, log="", xml=None, guest=True, status=0):
        (self.folder / "results").mkdir()
        (self.folder / "log").write_text(log)
        if xml:
            (self.folder / "results/suite.xml").write_text(xml)
        if guest:
            (self.folder / "results/guest-log").mkdir()
        return count_results.count(self.folder, "one", status, self.allowed("one: ^allowed$  ## because\n"))

    def test_in_a_guest_only_allowed_reasons_count_as_skips(self):
        counts = self.count("ok 1 - first # SKIP allowed\nok 2 - second # SKIP another\nok 3 - third\n")
        self.assertEqual(counts.skips, [("first", "allowed")])
        self.assertEqual(counts.failures, [("second: skipped without need", ["another"])])
        self.assertEqual((counts.passed, counts.total()), (1, 3))

    def test_those_of_googletest_too(self):
        counts = self.count(xml=XML)
        self.assertEqual(counts.failures, [("Suite.Skips: skipped without need", ["there is no loop device"])])
        self.assertEqual((counts.passed, counts.skips), (1, []))

    def test_a_check_that_skips_itself_too(self):
        self.assertEqual(self.count("no root\n", status=77).failures, [("one: skipped without need", ["no root"])])

    def test_a_host_may_lack_anything(self):
        counts = self.count(xml=XML, guest=False)
        self.assertEqual((len(counts.skips), counts.failures), (1, []))


if __name__ == "__main__":
    unittest.main()
