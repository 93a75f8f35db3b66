# SPDX-License-Identifier: Apache-2.0
"""What the commands that run something in a guest have in common: how they speak, and how they end."""

import enum
import os
import pathlib
import signal
import sys

from . import GuestError


class Exit(enum.IntEnum):
    """Exit statuses that are not the command's own. Wrong usage is argparse's 2."""

    SPLAT = 1  # the command succeeded
    TIMED_OUT = 124  # as timeout(1)
    INTERRUPTED = 130
    GUEST_DIED = 255


def say(text):
    print(f"{pathlib.Path(sys.argv[0]).name}: {text}", file=sys.stderr, flush=True)


def run_main(main):
    """Ends with the exit status that main() returns, or with the one of its exception."""
    # A time-out of the caller's (timeout(1), a CI system) must take the guest with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except GuestError as error:
        say(str(error))
        sys.exit(Exit.GUEST_DIED)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:
        os._exit(Exit.INTERRUPTED)
