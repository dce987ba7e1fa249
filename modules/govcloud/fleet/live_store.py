"""A tenant's part of the object store, and the keys that were delivered from it, compared with the declaration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from govcloud.country import Country
from govcloud.errors import Text
from govcloud.fleet import delivery
from govcloud.fleet.drift import Difference, DifferenceKind, subject
from govcloud.model.cloud import Cloud
from govcloud.plan import StorageIdentity
from govcloud.providers.storage import deviation
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.site import store_of
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View, look
from govcloud.render import TenantManifests

__all__ = ["Stores", "difference", "store_differences"]

_WRONG_PAIR = ("SignatureDoesNotMatch", "InvalidAccessKeyId")
_SHOWN = 200
"""Most characters of a live value that a difference shows."""


class Stores:
    """The stores of a country's clouds, each opened and read once: for comparing many stacks one after the other."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Store, View]] = {}

    def of(self, cloud: Cloud) -> tuple[Store, View]:
        """Return the store of a cloud, and what was seen in it. Raises CloudError or EnvironmentProblem."""
        if cloud.name not in self._known:
            store = Store(store_of(cloud), os.environ)
            try:
                self._known[cloud.name] = store, look(store)
            except BaseException:
                store.close()
                raise
        return self._known[cloud.name]

    def close(self) -> None:
        """Release what was opened, and forget what was seen."""
        while self._known:
            self._known.popitem()[1][0].close()


def store_differences(
    country: Country, rendered: TenantManifests, objects: Iterable[Mapping[str, Any]], stores: Stores
) -> list[Difference]:
    """Return where a tenant's buckets and identities, and the content of its Secrets, are not what is declared.

    `objects` are live objects of the tenant's namespaces, its Secrets among them. On a cloud where no tenant declares a
    bucket no store is asked. Raises CloudError when the store cannot be read, EnvironmentProblem when its address or
    authority is not known here.
    """
    cloud = country.clouds[rendered.cloud]
    if not any(t.spec.cloud == cloud.name and t.spec.storage.buckets for t in country.tenants.values()):
        return []
    secrets = {subject(item): item for item in objects if item["kind"] == "Secret"}
    store, seen = stores.of(cloud)
    space = NameSpace.of(country.name, rendered.tenant, country.tenants)
    compared = deviation.compare(store, seen, rendered.buckets, rendered.identities, space)
    found = [difference(row) for row in compared]
    for identity, manifest in zip(rendered.identities, delivery.delivered(rendered), strict=True):
        live = secrets.get(subject(manifest))
        if live is not None:  # a missing one is told of with the other objects
            wanted, owner = delivery.settings(cloud.name, identity.secret), seen.identity(identity.name)
            works = partial(_works, store, identity)
            found += delivery.secret_differences(subject(manifest), wanted, live, owner, works)
    return sorted(found)


def difference(row: Deviation) -> Difference:
    """Return a deviation of the store as drift tells of it."""
    if row.setting:
        return Difference(row.subject, DifferenceKind.CHANGED, row.setting, row.declared, _short(row.live), row.person)
    kind = DifferenceKind.UNDECLARED if row.declared == "absent" else DifferenceKind.MISSING
    return Difference(row.subject, kind, person=row.person)


def _works(store: Store, identity: StorageIdentity, key: AccessKey) -> bool:
    """Return whether the store takes the pair for what it is; what the pair may do is not asked here."""
    from botocore.exceptions import ClientError

    action = Text(f"trying the delivered key of {identity.name}", f"việc thử khóa đã giao của {identity.name}")
    with store.reported(action), closing(store.client(key)) as s3:
        try:
            s3.list_objects_v2(Bucket=identity.buckets[0], MaxKeys=1)
        except ClientError as error:
            return error_code(error) not in _WRONG_PAIR
    return True


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 3]}..."
