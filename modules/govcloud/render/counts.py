"""How many objects of each kind a zone may hold in the cluster's own store, which all tenants share (TEN-03).

The kinds are those that a role lets a tenant create, and those that controllers make in its name for as long as it
likes: whatever a role gains is counted from then on. How many follows from the zone's pods, so the tenant's own quota
tree bounds it, and from the level's table.
"""

from __future__ import annotations

from functools import cache

from govcloud.model.level import Room
from govcloud.render import access

__all__ = ["counted", "counts", "creatable"]

_MADE_FOR_THEM = frozenset({("apps", "replicasets"), ("apps", "controllerrevisions")})
"""Kinds of which controllers keep as many as a tenant's workload says. Events are not counted: the API server drops
them after an hour, and its quotas cannot count them."""

_KEPT = {"pods": 3, "jobs.batch": 3, "replicasets.apps": 6, "controllerrevisions.apps": 6}
"""Kinds of which old ones are kept, with how many times the room of others they need: a Deployment, StatefulSet or
DaemonSet keeps ten old revisions unless told otherwise, a CronJob three good runs and a failed one, pods included."""


@cache
def creatable() -> frozenset[tuple[str, str]]:
    """Return the kinds that some role lets a tenant create, as API group and plural."""
    return frozenset(
        (group, resource)
        for rule in access.rules()
        if "create" in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        if "/" not in resource
    )


@cache
def counted() -> tuple[str, ...]:
    """Return the kinds that are counted, as a quota names them after `count/`: `secrets`, `jobs.batch`."""
    return tuple(sorted(f"{plural}.{group}" if group else plural for group, plural in creatable() | _MADE_FOR_THEM))


def counts(pods: int, room: Room) -> dict[str, int]:
    """Return how many of each kind a zone with a quota of `pods` may hold."""
    return {kind: room.objects + room.objects_of_pod * pods * _KEPT.get(kind, 1) for kind in counted()}
