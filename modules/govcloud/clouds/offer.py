"""Clouds that other distributions bring to this machine, with the identities that they issue.

The product makes no cloud. A distribution that does names, as an entry point of the group `govcloud.clouds`, a function
without arguments that returns the cloud that is there now, or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Protocol

from govcloud.advice import CLOUDS
from govcloud_base.errors import Text

__all__ = ["GROUP", "OfferedCloud", "offered"]

GROUP = CLOUDS


class OfferedCloud(Protocol):
    """A cloud on this machine, running or not."""

    @property
    def said(self) -> Text:
        """What it is, as a command that takes it says: `Embedded cloud of /state`."""

    @property
    def kubeconfig(self) -> str:
        """Path of the platform engineer's kubeconfig."""

    @property
    def site(self) -> Mapping[str, str | bool | list[str]]:
        """What a declaration says of it: answers to questions of `govcloud new cloud`, by the names of the options."""

    def enter(self, path: str) -> Mapping[str, str]:
        """Return the variables with which a command uses this cloud; `path` is the caller's PATH.

        Raises GovCloudError where what the cloud keeps on this machine cannot be read.
        """

    def identity(self, user: str, group: str) -> str:
        """Return a kubeconfig (YAML, with a private key) for `user` in an identity group, good for an hour.

        Raises GovCloudError where the cloud cannot issue it.
        """


def offered() -> OfferedCloud | None:
    """Return the first cloud that is there, by the names of the entry points; None where nobody offers one.

    Raises GovCloudError where what is left of a cloud cannot be read.
    """
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name):
        found: OfferedCloud | None = entry.load()()
        if found is not None:
            return found
    return None
