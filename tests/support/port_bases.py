"""Where the clouds and stores of one test run listen: each at a base of its own above GOVCLOUD_TEST_PORT_BASE.

Runs of pytest side by side need values that lie 400 apart; `make test` has five. None may be above 22300: a cloud uses
its base + 10018 as well, and from 32768 on the kernel gives ports to whoever connects to something.

Servers of stores (`tests/support/stores`) have the upper half of each fifty: their lane shares a value
with another.
"""

from __future__ import annotations

import os

__all__ = [
    "ALL",
    "BACKUP_OTHER",
    "BACKUP_SOURCE",
    "BACKUP_TARGET",
    "BARE_STORE",
    "CLOSED_DOORS",
    "EMBEDDED_STORE",
    "FOOTPRINT",
    "JUICEFS",
    "MOTO",
    "NODE_POLICY",
    "NODE_REPAIR",
    "RADOSGW",
    "REFUSALS",
    "REPAIR",
    "SHARED",
    "STORE",
    "STRANGER",
]

_FIRST = int(os.environ.get("GOVCLOUD_TEST_PORT_BASE", "19000"))

ALL = range(_FIRST, _FIRST + 400, 50)
"""Where each cloud of one run has its ports, up to 20 above and 10018 above."""
SHARED, STORE, CLOSED_DOORS, REPAIR, FOOTPRINT, REFUSALS, NODE_REPAIR, NODE_POLICY = ALL
STRANGER = _FIRST
"""Clouds of nobody's making. They run in a lane of their own, where no other of these is used."""

(
    EMBEDDED_STORE,
    BARE_STORE,
    JUICEFS,
    RADOSGW,
    MOTO,
    BACKUP_SOURCE,
    BACKUP_TARGET,
    BACKUP_OTHER,
) = range(_FIRST + 25, _FIRST + 425, 50)
"""Where each server of a store has its ports, up to 19 above and 10018 above."""
