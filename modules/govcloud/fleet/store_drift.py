"""A tenant's part of the object store, and the keys that were delivered from it, compared with the declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.model.cloud import Cloud
from govcloud.providers.storage import delivery, deviation, strangers
from govcloud.providers.storage.deviation import PRESENT, Deviation, NameSpace
from govcloud.render import TenantManifests

__all__ = ["difference", "store_differences", "strange_buckets"]

_SHOWN = 200
"""Most characters of a live value that a difference shows."""


def store_differences(
    country: Country, rendered: TenantManifests, objects: Iterable[Mapping[str, Any]], connection: Connection
) -> list[Difference]:
    """Return where a tenant's buckets and identities, and the content of its Secrets, are not what is declared.

    `objects` are live objects of the tenant's namespaces, its Secrets among them. On a cloud where no tenant declares a
    bucket no store is asked. Raises CloudError when the store cannot be read or its address is not known here,
    EnvironmentProblem when its authority is not.
    """
    cloud = country.clouds[rendered.cloud]
    if not _in_use(country, cloud):
        return []
    there = [(item["metadata"], item) for item in objects if item["kind"] == delivery.KIND]
    secrets = {f"{known['namespace']}/{known['name']}": item for known, item in there}
    store, seen, around = connection.store, connection.stored(), connection.environment
    space = NameSpace.of(country.name, rendered.tenant, country.tenants)
    found = list(map(difference, deviation.compare(store, seen, rendered.buckets, rendered.identities, space)))
    # A Secret that is not there is told of with the other objects.
    for row in delivery.compare(store, seen, rendered.identities, secrets, cloud.name, around):
        home, name = row.name.split("/")
        subject = f"{home}/{delivery.KIND}/{name}"
        found.append(Difference(subject, DifferenceKind.CHANGED, row.setting, row.declared, row.live))
    return sorted(found)


def strange_buckets(country: Country, connection: Connection) -> list[Difference]:
    """Return the buckets in a cloud's store that look like the platform's and are of no tenant there.

    What lies in a tenant's own name space is told of with that tenant. Asks and raises as :func:`store_differences`.
    """
    cloud = connection.cloud
    if not _in_use(country, cloud):
        return []
    tenants, backups = strangers.owners(country, cloud.name), strangers.backups(country, cloud.name)
    return [difference(row) for row in strangers.buckets(connection.store, country.name, tenants, backups)]


def _in_use(country: Country, cloud: Cloud) -> bool:
    return any(t.spec.cloud == cloud.name and t.spec.storage.buckets for t in country.tenants.values())


def difference(row: Deviation) -> Difference:
    """Return a deviation of the store as drift tells of it."""
    if row.setting:
        return Difference(row.subject, DifferenceKind.CHANGED, row.setting, row.declared, _short(row.live), row.person)
    kind = DifferenceKind.UNDECLARED if row.declared == "absent" else DifferenceKind.MISSING
    worn = _short(row.live) if kind is DifferenceKind.UNDECLARED and row.live != PRESENT else ""
    return Difference(row.subject, kind, live=worn, person=row.person)


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 3]}..."
