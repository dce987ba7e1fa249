"""When a backup is due: how often a tenant's file says that there shall be one, and when the last whole one began."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from govcloud_base.errors import GovCloudError

if TYPE_CHECKING:
    from govcloud.backup.manifest import Head
    from govcloud.backup.vault import Vault

__all__ = ["Often", "due_at", "last_whole"]

Often = Literal["hour", "day", "week"]

_INTERVALS: Mapping[Often, datetime.timedelta] = {
    "hour": datetime.timedelta(hours=1),
    "day": datetime.timedelta(days=1),
    "week": datetime.timedelta(weeks=1),
}
_EARLY = 12
"""One part in so many of the time between two backups: a timer that calls somewhat early must not lose a whole turn."""


def due_at(every: Often, last: datetime.datetime | None) -> datetime.datetime | None:
    """Return from when on the next backup is due after one that began at `last`; None where it is due at once."""
    if last is None:
        return None
    interval = _INTERVALS[every]
    return last + interval - interval / _EARLY


def last_whole(vault: Vault) -> Head | None:
    """Return the newest backup if it is one to go on from: whole, and to be believed; None where it is not.

    Raises what the client raises.
    """
    runs = vault.runs()
    try:
        head = vault.head(runs[-1]) if runs else None
    except GovCloudError:
        return None  # the run that is due now tells of it
    return head if head and head.complete else None
