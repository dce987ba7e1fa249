"""The last whole examination of a cluster, remembered by this user's machine, so that `up` need not repeat it.

A cluster is known by the uid of its namespace kube-system: one that was made anew at the same address is another.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from govcloud.clouds.request import Api, Request, resource
from govcloud.examination.finding import Finding
from govcloud_base import own_file
from govcloud_base.user_folders import cache_folder

__all__ = ["Remembered", "cluster_of", "keep", "recall"]

_FORMAT = 1
_MOST_BYTES = 1 << 20
_MOST_FILES = 100


@dataclass(frozen=True)
class Remembered:
    """What an examination found, and when."""

    at: datetime.datetime
    findings: tuple[Finding, ...]


def cluster_of(api: Api) -> str | None:
    """Return what tells a cluster from all others; None where it cannot be asked."""
    answer = api.send(Request("GET", resource("", "namespaces", "kube-system")))
    uid = (answer.json().get("metadata") or {}).get("uid")
    return str(uid) if answer.ok and uid else None


def keep(cluster: str, findings: Iterable[Finding], at: datetime.datetime) -> None:
    """Remember the findings of a whole examination. Raises OSError where this user's cache cannot be written."""
    kept = {"format": _FORMAT, "at": at.isoformat(), "findings": [finding.as_dict() for finding in findings]}
    own_file.write(_file(cluster), json.dumps(kept, ensure_ascii=False).encode(), _MOST_FILES)


def recall(cluster: str) -> Remembered | None:
    """Return what the last whole examination of a cluster found; None where nothing believable is remembered."""
    try:
        kept = json.loads(own_file.read(_file(cluster), _MOST_BYTES))
        if kept["format"] != _FORMAT:
            return None
        found = tuple(Finding.of(one) for one in kept["findings"])
        return Remembered(datetime.datetime.fromisoformat(kept["at"]), found)
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        return None


def _file(cluster: str) -> Path:
    name = hashlib.sha256(cluster.encode()).hexdigest()[:32]
    return cache_folder() / "examinations" / f"{name}.json"
