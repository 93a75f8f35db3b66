# SPDX-License-Identifier: Apache-2.0
"""Disks of the guest: image files, made and formatted where they are absent, plain or behind the disk model."""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

from . import GuestError, initramfs

DEFAULT_SIZE = 1 << 30
# Everything that mkfs would leave to the background is done at once: nothing else is to use a disk that is measured.
MKFS = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
    "f2fs": ["mkfs.f2fs", "-q", "-f"],
    "xfs": ["mkfs.xfs", "-q", "-f"],
}
PACKAGES = {"ext4": "e2fsprogs", "f2fs": "f2fs-tools", "xfs": "xfsprogs"}
# Made with all their files in them, by whoever wants them.
READ_ONLY = ("erofs",)
_MAGIC = {"ext4": (1080, b"\x53\xef"), "f2fs": (1024, b"\x10\x20\xf5\xf2"), "xfs": (0, b"XFSB"),
          "erofs": (1024, b"\xe2\xe1\xf5\xe0")}
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def parse_size(text):
    match = re.fullmatch(r"(\d+)([kmgt]?)(i?b)?", text.strip().lower())
    if not match or int(match[1]) == 0:
        raise GuestError(f"'{text}' is not a size: write bytes, or a number with K, M or G (1024 each)")
    return int(match[1]) * _UNITS[match[2]]


@dataclasses.dataclass
class Disk:
    file: pathlib.Path
    filesystem: str  # "raw" = none
    size: int
    modelled: bool  # behind the disk model, where there is one


def filesystem_of(file):
    """What an image holds, as far as we make such images; else "raw"."""
    with open(file, "rb") as image:
        for name, (offset, magic) in _MAGIC.items():
            image.seek(offset)
            if image.read(len(magic)) == magic:
                return name
    return "raw"


def parse(spec):
    """FILE[:fs[:SIZE[:plain]]]"""
    file, *rest = spec.split(":")
    filesystem = rest[0] if rest else ""
    if not file or len(rest) > 3 or (len(rest) == 3 and rest[2] != "plain"):
        raise GuestError(f"--disk {spec}: write FILE[:FILESYSTEM[:SIZE[:plain]]]")
    if filesystem and filesystem != "raw" and filesystem not in MKFS and filesystem not in READ_ONLY:
        raise GuestError(f"--disk {spec}: '{filesystem}' is not one of {', '.join([*MKFS, *READ_ONLY])}, raw")
    size = parse_size(rest[1]) if len(rest) > 1 and rest[1] else DEFAULT_SIZE
    return Disk(pathlib.Path(file).absolute(), filesystem, size, len(rest) < 3)


def prepare(disk):
    """Makes and formats the image if it is absent, else sees that it is what was asked for."""
    if disk.file.exists():
        found = filesystem_of(disk.file)
        if disk.filesystem not in ("", found):
            raise GuestError(f"disk {disk.file} holds {found}, not {disk.filesystem}: name another file, or remove it")
        disk.filesystem = found
        return
    disk.filesystem = disk.filesystem or "ext4"
    if disk.filesystem in READ_ONLY:
        raise GuestError(f"there is no {disk.file}, and an empty {disk.filesystem} would stay empty: make it with "
                         f"mkfs.{disk.filesystem} from a folder")
    tool = MKFS.get(disk.filesystem)
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if tool and not shutil.which(tool[0], path=path):
        raise GuestError(f"cannot format {disk.file}: no {tool[0]}; install {PACKAGES[disk.filesystem]}")
    disk.file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = disk.file.with_name(f"{disk.file.name}.{os.getpid()}")
    with open(unfinished, "wb") as image:
        image.truncate(disk.size)
    if tool:
        done = subprocess.run([shutil.which(tool[0], path=path), *tool[1:], str(unfinished)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            unfinished.unlink()
            raise GuestError(f"cannot format {disk.file} as {disk.filesystem}:\n{done.stdout}")
    unfinished.replace(disk.file)


def build_model():
    return initramfs.compile_c("dmaload-disk-model.so", ["disk/model.c", "disk/preload.c"], "-shared", "-fPIC",
                               "-std=gnu11")


class Model:
    """The disk model of one image: a library that works inside the program that reads the image."""

    def __init__(self, disk, number, folder, rate, latency_us, control):
        self.requests = folder / f"disk{number}-requests.csv"
        self.summary = folder / f"disk{number}-model.json"
        self.settings = {"FILE": disk.file, "RATE": rate, "LATENCY_US": latency_us, "CONTROL": control,
                         "REQUESTS": self.requests, "SUMMARY": self.summary}


def with_models(models, command):
    """The command line of a program that reads images by pread(2), as slowly as their models are."""
    if not models:
        return command
    variables = [f"DMALOAD_MODEL{number}_{name}={value}"
                 for number, model in enumerate(models) for name, value in model.settings.items()]
    return ["env", f"LD_PRELOAD={build_model()}", *variables, *command]
