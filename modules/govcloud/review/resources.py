"""What comes, goes and changes in the cloud: rendered from both revisions and compared object by object."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from govcloud import render
from govcloud.country import Country
from govcloud.render import Rendering, TenantManifests

__all__ = ["Resources", "resources"]

_MOST_STACKS = 300
"""Beyond that a list of objects helps nobody; the change is a matter of the whole country anyway."""
_NAMED = ("Namespace", "Bucket")


@dataclass(frozen=True)
class Resources:
    """Objects that differ between two revisions."""

    stacks: tuple[str, ...]
    """Stacks whose objects differ, in the order in which they are provisioned."""
    gained: tuple[tuple[str, str], ...]
    """(kind, name) of namespaces and buckets that are made."""
    lost: tuple[tuple[str, str], ...]
    """(kind, name) of namespaces and buckets that are deleted."""
    objects: tuple[tuple[str, int, int, int], ...]
    """Of each other kind: how many are made, changed and deleted."""


def resources(base: Country, head: Country) -> Resources | None:
    """Return what differs; None where so many stacks are affected that nobody would read it.

    Expects countries without errors, as they stand on the day (rules.require).
    """
    # What is in a cluster besides tenants follows from the controls, whose changes are told by themselves.
    kept = {f"cluster.{name}" for name in base.clouds.keys() & head.clouds.keys()}
    before, after = ([name for name in country.stacks() if name not in kept] for country in (base, head))
    names = (*after, *(name for name in before if name not in after))
    if len(names) > _MOST_STACKS:
        return None
    stacks, counts = [], {sign: Counter[str]() for sign in "+~-"}
    named: dict[str, list[tuple[str, str]]] = {"+": [], "-": []}
    for name in names:
        old = _objects(base, name) if name in before else {}
        new = _objects(head, name) if name in after else {}
        differing = {
            "+": [key for key in new if key not in old],
            "-": [key for key in old if key not in new],
            "~": [key for key in new if key in old and new[key] != old[key]],
        }
        if any(differing.values()):
            stacks.append(name)
        for sign, keys in differing.items():
            for kind, label in keys:
                if kind in _NAMED and sign in named:
                    named[sign].append((kind, label.rpartition("/")[2]))
                else:
                    counts[sign][kind] += 1
    kinds = sorted({kind for counter in counts.values() for kind in counter})
    objects = tuple((k, counts["+"][k], counts["~"][k], counts["-"][k]) for k in kinds)
    return Resources(tuple(stacks), tuple(sorted(named["+"])), tuple(sorted(named["-"])), objects)


def _objects(country: Country, stack: str) -> dict[tuple[str, str], object]:
    rendered: Rendering = render.stack(country, stack)
    found: dict[tuple[str, str], object] = {(m["kind"], key): m for key, m in rendered.manifests.items()}
    if isinstance(rendered, TenantManifests):
        found.update({("Bucket", b.name): b for b in rendered.buckets})
        found.update({("StorageIdentity", i.name): i for i in rendered.identities})
    return found
