# SPDX-License-Identifier: Apache-2.0
"""Builds tests/guest/init and packs it, with one run's job, into an initramfs (cpio, format newc)."""

import gzip
import os
import stat
import subprocess

from . import BUILD, SOURCES, GuestError


def compile_c(output, sources, *flags):
    """Compiles C files of tests/guest/ into build/guest/, unless that was done already. Returns the output's path."""
    sources = [SOURCES / source for source in sources]
    output = BUILD / "guest" / output
    inputs = [*sources, *(header for source in sources for header in source.parent.glob("*.h"))]
    if output.exists() and output.stat().st_mtime_ns > max(path.stat().st_mtime_ns for path in inputs):
        return output
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f"{output.name}.{os.getpid()}")
    command = [os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", *flags, "-o", str(unfinished),
               *map(str, sources)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        raise GuestError(f"cannot compile {output.name}: no {command[0]}; run scripts/install-deps") from None
    if done.returncode:
        raise GuestError(f"cannot compile {output.name}; if a header is missing, run scripts/install-deps:\n"
                         f"{done.stderr}")
    unfinished.replace(output)
    return output


def _entry(number, name, mode, data=b""):
    path = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0]
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    head = header + path
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def archive(files):
    """A cpio archive of {name: (bytes, executable)}; folders are made as they are needed."""
    out, folders, number = [], set(), 1
    for name, (data, executable) in files.items():
        parts = name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                out.append(_entry(number, folder, stat.S_IFDIR | 0o755))
                number += 1
        out.append(_entry(number, name, stat.S_IFREG | (0o755 if executable else 0o644), data))
        number += 1
    out.append(_entry(0, "TRAILER!!!", 0))
    return b"".join(out)


def _strings(values):
    return b"".join(os.fsencode(value) + b"\0" for value in values)


def job_files(job, modules):
    """What tests/guest/init reads below /job. `job` has argv, env, keep, cwd, results, share, disks, tty (or None)."""
    files = {f"job/{name}": _strings(job[name]) for name in ("argv", "env", "keep")}
    files |= {f"job/{name}": os.fsencode(job[name]) for name in ("cwd", "results", "share")}
    files["job/modules"] = _strings(modules)
    files["job/disks"] = "".join(f"{filesystem}\n" for filesystem in job["disks"]).encode()
    if job["tty"]:
        files["job/tty"] = "{} {}".format(*job["tty"]).encode()
    return files


def build_init():
    return compile_c("init", ["init/init.c", "init/channels.c", "init/root.c"], "-static")


def make(path, job, modules=()):
    """Writes the initramfs of one run; `modules` are files, in the order in which they are to be loaded."""
    files = {"init": (build_init().read_bytes(), True)}
    names = []
    for number, module in enumerate(modules):
        name = f"modules/{number}-{module.name}"
        files[name] = (module.read_bytes(), False)
        names.append("/" + name)
    files |= {name: (data, False) for name, data in job_files(job, names).items()}
    path.write_bytes(gzip.compress(archive(files), compresslevel=1))
