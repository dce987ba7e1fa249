"""Where the live cloud differs from the declaration, judged without Pulumi and without its state.

`pulumi refresh` compares live objects with the state and overlooks what others added; here live objects are compared
with what the declaration renders to. Pure: reading is `govcloud.clouds`' work.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from govcloud.comparison import changes
from govcloud.comparison.boundary import BOUNDARY_KINDS
from govcloud.comparison.words import in_words
from govcloud.render import key_of
from govcloud_base.errors import Language

__all__ = ["Difference", "DifferenceKind", "compare", "compare_all"]

_FIXED: Mapping[str, tuple[str, ...]] = {"ResourceQuota": ("spec.scopeSelector", "spec.scopes")}
"""Fields that the API server lets nobody change: somebody has to delete the object, and `up` makes it anew."""


class DifferenceKind(enum.StrEnum):
    """How live and declared differ."""

    MISSING = "missing"
    CHANGED = "changed"
    UNDECLARED = "undeclared"


_VIETNAMESE = {
    DifferenceKind.MISSING: "không còn",
    DifferenceKind.CHANGED: "bị thay đổi",
    DifferenceKind.UNDECLARED: "không được khai báo",
}


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One way in which the live cloud is not what was declared."""

    subject: str
    """`namespace/Kind/name`, `cluster/Kind/name`, `bucket/name` or `identity/name`."""
    kind: DifferenceKind
    field: str = ""
    """Path of the field, such as `spec.hard.pods`; empty for whole objects."""
    declared: str = ""
    live: str = ""
    """What is live; for what nobody declared, which of its fields matter."""
    person: bool = False
    """Whether it needs a person: `govcloud up` repairs only what the declaration knows of."""

    def render(self, language: Language) -> str:
        """Return the difference as one line."""
        vietnamese = language is Language.VI
        needs = (" (cần người quyết định)" if vietnamese else " (needs a person)") if self.person else ""
        if self.kind is DifferenceKind.CHANGED:
            if vietnamese:
                declared, live = (in_words(value).vi for value in (self.declared, self.live))
                return f"{self.subject} {self.field}: khai báo {declared}, thực tế {live}{needs}"
            return f"{self.subject} {self.field}: declared {self.declared}, live {self.live}{needs}"
        what = f" {_VIETNAMESE[self.kind]}" if vietnamese else f" is {self.kind.value}"
        return f"{self.subject}{what}{f': {self.live}' if self.live else ''}{needs}"

    def __str__(self) -> str:
        return self.render(Language.EN)


def compare(declared: Mapping[str, Any], live: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Yield how a live object differs from its declaration, additions included (:mod:`govcloud.comparison`)."""
    name = key_of(declared)
    if live is None:
        yield Difference(name, DifferenceKind.MISSING)
        return
    shown = _withheld if declared["kind"] == "Secret" else _short
    fixed = _FIXED.get(declared["kind"], ())
    for change in changes(declared, live):
        values = shown(change.declared), shown(change.live)
        person = change.field in fixed
        yield Difference(name, DifferenceKind.CHANGED, change.field, *values, person=person)


def _short(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _withheld(value: Any) -> str:
    """Return whether there is a value: no field of a Secret is shown, for people note contents in the oddest places."""
    return "absent" if value is None else "withheld"


def compare_all(
    declared: Iterable[Mapping[str, Any]], live: Iterable[Mapping[str, Any]], managed: Mapping[str, str]
) -> list[Difference]:
    """Return all differences between declared manifests and the live objects of the same namespaces and kinds.

    A live object that nobody declared is reported when it carries the labels `managed` (it claims to be ours) or when
    it is of a kind that makes up a tenant's walls. The walls are the platform's to take back; what else somebody left
    there may hold something, so a person decides.
    """
    found = {key_of(item): item for item in live}
    wanted = {key_of(item): item for item in declared}
    differences = [d for name, item in wanted.items() for d in compare(item, found.get(name))]
    for name, item in found.items():
        labels = item["metadata"].get("labels") or {}
        ours = all(labels.get(key) == value for key, value in managed.items())
        if name not in wanted and (ours or item["kind"] in BOUNDARY_KINDS):
            person = item["kind"] not in BOUNDARY_KINDS
            differences.append(Difference(name, DifferenceKind.UNDECLARED, person=person))
    return sorted(differences)
