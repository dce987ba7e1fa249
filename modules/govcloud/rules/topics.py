"""What a declaration is about, as words that others share: two declarations that rules look at together share one.

A topic is a relation and a value: `end H41` is on every link with an end at H41, `code H41` on the agency itself. They
let a review find the few declarations that a change can concern without reading all the others
(:mod:`govcloud.rules.neighbourhood`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from govcloud.model import names
from govcloud.model.agency import Agency
from govcloud.model.cloud import Cloud
from govcloud.model.declaration import Declaration
from govcloud.model.identifier import issuers
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant
from govcloud.model.waiver import Waiver

__all__ = ["folders", "topics", "values"]


def topics(country: str, declared: Declaration) -> frozenset[str]:
    """Return the topics of a declaration of the country called `country`."""
    return frozenset((f"{declared.kind} {declared.name}", *_topics(country, declared)))


def values(found: Iterable[str], *relations: str) -> set[str]:
    """Return the values of those topics that stand in one of `relations`."""
    return {value for topic in found for relation, _, value in (topic.partition(" "),) if relation in relations}


def folders(path: str) -> list[str]:
    """Return a path and every folder around it, the widest first: `tenants`, `tenants/h41`."""
    here = PurePosixPath(path)
    return [found.as_posix() for found in (*reversed(here.parents), here) if found.parts]


def _topics(country: str, declared: Declaration) -> Iterator[str]:
    if isinstance(declared, Agency):
        yield f"code {declared.code}"
        if declared.spec.parent:
            yield f"below {declared.spec.parent}"
            if declared.spec.parent not in issuers(declared.code):
                yield from (f"issued {code}" for code in issuers(declared.code))
        if declared.spec.merged_into:
            yield f"into {declared.spec.merged_into}"
        yield f"path {declared.spec.path}"
        yield from (f"within {folder}" for folder in folders(declared.spec.path)[:-1])
    elif isinstance(declared, Cloud):
        if declared.spec.dedicated_to:
            yield f"for {declared.spec.dedicated_to}"
    elif isinstance(declared, Tenant):
        yield f"body {declared.spec.agency}"
        yield from (f"uses {name}" for name in declared.spec.platforms)
        yield from (f"dataset {name}" for name in declared.spec.datasets)
        for environment in declared.spec.environments:
            for label in declared.spec.storage.buckets:
                yield f"bucket {names.bucket(country, declared.name, environment, label)}"
    elif isinstance(declared, Segment):
        yield f"of {declared.spec.tenant}"
        yield from (f"inherits {old.source}" for old in declared.spec.inherited)
    elif isinstance(declared, Link):
        # Zones that a direct link inside a body joins are one system to the rule about splitting.
        joins = declared.spec.kind == "internal" and declared.spec.via == "direct"
        for code in declared.spec.ends:
            yield f"end {code}"
            if joins:
                yield f"joins {code}"
        if declared.spec.platform:
            yield f"through {declared.spec.platform}"
    elif isinstance(declared, Platform):
        yield f"owner {declared.spec.owner}"
        if declared.spec.kind == "lgsp":
            yield f"lgsp {declared.spec.owner}"
        yield from (f"needs {name}" for name in declared.spec.depends_on)
        yield from (f"dataset {name}" for name in declared.spec.master_of)
        if declared.spec.consumers != "linked":
            yield from (f"serves {code}" for code in declared.spec.consumers.agencies)
    elif isinstance(declared, Waiver):
        yield f"of {declared.spec.tenant}"
