# SPDX-License-Identifier: Apache-2.0
"""One run of QEMU: its channels carried to this process's stdout and stderr, its end awaited or enforced."""

import ctypes
import dataclasses
import fcntl
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import tty

CHANNELS = ("stdout", "stderr", "log", "control")  # as in tests/guest/init.c
GRACE_SECONDS = 10  # for what must follow at once: QEMU's end after the guest's last word
LEAVE_KEY = b"\x1d"  # Ctrl-]: ends a guest whose shell does not answer
PR_SET_PDEATHSIG = 1


@dataclasses.dataclass
class Outcome:
    started: bool = False  # the command
    status: int | None = None  # the command's; None = the guest did not get so far
    timed_out: bool = False
    interrupted: bool = False
    qemu_aborted: bool = False  # as when an assertion of its own fails
    failure: str = ""  # the guest's own word that it could not be set up
    seconds: float = 0.0
    kernel_log: bytes = b""

    def died_in_boot(self):
        return not (self.started or self.timed_out or self.interrupted or self.failure)


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def terminal_size():
    try:
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))
    except OSError:
        return 24, 80
    return (rows, columns) if rows and columns else (24, 80)


def make_channels(names):
    """{name: our end}, {name: number of QEMU's end}. QEMU inherits the second ones."""
    ours, theirs = {}, {}
    for name in names:
        ours[name], other = socket.socketpair()
        theirs[name] = other.detach()
    return ours, theirs


class Session:
    def __init__(self, ours, theirs, quiet, interactive, qemu_log):
        self.ours, self.theirs = ours, theirs
        self.qemu_log = qemu_log
        self.sinks = {} if quiet else {"stdout": 1, "stderr": 2, "console": 2}
        self.interactive = interactive
        self.received = dict.fromkeys(ours, 0)
        self.promised = None
        self.control = b""
        self.outcome = Outcome()
        self.log = []
        self.end_at = None
        self.process = None

    def _take_control(self, data):
        self.control += data
        *lines, self.control = self.control.split(b"\n")
        for line in lines:
            word, _, rest = line.decode(errors="replace").partition(" ")
            if word == "started":
                self.outcome.started = True
            elif word == "exit":
                status, *sizes = (int(field) for field in rest.split())
                self.outcome.status = status
                self.promised = dict(zip(CHANNELS, sizes))
            elif word == "failed":
                self.outcome.failure = rest
                self.promised = {}

    def _say_bye_when_complete(self):
        if self.promised is not None and all(self.received[name] >= size for name, size in self.promised.items()):
            self.promised = None
            self._send("control", b"bye\n")
            self._end_within(GRACE_SECONDS)

    def _send(self, channel, data):
        try:
            self.ours[channel].sendall(data)
        except OSError:
            pass  # QEMU is gone; that is noticed elsewhere

    def _end_within(self, seconds):
        limit = time.monotonic() + seconds
        self.end_at = limit if self.end_at is None else min(self.end_at, limit)

    def _take(self, name, data):
        self.received[name] += len(data)
        if name == "control":
            self._take_control(data)
        elif name == "log":
            self.log.append(data)
        sink = self.sinks.get(name)
        while sink is not None and data:
            data = data[os.write(sink, data):]

    def run(self, command, timeout):
        """Runs QEMU to its end. `timeout` in seconds, or None."""
        started = time.monotonic()
        deadline = started + timeout if timeout else None
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=list(self.theirs.values()),
                                        stdout=subprocess.DEVNULL, stderr=self.qemu_log, start_new_session=True,
                                        preexec_fn=_die_with_parent)
        for number in self.theirs.values():
            os.close(number)
        try:
            with selectors.DefaultSelector() as selector:
                for name, ours in self.ours.items():
                    selector.register(ours, selectors.EVENT_READ, name)
                if self.interactive:
                    selector.register(0, selectors.EVENT_READ, "keyboard")
                self._attend(selector, deadline)
        except KeyboardInterrupt:
            self.outcome.interrupted = True
        finally:
            self._kill()
            for ours in self.ours.values():
                ours.close()
        self.outcome.qemu_aborted = self.process.returncode == -signal.SIGABRT
        self.outcome.seconds = time.monotonic() - started
        self.outcome.kernel_log = b"".join(self.log)
        return self.outcome

    def _attend(self, selector, deadline):
        open_channels = set(self.ours)
        while open_channels:
            limits = [limit for limit in (deadline, self.end_at) if limit is not None]
            wait = max(0.0, min(limits) - time.monotonic()) if limits else None
            events = selector.select(wait)
            now = time.monotonic()
            if self.end_at is not None and now >= self.end_at:
                return
            if deadline is not None and now >= deadline and self.end_at is None:
                self.outcome.timed_out = True
                return
            for key, _ in events:
                if key.data == "keyboard":
                    typed = os.read(0, 4096)
                    if LEAVE_KEY in typed:
                        raise KeyboardInterrupt
                    self._send("stdout", typed)
                    continue
                try:
                    data = key.fileobj.recv(1 << 16)
                except ConnectionResetError:
                    data = b""
                if data:
                    self._take(key.data, data)
                else:
                    selector.unregister(key.fileobj)
                    open_channels.discard(key.data)
            self._say_bye_when_complete()

    def _kill(self):
        try:
            self.process.wait(GRACE_SECONDS if not (self.outcome.timed_out or self.outcome.interrupted) and
                              self.end_at is not None else 0.5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        except KeyboardInterrupt:
            self.process.kill()
            self.process.wait()
            self.outcome.interrupted = True


class RawTerminal:
    """The terminal hands every key to the guest's shell while this is in force."""

    def __init__(self, session):
        self.session = session

    def __enter__(self):
        self.saved = termios.tcgetattr(0)
        tty.setraw(0)
        signal.signal(signal.SIGWINCH, lambda *_: self.session._send("control", b"size %d %d\n" % terminal_size()))

    def __exit__(self, *_):
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        termios.tcsetattr(0, termios.TCSADRAIN, self.saved)
        sys.stderr.write("\r\n")
