# SPDX-License-Identifier: Apache-2.0
"""The stock guest: Debian's own cloud kernel of the same release, downloaded and unpacked below build/stock/, never
installed. It has ext4 and virtiofs but neither 9p nor f2fs, so the host's files come by virtiofs."""

import lzma
import os
import pathlib
import shutil
import struct
import subprocess

from . import BUILD, GuestError, daemons

META_PACKAGE = "linux-image-6.12-cloud-amd64"
FILESYSTEMS = ("ext4", "xfs", "raw")
# The daemon: of QEMU 7.2 (Debian 12), and the one that replaced it.
DAEMONS = ("/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd")


def newest_package():
    done = subprocess.run(["apt-cache", "depends", META_PACKAGE], capture_output=True, text=True)
    names = [line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("Depends: linux-image-")]
    if not names:
        raise GuestError(f"apt knows no package {META_PACKAGE}: the stock guest needs Debian 12 with its security "
                         "archive; run apt-get update")
    return names[0]


def _vmlinux(bzimage):
    """The ELF image inside a bzImage. It is entered directly (PVH), which spares an emulated CPU the unpacking."""
    data = bzimage.read_bytes()
    setup_sectors = data[0x1F1] or 4
    offset, length = struct.unpack_from("<II", data, 0x248)  # payload_offset, payload_length of the boot protocol
    payload = data[(setup_sectors + 1) * 512 + offset:][:length]
    if payload[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor().decompress(payload)
    if payload[:4] == b"\x28\xb5\x2f\xfd" and shutil.which("zstd"):
        # The last four bytes are the unpacked size, which zstd would take for garbage.
        return subprocess.run(["zstd", "-dqc"], input=payload[:-4], capture_output=True, check=True).stdout
    return None


def _module_order(modules, wanted):
    """Files of the wanted modules, each after those that it needs, from modules.builtin and the modules' own
    'depends' fields (the packages come without modules.dep)."""
    files = {path.name.split(".")[0].replace("-", "_"): path for path in modules.rglob("*.ko*")}
    order = []

    def add(name):
        path = files.get(name)
        if path is None or path in order:
            return
        raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        field = raw.split(b"\0depends=", 1)
        for needed in filter(None, field[1].split(b"\0", 1)[0].decode().split(",")) if len(field) > 1 else ():
            add(needed.replace("-", "_"))
        plain = path.with_suffix("") if path.suffix == ".xz" else path
        if plain != path:
            plain.write_bytes(raw)
            path.unlink()
            files[name] = plain
        order.append(plain)

    for name in wanted:
        if name not in files:
            raise GuestError(f"the stock kernel has no module {name} below {modules}")
        add(name)
    return order


def prepare(say):
    """Downloads and unpacks the kernel unless that was done. Returns its image and a function name -> module files."""
    folder = BUILD / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    package = newest_package()
    tree = folder / package
    if not tree.exists():
        say(f"downloading {package} (35 MB)")
        for old in folder.glob("*.deb"):
            old.unlink()
        done = subprocess.run(["apt-get", "download", "-q", package], cwd=folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        archives = list(folder.glob("*.deb"))
        if done.returncode or not archives:
            raise GuestError(f"cannot download {package}:\n{done.stderr}\nrun apt-get update and see that the network "
                             "and Debian's security archive can be reached")
        unfinished = folder / f"{package}.{os.getpid()}"
        subprocess.run(["dpkg-deb", "-x", str(archives[0]), str(unfinished)], check=True)
        archives[0].unlink()
        image = next((unfinished / "boot").glob("vmlinuz-*"))
        plain = _vmlinux(image)
        if plain:
            (unfinished / "boot" / "vmlinux").write_bytes(plain)
        unfinished.rename(tree)
    image = tree / "boot" / "vmlinux"
    if not image.exists():
        image = next((tree / "boot").glob("vmlinuz-*"))
    return image, lambda wanted: _module_order(tree, wanted)


class Share:
    """A virtiofs daemon for one folder of the host."""

    def __init__(self, tag, path, sockets, folder, writable):
        self.socket = sockets / f"share-{tag}"
        self.log = folder / f"share-{tag}-virtiofsd.log"
        daemon = next((path for path in map(pathlib.Path, DAEMONS) if path.exists()), None)
        if daemon is None:
            raise GuestError("the stock guest needs virtiofsd (qemu-system-common 7.2, or the package virtiofsd)")
        cache = "none" if writable else "always"
        if "qemu" in str(daemon):
            self.command = [str(daemon), f"--socket-path={self.socket}", "-o", f"source={path}", "-o", f"cache={cache}",
                            "-o", "sandbox=chroot", "-o", "log_level=warn"]
            if os.getuid() != 0:
                # It wants to be root, and to write to /run: both in a namespace of its own.
                self.command = ["unshare", "--map-root-user", "--mount", "sh", "-c",
                                'mount -t tmpfs run /run && exec "$@"', "sh", *self.command]
        else:
            self.command = [str(daemon), f"--socket-path={self.socket}", f"--shared-dir={path}",
                            f"--cache={'never' if writable else 'always'}", "--sandbox=chroot"]
            self.command += [] if writable else ["--readonly"]
        self.process = None

    def start(self):
        daemons.start(self, "virtiofsd")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
