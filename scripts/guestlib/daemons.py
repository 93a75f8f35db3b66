# SPDX-License-Identifier: Apache-2.0
"""Programs beside QEMU that serve it over a Unix socket."""

import subprocess
import time

from . import GuestError

START_SECONDS = 10


def start(daemon, name):
    """Starts daemon.command, with its output in daemon.log, and waits until daemon.socket is there.

    On failure daemon.stop() is called and the error has what the program said.
    """
    with open(daemon.log, "wb") as log:
        daemon.process = subprocess.Popen(daemon.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          start_new_session=True)
    limit = time.monotonic() + START_SECONDS
    while not daemon.socket.exists():
        if daemon.process.poll() is not None or time.monotonic() > limit:
            daemon.stop()
            raise GuestError(f"{name} did not start:\n{daemon.log.read_text()}")
        time.sleep(0.01)
