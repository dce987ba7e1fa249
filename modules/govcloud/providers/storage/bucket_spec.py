"""What a bucket shall be, or was found to be, and which declarations no store would take."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from govcloud.providers.storage import problems, statements
from govcloud.providers.storage.settings import DECLARABLE, OBJECT_LOCK, SETTINGS
from govcloud_base.errors import Problem, Text

__all__ = ["OWNERSHIP_PREFIX", "BucketSpec", "problems_of", "settings_said"]

OWNERSHIP_PREFIX: Final = "govcloud.gov.vn/"
"""Tags under this prefix say whose a bucket is; adopting one needs every such tag to be exactly as declared."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3")
_MOST_TAGS, _LONGEST_KEY, _LONGEST_VALUE = 50, 128, 256
_TAG_LETTERS: Final = re.compile(r"[\w\s+\-=._:/@]*")
"""Letters and digits of any language, spaces and these signs: what Amazon takes, and so the others."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BucketSpec:
    """What a bucket shall be, and also what one was found to be."""

    name: str
    versioning: bool = True
    encryption: bool = True
    quota_bytes: int | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    quota_objects: int | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Every further setting that is declared, by its name, as stores say it (:mod:`.settings`)."""
    grants: tuple[str, ...] = ()
    """Names of the grants whose statements may stand in its policy."""
    own_policy: bool = False
    """Whether statements of a policy of its own may stand there."""
    undeclared: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Settings that were found and that nobody declared, likewise."""

    def others(self, document: object) -> object:
        """Return what stands in a policy beside what it was told of; None where nothing does."""
        owners = [statements.grants(*self.grants), *([statements.own_policy] if self.own_policy else [])]
        return statements.beside(document, *owners)


def problems_of(spec: BucketSpec) -> list[tuple[str, Problem]]:
    """Return what is wrong with a declaration, each with the name of its input; no cloud is asked."""
    return [(name, problems.input_invalid(place, value, allowed)) for name, place, value, allowed in _faults(spec)]


def settings_said(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Problem]]]:
    """Return the settings among the inputs of a bucket as stores say them, and what is wrong with them.

    Each input has the JSON type of its setting already; one that is not given is left out, and so is one that says
    nothing.
    """
    said: dict[str, Any] = {}
    wrong: list[tuple[str, Problem]] = []
    for name in DECLARABLE:
        if (value := inputs.get(name)) is None:
            continue
        faults = list(SETTINGS[name].faults(value)) if value else []
        wrong += [(name, problems.input_invalid(f"{name}{place}", at, allowed)) for place, at, allowed in faults]
        if not faults and (text := SETTINGS[name].said(value)):
            said[name] = text
    return said, wrong


def _faults(spec: BucketSpec) -> Iterator[tuple[str, str, object, str | Text]]:
    """Yield input, place in it, what stands there and what may."""
    yield from (("name", "name", spec.name, allowed) for allowed in _name_refused(spec.name))
    for name, quota in (("quotaBytes", spec.quota_bytes), ("quotaObjects", spec.quota_objects)):
        if quota is not None and quota <= 0:
            yield name, name, quota, "> 0"
    if not any(key.startswith(OWNERSHIP_PREFIX) for key in spec.tags):
        # Without a tag of ours nobody could tell later whose bucket it is.
        yield (
            "tags",
            "tags",
            ", ".join(spec.tags),
            Text(f"at least one {OWNERSHIP_PREFIX}…", f"ít nhất một {OWNERSHIP_PREFIX}…"),
        )
    yield from _tags_refused(spec.tags)
    if OBJECT_LOCK.name in spec.settings and not spec.versioning:
        yield "versioning", "versioning", False, Text("true, as objectLock is set", "true, vì đã đặt `objectLock`")


def _name_refused(name: str) -> Iterator[str | Text]:
    if not _NAME.fullmatch(name) or ".." in name:
        yield "3-63 of a-z 0-9 - ."
        return
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        pass
    else:
        yield Text("no form of an address", "không có dạng địa chỉ IP")
    if name.startswith(_RESERVED) or name.endswith(_RESERVED_ENDS):
        taken = ", ".join([*(f"{start}…" for start in _RESERVED), *(f"…{end}" for end in _RESERVED_ENDS)])
        yield Text(f"none of {taken}", f"không thuộc {taken}")


def _tags_refused(tags: Mapping[str, str]) -> Iterator[tuple[str, str, object, str | Text]]:
    if len(tags) > _MOST_TAGS:
        yield "tags", "tags", len(tags), f"≤ {_MOST_TAGS}"
    for key, value in tags.items():
        for text, most in ((key, _LONGEST_KEY), (value, _LONGEST_VALUE)):
            if len(text) > most or not (text or text is value):
                yield "tags", f"tags[{key}]", text, Text(f"≤ {most} characters", f"≤ {most} ký tự")
            elif not _TAG_LETTERS.fullmatch(text):
                allowed = Text("letters, digits, spaces and + - = . _ : / @", "chữ, số, dấu cách và + - = . _ : / @")
                yield "tags", f"tags[{key}]", text, allowed
        if key.lower().startswith("aws:"):
            yield "tags", f"tags[{key}]", key, Text("no key aws:…", "không có khóa `aws:…`")
