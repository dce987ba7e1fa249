"""One setting of a bucket beside tags, versioning, encryption and quota: read, written, taken away and judged alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govcloud_base.errors import Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Fault", "Setting", "line", "same"]

Fault = tuple[str, object, str | Text]
"""What is wrong in a declared value: the place in it (`[0].days`, '' for the whole), what stands there, what may."""


def _nothing_wrong(declared: Any) -> Iterator[Fault]:
    return iter(())


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one setting is kept on a bucket.

    It has two forms: as it is declared, and as a store says it ("said": plain data, in one order, without what servers
    add on their own). Both are empty where nothing is set. What is compared is what is said.
    """

    name: str
    """Input of the bucket, and how reports call it."""
    capability: str
    """What the store must be seen to do before it is written."""
    shape: type
    """JSON type of the declared form."""
    absent: tuple[str, ...]
    """Codes with which servers say that it is not set."""
    read: Callable[[S3Client, str], Any]
    """Returns what the store says; empty for a setting that says nothing."""
    write: Callable[[S3Client, str, Any], object] | None
    """Takes what shall be said; None for a setting that nobody may declare."""
    remove: Callable[[S3Client, str], object] | None
    """Only ever called when a read just found it; None for one that no store takes back."""
    said: Callable[[Any], Any] = _as_it_is
    """Turns the declared form into what a store says of it."""
    declared: Callable[[Any], Any] = _as_it_is
    """Turns what a store says into the form in which one would declare it."""
    faults: Callable[[Any], Iterator[Fault]] = _nothing_wrong
    """Yields what no store would take, without asking one."""
    default: Any = None
    """What stores may say where nobody set it; then it counts as not set for whoever declares nothing."""
    watched: bool = False
    """Whether it is looked for where nobody declared it, and then taken away: it opens the bucket, or ends data."""


def same(one: object, other: object) -> bool:
    """Say whether two things that stores said are the same."""
    return line(one) == line(other)


def line(said: object) -> str:
    """Return what a store said as one line of text; '' for nothing."""
    return json.dumps(said, sort_keys=True, ensure_ascii=False, default=str) if said else ""
