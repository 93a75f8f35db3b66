# SPDX-License-Identifier: Apache-2.0
"""The parts of scripts/guest and scripts/guest-uml, one concern a module."""

import pathlib


class GuestError(Exception):
    """Something that the user can put right: the message says what failed, with what, and what to do."""


CHECKOUT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = CHECKOUT / "build"
SOURCES = CHECKOUT / "tests" / "guest"
