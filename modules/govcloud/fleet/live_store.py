"""A tenant's part of the object store, and the keys that were delivered from it, compared with the declaration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from govcloud.country import Country
from govcloud.fleet import delivery
from govcloud.fleet.drift import Difference, DifferenceKind, subject
from govcloud.plan import StorageIdentity
from govcloud.providers.storage import deviation, view
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.site import store_of
from govcloud.providers.storage.store import Store
from govcloud.render import TenantManifests

__all__ = ["difference", "store_differences"]

_WRONG_PAIR = ("SignatureDoesNotMatch", "InvalidAccessKeyId")
_SHOWN = 200
"""Most characters of a live value that a difference shows."""


def store_differences(
    country: Country, rendered: TenantManifests, objects: Iterable[Mapping[str, Any]]
) -> list[Difference]:
    """Return where a tenant's buckets and identities, and the content of its Secrets, are not what is declared.

    `objects` are live objects of the tenant's namespaces, its Secrets among them. Raises CloudError when the store
    cannot be read, EnvironmentProblem when its address or authority is not known here.
    """
    if not rendered.buckets:
        return []
    cloud = country.clouds[rendered.cloud]
    secrets = {subject(item): item for item in objects if item["kind"] == "Secret"}
    with closing(Store(store_of(cloud), os.environ)) as store:
        seen = view.look(store)
        space = NameSpace.of(country.name, rendered.tenant, country.tenants)
        compared = deviation.compare(store, seen, rendered.buckets, rendered.identities, space)
        found = [difference(row) for row in compared]
        for identity, manifest in zip(rendered.identities, delivery.delivered(rendered), strict=True):
            live = secrets.get(subject(manifest))
            if live is not None:  # a missing one is told of with the other objects
                wanted = delivery.settings(cloud.name, identity.secret)
                works = partial(_works, store, identity)
                found += delivery.secret_differences(
                    subject(manifest), wanted, live, seen.identity(identity.name), works
                )
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

    with store.reported(f"trying the delivered key of {identity.name}"), closing(store.client(key)) as s3:
        try:
            s3.list_objects_v2(Bucket=identity.buckets[0], MaxKeys=1)
        except ClientError as error:
            return error_code(error) not in _WRONG_PAIR
    return True


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 3]}..."
