"""What an identity shall be, what was issued for it, and which declarations no store would take."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.refusal import quotation
from govcloud_base.errors import Problem, Text

__all__ = ["OVERLAP_HOURS", "IdentitySpec", "Issued", "Retiring", "problems_of"]

OVERLAP_HOURS: Final = 24
"""How long an old key works beside the new one at most, where nothing else is declared."""
_MOST_HOURS: Final = 168
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


@dataclass(frozen=True, slots=True)
class IdentitySpec:
    """What an identity shall be."""

    name: str
    policy: str
    """The policy document, JSON."""
    buckets: tuple[str, ...] = ()
    """Buckets that it works on: a new key is tried on the first."""
    rotation: str = ""
    """Any change of this text issues a new key; the old one goes when the new one is in use."""
    enabled: bool = True
    """Whether its keys shall work at all."""
    expires: str | None = None
    """The last day on which they shall work, `2027-01-31`; None for no end."""
    overlap_hours: int = OVERLAP_HOURS
    """How long two keys work after a rotation at most; 0 ends the old one at once."""

    def document(self) -> Mapping[str, object]:
        """Return the policy document. Raises ValueError where `policy` is not a JSON object."""
        parsed = json.loads(self.policy)
        if not isinstance(parsed, dict):
            raise ValueError("not a JSON object")
        return parsed

    def active(self, now: datetime.datetime) -> bool:
        """Tell whether its keys shall work at this time; days are those of UTC."""
        return self.enabled and (self.expires is None or now.date() <= datetime.date.fromisoformat(self.expires))

    def effective(self, active: bool) -> Mapping[str, object]:
        """Return the document that the store shall hold for it: one that is not active may do nothing at all."""
        return self.document() if active else policy.NOTHING


@dataclass(frozen=True, slots=True)
class Retiring:
    """The key before the last rotation, while whoever holds it changes to the new one."""

    key: AccessKey
    until: datetime.datetime
    """It goes then at the latest."""
    since: datetime.datetime
    """When the new key was last tried by ourselves: only what uses it afterwards is somebody else."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An identity with the key that was issued for it."""

    spec: IdentitySpec
    key: AccessKey
    principal: str
    retiring: Retiring | None = None
    active: bool = True
    """Whether its keys were left working when it was last brought to what is declared."""


def problems_of(spec: IdentitySpec, now: datetime.datetime | None = None) -> list[tuple[str, Problem]]:
    """Return what is wrong with a declaration, each with the name of its input; no cloud is asked.

    `now` is given for a new identity, which may not be over before it begins.
    """
    return [(name, problems.input_invalid(name, value, allowed)) for name, value, allowed in _faults(spec, now)]


def _faults(spec: IdentitySpec, now: datetime.datetime | None) -> Iterator[tuple[str, object, str | Text]]:
    if not _NAME.fullmatch(spec.name):
        yield "name", spec.name, "2-63 of a-z 0-9 -"
    try:
        statements = spec.document().get("Statement")
    except ValueError as error:
        yield "policy", quotation(str(error)), Text("a JSON policy document", "một chính sách dạng JSON")
    else:
        if not statements:
            yield "policy", Text("no Statement", "không có `Statement`"), "≥ 1 Statement"
    if not 0 <= spec.overlap_hours <= _MOST_HOURS:
        yield "overlapHours", spec.overlap_hours, f"0..{_MOST_HOURS}"
    if spec.expires is not None:
        try:
            last = datetime.date.fromisoformat(spec.expires)
        except ValueError:
            yield "expires", spec.expires, Text("a day such as 2027-01-31", "một ngày, ví dụ 2027-01-31")
        else:
            if now is not None and last < now.date():
                yield "expires", spec.expires, f"≥ {now.date()}"
