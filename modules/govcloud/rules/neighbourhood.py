"""The neighbourhood of a change: the declarations whose judgement it can alter, and those that this judgement needs.

A change of one file concerns an agency and what lies below it, whoever is linked with them, and whoever pays for them;
not the other thousands of bodies. Which these are is read off the topics of declarations
(:mod:`govcloud.rules.topics`), so the work follows the change and not the size of the country.

A rule that looks at declarations together in a new way needs a topic here. Forgetting it is noticed twice: a review
falls back to the whole country where a neighbourhood does not reproduce what is known to be wrong in it, or where the
change alters what is found in other files of it; and a test compares reviews of both kinds over the corpus of planted
mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from govcloud.rules.topics import values
from govcloud_base.errors import Problem

__all__ = ["Neighbourhood", "Relations", "neighbourhood"]

_MOST = 4_000
"""Declarations beyond which looking at the whole country costs hardly more."""
_CENTRAL = {"Country", "Cloud", "ImageLock", "StoreTable"}
"""Kinds that concern everybody."""


class Relations(Protocol):
    """Which file has which topics, of all that the base or the change declares."""

    def files(self, topics: Collection[str]) -> set[str]:
        """Return the files that have any of `topics`."""

    def topics(self, files: Collection[str]) -> set[str]:
        """Return all topics of `files`."""

    def overlapping(self, files: Collection[str]) -> set[str]:
        """Return the files of segments whose pools share an address with a pool of `files`."""

    def central(self) -> set[str]:
        """Return the files of declarations that every neighbourhood holds: the country's head and its clouds."""


@dataclass(frozen=True)
class Neighbourhood:
    """Files around a change."""

    judged: frozenset[str]
    """Files whose problems the change can alter, all that matters to them being in `files`."""
    files: frozenset[str]
    """All files that are needed."""
    payers: frozenset[str]
    """Files of tenants and clouds of whose problems only those of their budgets can alter."""
    bodies: frozenset[str]
    """Codes of the agencies that budgets are summed up for: those concerned and all above them."""
    addresses: bool
    """Whether the fullness of the dedicated network can alter."""

    def concerns(self, problem: Problem) -> bool:
        """Return whether a problem is one that the change can alter."""
        file = problem.place.file if problem.place else ""
        if file in self.judged:
            return True
        if problem.code == "GC-ADDR-005":
            return self.addresses
        return file in self.payers and problem.code in ("GC-QUOTA-001", "GC-QUOTA-002")


def neighbourhood(relations: Relations, touched: Collection[str], more: Collection[str] = ()) -> Neighbourhood | None:
    """Return the neighbourhood of a change of the files `touched`; `more` are topics of agencies to have at hand.

    None where the change concerns the whole country, or so much of it that nothing would be gained.
    """
    own = relations.topics(touched)
    if values(own, *_CENTRAL):
        return None
    walk = _Walk(relations)
    concerned = walk.concerned(touched, own)
    judged = {*touched, *walk.family(concerned), *walk.links(concerned)} if len(concerned) <= _MOST else set()
    if not 0 < len(judged) <= _MOST:
        return None
    above = walk.above(concerned)
    others = walk.others(judged) | values(relations.topics(relations.files(more)), "code")
    files = {
        *judged,
        *walk.family(above | others | walk.above(others)),
        *walk.platforms(judged),
        *relations.files([topic for topic in own if topic[:1].isupper()]),  # of the same kind and name
        *relations.central(),
    }
    if len(files) > _MOST:
        return None
    return Neighbourhood(
        judged=frozenset(judged),
        files=frozenset(files),
        payers=frozenset(relations.files({f"body {code}" for code in above}) | relations.central()),
        bodies=frozenset(concerned | above),
        addresses=bool(values(own, "Segment")),
    )


