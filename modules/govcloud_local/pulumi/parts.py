"""Which of Pulumi's parts a cloud uses: the official ones or ours; for `status` and `doctor`."""

from __future__ import annotations

import enum
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from govcloud_local import private_file

__all__ = ["Part", "PartOrigin", "load", "save"]


class PartOrigin(enum.StrEnum):
    """Who made a part."""

    OFFICIAL = "official"
    OFFLINE = "offline"
    """This project's stand-in, used where the official part is not to be had."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of Pulumi as installed in a cloud's state."""

    name: str
    """`language-host` or `kubernetes`."""
    origin: PartOrigin
    version: str
    path: str
    """The official executable, or our script."""
    reason: str = ""
    """Why the official one is not used; one line, in English, from Pulumi where it said so."""


def load(state: Path) -> list[Part]:
    """Return the parts that were installed last, none when nothing was."""
    try:
        records = json.loads((state / "pulumi-parts.json").read_text())
        return [Part(**(record | {"origin": PartOrigin(record["origin"])})) for record in records]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def save(state: Path, parts: list[Part]) -> None:
    """Remember the parts beside the cloud's state."""
    private_file.write(state / "pulumi-parts.json", json.dumps([asdict(part) for part in parts]) + "\n")
