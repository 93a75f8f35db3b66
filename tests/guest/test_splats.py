# SPDX-License-Identifier: Apache-2.0
"""Unit tests of the splat checker: python3 -m unittest discover -s tests/guest"""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from guestlib import GuestError, splats  # noqa: E402

HEALTHY = """\
<5>[    0.000000] Linux version 6.12.117 (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP
<6>[    0.000000] Command line: console=ttyS0 panic=-1 oops=panic
<6>[    0.112690] DEBUG: nothing in particular
<6>[    1.066000] Warning: unable to open an initial console.
<6>[    1.106000] rcu: Hierarchical SRCU implementation.
<6>[    1.906000] Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization
<6>[    1.921796] NMI watchdog: Perf NMI watchdog permanently disabled
<6>[    2.321796] EXT4-fs (vda): mounted filesystem 3e2d with ordered data mode. Quota mode: disabled.
<6>[    2.331796] F2FS-fs (vdb): Mounted with checkpoint version = 5cfd
<6>[    9.874629] reboot: Restarting system
"""

SPLATS = {
    "warning": "[   12.000001] ------------[ cut here ]------------",
    "warning with place": "<4>[   12.000002] WARNING: CPU: 1 PID: 77 at drivers/dma-buf/dma-heap.c:99 f+0x1/0x2",
    "bug": "<1>[   12.000003] BUG: kernel NULL pointer dereference, address: 0000000000000008",
    "bug with number": "<2>[    3.1] kernel BUG at mm/slub.c:4021!",
    "panic": "[   12.000004] Kernel panic - not syncing: Fatal exception",
    "hung task": "<3>[  247.1] INFO: task dmaload:88 blocked for more than 120 seconds.",
    "rcu stall": "[   60.1] rcu: INFO: rcu_sched self-detected stall on CPU",
    "soft lockup": "[   60.1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [dmaload:88]",
    "lockdep": "[    5.5] WARNING: possible circular locking dependency detected",
    "general protection": "[    5.5] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP",
    "KASAN": "[    5.5] BUG: KASAN: slab-use-after-free in dma_heap_read+0x10/0x20",
    "UBSAN": "[    5.5] UBSAN: array-index-out-of-bounds in drivers/dma-buf/dma-heap-read.c:12:3",
    "leak": "[    5.5] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "write to a free page": "<3>[    5.5] pagealloc: memory corruption",
    "bad page": "[    5.5] BUG: Bad page state in process dmaload  pfn:1234",
    "oom": "[    5.5] Out of memory: Killed process 99 (dmaload) total-vm:1kB",
    "allocation": "[    5.5] dmaload: page allocation failure: order:8, mode:0x0",
    "ext4": "[    5.5] EXT4-fs error (device vda): ext4_lookup:1858: inode #2: comm ls",
    "block": "[    5.5] I/O error, dev vda, sector 8 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
    "no time stamp": "BUG: scheduling while atomic: swapper/0/1/0x00000002",
    "guest init": "<3>[    2.5] guest init: there is no disk 1",
}


class Lists(unittest.TestCase):
    """The lists as they are."""

    def setUp(self):
        self.checker = splats.Checker()

    def test_healthy_log_has_none(self):
        self.assertEqual(self.checker.find(HEALTHY), [])

    def test_every_kind_is_found(self):
        for kind, line in SPLATS.items():
            with self.subTest(kind):
                self.assertEqual(len(self.checker.find(HEALTHY + line + "\n")), 1)

    def test_excerpt_starts_with_the_splat_and_shows_what_follows(self):
        log = HEALTHY + SPLATS["warning"] + "\n" + SPLATS["warning with place"] + "\n[   12.1]  <TASK>\n"
        self.assertEqual(self.checker.find(log), [log.splitlines()[-3:]])


class Rules(unittest.TestCase):
    """The rules, with lists of our own."""

    def checker(self, deny, allow):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name)
        (path / "deny").write_text(deny)
        (path / "allow").write_text(allow)
        return splats.Checker(path)

    def test_allowed_line_is_none(self):
        checker = self.checker("BUG:\n", "# comment\n\nBUG: of the test itself  ## written by the test\n")
        self.assertEqual(checker.find("[    1.000000] BUG: of the test itself"), [])
        self.assertEqual(len(checker.find("[    1.000000] BUG: of another")), 1)

    def test_trace_belongs_to_the_allowed_line_before_it(self):
        checker = self.checker("BUG:\n\\bCall Trace:\n", "BUG: allowed  ## the test's\n")
        quiet = ["nothing"] * splats.TRACE_DISTANCE
        self.assertEqual(checker.find("\n".join(["BUG: allowed", "CPU: 0", "Call Trace:"])), [])
        self.assertEqual(len(checker.find("\n".join(["BUG: allowed"] + quiet + ["Call Trace:"]))), 1)
        self.assertEqual(len(checker.find("Call Trace:")), 1)

    def test_allow_needs_a_reason(self):
        for line in ("BUG: x\n", "BUG: x  ## \n", "BUG: x ## one space only\n"):
            with self.subTest(line), self.assertRaises(GuestError):
                self.checker("BUG:\n", line)

    def test_bad_expression_names_its_line(self):
        with self.assertRaisesRegex(GuestError, "deny:2"):
            self.checker("BUG:\n(\n", "")

    def test_expressions_see_the_text_without_prefix(self):
        checker = self.checker("^exactly this$\n", "")
        for line in ("exactly this", "[    0.1] exactly this", "<3>[   12.345678] exactly this",
                     "<3>[   12.345678] [   T77] exactly this"):
            with self.subTest(line):
                self.assertEqual(len(checker.find(line)), 1)

    def test_near_splats_are_one_excerpt_distant_ones_two(self):
        checker = self.checker("BUG:\n", "")
        quiet = ["nothing"] * splats.CONTEXT_LINES
        near = "\n".join(["BUG: 1", "trace", "BUG: 2"] + quiet)
        self.assertEqual(len(checker.find(near)), 1)
        self.assertEqual(len(checker.find("\n".join(["BUG: 1"] + quiet + ["BUG: 2"]))), 2)
        # What overlaps is shown once.
        (excerpt,) = checker.find(near)
        self.assertEqual(excerpt, near.splitlines()[:2 + splats.CONTEXT_LINES])


if __name__ == "__main__":
    unittest.main()
