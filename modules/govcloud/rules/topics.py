"""What a declaration is about, as words that others share: two declarations that rules look at together share one.

A topic is a relation and a value: `end H41` is on every link with an end at H41, `code H41` on the agency itself. Each
kind says its own (:meth:`govcloud.model.declaration.Declaration.topics`). They let a review find the few declarations
that a change can concern without reading all the others (:mod:`govcloud.rules.neighbourhood`).
"""

from __future__ import annotations

from collections.abc import Iterable

from govcloud.model.declaration import Declaration

__all__ = ["topics", "values"]


def topics(country: str, declared: Declaration) -> frozenset[str]:
    """Return the topics of a declaration of the country called `country`."""
    return frozenset((f"{declared.kind} {declared.name}", *declared.topics(country)))


def values(found: Iterable[str], *relations: str) -> set[str]:
    """Return the values of those topics that stand in one of `relations`."""
    return {value for topic in found for relation, _, value in (topic.partition(" "),) if relation in relations}