class _Walk:
    """Steps from declarations to others. Agencies are meant by their codes, declarations by their files."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations

    def concerned(self, touched: Collection[str], own: Collection[str]) -> set[str]:
        """Return the agencies whose declarations the change can concern, with all that lie below them."""
        found = self.bodies(touched)
        # Whoever was merged into these, directly or through others, has them for heirs.
        merged = self._further(values(own, "code"), lambda found: values(self._topics("into", found), "code"))
        asking = {*_each(("into", "inherits", "serves", "issued"), values(own, "code") | merged)}
        asking |= {*_each(("through", "uses", "needs"), values(own, "Platform"))}
        asking |= {*_each(("of",), values(own, "Tenant"))}
        asking |= {*_each(("within",), values(own, "path"))} | {*_each(("path",), values(own, "path", "within"))}
        asking |= {topic for topic in own if topic.startswith("bucket ")}
        found |= self.bodies(self._relations.files(asking))
        found |= self.bodies(self._relations.overlapping(touched))
        found |= self._below(found)
        if values(own, "exchange") or (values(own, "code") and self._relations.files([*_each(("exchange",), found)])):
            # A body has one LGSP, wherever in it.
            found |= self.above(found)
            found |= self._below(found)
        held = values(self._relations.topics(self.family(found)), "dataset")
        joined = self._relations.files([*_each(("dataset",), held), *_each(("joins",), found)])
        return found | self.bodies(joined)

    def others(self, judged: Collection[str]) -> set[str]:
        """Return the agencies that the judgement of these declarations asks about."""
        topics = self._relations.topics(judged)
        found = self.bodies(judged) | values(topics, "inherits", "serves", "below", "issued")
        merged = values(topics, "into") | found
        found |= self._further(merged, lambda codes: values(self._topics("code", codes), "into")) | merged
        found |= self.bodies(self.platforms(judged)) | self.bodies(self._relations.overlapping(judged))
        alike = {topic for topic in topics if topic.startswith(("dataset ", "bucket "))}
        alike |= {*_each(("joins",), values(topics, "code"))}
        alike |= {*_each(("within",), values(topics, "path"))} | {*_each(("path",), values(topics, "within"))}
        return found | self.bodies(self._relations.files(alike))

    def above(self, codes: Collection[str]) -> set[str]:
        """Return all agencies above these."""
        return self._further(codes, lambda found: values(self._topics("code", found), "below"))

    def _below(self, codes: Collection[str]) -> set[str]:
        return self._further(codes, lambda found: values(self._topics("below", found), "code"))

    def bodies(self, files: Collection[str]) -> set[str]:
        """Return the agencies whose declarations these are, or that they join."""
        found = self._relations.topics(files)
        found = found | self._topics("Tenant", values(found, "of"))
        return values(found, "code", "body", "owner", "end")

    def family(self, codes: Collection[str]) -> set[str]:
        """Return the files of these agencies and of all that is theirs alone."""
        found = self._relations.files([*_each(("code", "body", "owner"), codes)])
        tenants = values(self._relations.topics(found), "Tenant")
        return found | self._relations.files([*_each(("of",), tenants)])

    def links(self, codes: Collection[str]) -> set[str]:
        """Return the files of links with an end at one of these agencies."""
        return self._relations.files([*_each(("end",), codes)])

    def platforms(self, files: Collection[str]) -> set[str]:
        """Return the files of platforms that these declarations use, and of all that those need."""
        first = values(self._relations.topics(files), "through", "uses", "needs", "Platform")
        more = self._further(first, lambda found: values(self._topics("Platform", found), "needs"))
        return self._relations.files([*_each(("Platform",), first | more)])

    def _topics(self, relation: str, wanted: Collection[str]) -> set[str]:
        return self._relations.topics(self._relations.files([*_each((relation,), wanted)]))

    @staticmethod
    def _further(start: Collection[str], step: Callable[[set[str]], set[str]]) -> set[str]:
        """Return all that repeated steps lead to from `start`."""
        found: set[str] = set()
        new = set(start)
        while new:
            new = step(new) - found
            found |= new
        return found


def _each(relations: Collection[str], found: Iterable[str]) -> Iterator[str]:
    for value in found:
        for relation in relations:
            yield f"{relation} {value}"
