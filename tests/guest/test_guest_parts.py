# SPDX-License-Identifier: Apache-2.0
"""Unit tests of the parts of scripts/guest that need no QEMU: python3 -m unittest discover -s tests/guest"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from guestlib import GuestError, disks, initramfs, session  # noqa: E402


class DiskSpecs(unittest.TestCase):
    def test_defaults(self):
        disk = disks.parse("/tmp/x")
        self.assertEqual((str(disk.file), disk.filesystem, disk.size, disk.modelled), ("/tmp/x", "", 1 << 30, True))

    def test_everything_given(self):
        disk = disks.parse("/tmp/x:f2fs:256M:plain")
        self.assertEqual((disk.filesystem, disk.size, disk.modelled), ("f2fs", 256 << 20, False))

    def test_size_without_filesystem(self):
        self.assertEqual((disks.parse("x::2G").filesystem, disks.parse("x::2G").size), ("", 2 << 30))

    def test_wrong_ones(self):
        for spec in ("", ":ext4", "x:ntfs", "x:ext4:0", "x:ext4:big", "x:ext4:1G:fast", "x:ext4:1G:plain:more"):
            with self.subTest(spec), self.assertRaises(GuestError):
                disks.parse(spec)

    def test_sizes(self):
        for text, size in (("4096", 4096), ("4k", 4096), ("3M", 3 << 20), ("1GiB", 1 << 30), ("2t", 2 << 40)):
            self.assertEqual(disks.parse_size(text), size)


class DiskImages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_raw_is_made_once_and_kept(self):
        disk = disks.parse(f"{self.folder}/x:raw:1M")
        disks.prepare(disk)
        self.assertEqual(disk.file.stat().st_size, 1 << 20)
        disk.file.write_bytes(b"kept")
        disks.prepare(disk)
        self.assertEqual(disk.file.read_bytes(), b"kept")

    def test_filesystem_of_an_image_is_seen(self):
        for name, (offset, magic) in {"ext4": (1080, b"\x53\xef"), "f2fs": (1024, b"\x10\x20\xf5\xf2"),
                                      "xfs": (0, b"XFSB"), "erofs": (1024, b"\xe2\xe1\xf5\xe0"),
                                      "raw": (0, b"????")}.items():
            image = bytearray(4096)
            image[offset:offset + len(magic)] = magic
            (self.folder / name).write_bytes(image)
            self.assertEqual(disks.filesystem_of(self.folder / name), name)

    def test_another_filesystem_than_asked_for(self):
        (self.folder / "x").write_bytes(b"XFSB" + bytes(4096))
        with self.assertRaisesRegex(GuestError, "holds xfs, not ext4"):
            disks.prepare(disks.parse(f"{self.folder}/x:ext4"))

    def test_what_nobody_could_write_to_is_not_made(self):
        with self.assertRaisesRegex(GuestError, "make it with mkfs.erofs"):
            disks.prepare(disks.parse(f"{self.folder}/x:erofs"))
        self.assertEqual(list(self.folder.iterdir()), [])


class Initramfs(unittest.TestCase):
    def test_cpio_reads_what_was_written(self):
        files = {"init": (b"#!", True), "job/argv": (b"a\0b\0", False), "job/empty": (b"", False)}
        with tempfile.TemporaryDirectory() as folder:
            try:
                subprocess.run(["cpio", "-id", "--quiet"], input=initramfs.archive(files), cwd=folder, check=True)
            except FileNotFoundError:
                self.skipTest("no cpio")
            for name, (data, executable) in files.items():
                path = pathlib.Path(folder) / name
                self.assertEqual(path.read_bytes(), data)
                self.assertEqual(bool(path.stat().st_mode & 0o100), executable)

    def test_job_is_nul_separated(self):
        job = {"argv": ["sh", "-c", "a b"], "env": ["A=1"], "keep": [], "cwd": "/", "results": "/r", "share": "9p",
               "disks": ["ext4", "raw"], "tty": None}
        files = initramfs.job_files(job, ["/modules/0-virtio_blk.ko"])
        self.assertEqual(files["job/argv"], b"sh\0-c\0a b\0")
        self.assertEqual(files["job/disks"], b"ext4\nraw\n")
        self.assertEqual(files["job/modules"], b"/modules/0-virtio_blk.ko\0")
        self.assertNotIn("job/tty", files)
        self.assertEqual(initramfs.job_files(job | {"tty": (24, 80)}, [])["job/tty"], b"24 80")


class Words(unittest.TestCase):
    """What the guest says on its control channel."""

    def setUp(self):
        self.session = session.Session({name: None for name in session.CHANNELS}, {}, True, False, None)
        self.sent = []
        self.session._send = lambda channel, data: self.sent.append((channel, data))

    def test_bye_only_when_every_byte_has_arrived(self):
        self.session._take("control", b"exit 7 5 ")
        self.session._take("control", b"0 3\n")
        self.session._take("stdout", b"four")
        self.session._take("log", b"log")
        self.session._say_bye_when_complete()
        self.assertEqual(self.sent, [])
        self.session._take("stdout", b"5")
        self.session._say_bye_when_complete()
        self.assertEqual(self.sent, [("control", b"bye\n")])
        self.assertEqual(self.session.outcome.status, 7)

    def test_failed_set_up(self):
        self.session._take("control", b"failed mount /disk0: no\n")
        self.session._say_bye_when_complete()
        self.assertEqual(self.session.outcome.failure, "mount /disk0: no")
        self.assertIsNone(self.session.outcome.status)
        self.assertEqual(self.sent, [("control", b"bye\n")])


class EndOfQemu(unittest.TestCase):
    def outcome_of(self, script):
        ours, theirs = session.make_channels(session.CHANNELS)
        return session.Session(ours, theirs, True, False, subprocess.DEVNULL).run(["sh", "-c", script], 20)

    def test_giving_up_is_told_from_dying(self):
        for script, aborted in (("kill -ABRT $$", True), ("exit 1", False), ("kill -KILL $$", False)):
            with self.subTest(script):
                outcome = self.outcome_of(script)
                self.assertTrue(outcome.died_in_boot())
                self.assertEqual(outcome.qemu_aborted, aborted)


if __name__ == "__main__":
    unittest.main()
