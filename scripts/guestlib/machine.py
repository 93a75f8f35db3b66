# SPDX-License-Identifier: Apache-2.0
"""The emulated machine: accelerator, clock and QEMU's command line. x86-64 is the one architecture so far; what is
peculiar to it stands in ARCHITECTURES and in x86_timers()."""

import dataclasses
import json
import os
import pathlib
import platform
import shutil
import subprocess

from . import BUILD, GuestError, disks, initramfs

ARCHITECTURES = {
    "x86_64": {
        "qemu": "qemu-system-x86_64",
        "machine": "q35",
        # "max" has ERMS and FSRM, with which emulated copies are several times too slow.
        "tcg_cpu": "Nehalem-v1",
        "console": "ttyS0",
    },
}
GUEST = "x86_64"
CMA_MB = 64


def qemu():
    found = shutil.which(ARCHITECTURES[GUEST]["qemu"])
    if not found:
        raise GuestError(f"no {ARCHITECTURES[GUEST]['qemu']}: run scripts/install-deps")
    return found


def boot_id():
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _cached(name, key, find):
    """A fact about this host, found out once a boot and kept below build/guest/."""
    path = BUILD / "guest" / name
    try:
        kept = json.loads(path.read_text())
        if kept["key"] == key:
            return kept["value"]
    except (OSError, ValueError, KeyError):
        pass
    value = find()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps({"key": key, "value": value}) + "\n")
    unfinished.replace(path)
    return value


def accelerator(probe):
    """("kvm" or "tcg", why). A /dev/kvm that exists may be unable to run an ordinary guest: probe() boots one."""
    if platform.machine() != GUEST:
        return "tcg", f"the host is {platform.machine()}"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg", "/dev/kvm is not there" if not os.path.exists("/dev/kvm") else "/dev/kvm may not be opened"
    failure = _cached("kvm.json", [boot_id(), qemu(), os.getuid()], probe)
    return ("tcg", f"KVM was tried: {failure}") if failure else ("kvm", "KVM was tried and works")


def x86_timers(emulated):
    """Without ACPI the kernel tests and calibrates its timers by counting ticks, and a busy host makes it count wrong:
    no test, and calibration by the PM timer of QEMU's q35 machine. An emulated time stamp counter is the host's, so
    the guest is told its frequency too."""
    words = ["no_timer_check", "pmtmr=0x608"]
    if emulated and platform.machine() == "x86_64":
        measure = initramfs.compile_c("tsc-khz", ["tsc-khz.c"])
        khz = _cached("tsc.json", [boot_id()],
                      lambda: int(subprocess.check_output([str(measure)], stdin=subprocess.DEVNULL)))
        words += ["tsc=reliable", f"tsc_early_khz={khz}"]
    return words


@dataclasses.dataclass
class Machine:
    kernel: pathlib.Path
    initrd: pathlib.Path
    memory_mb: int
    cpus: int
    accel: str
    console_log: pathlib.Path
    ports: dict  # channel name -> number of a connected socket
    results: pathlib.Path
    share: str  # 9p or virtiofs
    share_sockets: dict  # of virtiofs: tag -> path
    disks: list  # of Disk
    models: list  # of disks.Model
    append: str
    gdb: bool

    def kernel_arguments(self):
        words = [f"console={ARCHITECTURES[GUEST]['console']}", "printk.devkmsg=on",
                 # Writing to a serial port takes long under emulation: the log has a channel of its own.
                 *(["loglevel=7"] if "console" in self.ports else ["quiet", "loglevel=4"]),
                 # A panic ends QEMU (-no-reboot), and an oops is one; a warning is found in the log afterwards.
                 "panic=-1", "oops=panic",
                 f"cma={CMA_MB}M", "udmabuf.size_limit_mb=16384", "udmabuf.list_limit=65536"]
        # Our kernel has no mitigations built in; Debian's is to be no slower for that.
        words += ["mitigations=off"]
        if GUEST == "x86_64":
            words += ["reboot=t", *x86_timers(self.accel == "tcg")]
        return " ".join(words + ([self.append] if self.append else []))

    def _console(self):
        """The serial port: into a file, and if it is to be seen also into a channel."""
        log = _escape(self.console_log)
        if "console" in self.ports:
            device = f"socket,id=console,fd={self.ports['console']},logfile={log}"
        else:
            device = f"file,id=console,path={log}"
        return ["-chardev", device, "-serial", "chardev:console"]

    def command(self):
        arch = ARCHITECTURES[GUEST]
        shared = self.share == "virtiofs"
        memory = ("memory-backend-memfd,share=on" if shared else "memory-backend-ram")
        line = [qemu(), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-machine", f"{arch['machine']},accel={self.accel},memory-backend=ram",
                "-cpu", "host" if self.accel == "kvm" else arch["tcg_cpu"],
                # One socket a CPU: without ACPI the cores of one socket are not found.
                "-smp", f"{self.cpus},sockets={self.cpus},cores=1,threads=1",
                # Memory is there before the guest starts, lest it faults on the host while something is measured.
                "-m", f"{self.memory_mb}M",
                "-object", f"{memory},id=ram,size={self.memory_mb}M,prealloc=on,prealloc-threads={min(self.cpus, 4)}",
                "-kernel", str(self.kernel), "-initrd", str(self.initrd), "-append", self.kernel_arguments(),
                *self._console(),
                "-device", "virtio-rng-pci", "-device", "virtio-serial-pci"]
        for name, number in self.ports.items():
            if name == "console":
                continue
            line += ["-chardev", f"socket,id={name},fd={number}",
                     "-device", f"virtserialport,chardev={name},name={name}"]
        for tag, path, readonly in (("host", "/", True), ("results", str(self.results), False)):
            if shared:
                line += ["-chardev", f"socket,id=share-{tag},path={_escape(self.share_sockets[tag])}",
                         "-device", f"vhost-user-fs-pci,chardev=share-{tag},tag={tag}"]
            else:
                options = "readonly=on,multidevs=remap" if readonly else "multidevs=remap"
                line += ["-fsdev", f"local,id=share-{tag},path={_escape(path)},security_model=none,{options}",
                         "-device", f"virtio-9p-pci,fsdev=share-{tag},mount_tag={tag}"]
        for number, disk in enumerate(self.disks):
            name = f"disk{number}"
            # Read by pread(2) in threads, which is what the disk model slows down.
            source = {"driver": "file", "filename": str(disk.file), "aio": "threads"}
            # The model answers each request when it is due; a merged one would be answered with its last part.
            merging = "off" if self.models and disk.modelled else "on"
            node = {"driver": "raw", "node-name": name, "file": source}
            line += ["-object", f"iothread,id=io-{name}", "-blockdev", json.dumps(node),
                     "-device", f"virtio-blk-pci,drive={name},serial={name},iothread=io-{name},"
                     f"request-merging={merging}"]
        return disks.with_models(self.models, line + (["-s", "-S"] if self.gdb else []))


def _escape(path):
    """QEMU's option syntax: a comma in a value is doubled."""
    return str(path).replace(",", ",,")
