"""A tenant's part of the object store and the keys that were delivered from it, compared with the declaration."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from govcloud.country import Country
from govcloud.fleet.drift import Difference, DifferenceKind, subject
from govcloud.plan import AUTHORITY, SecretTarget, StorageIdentity
from govcloud.providers.storage import deviation, view
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.site import authority_of, store_of
from govcloud.providers.storage.store import Store
from govcloud.render import TenantManifests

__all__ = ["delivered", "difference", "secret_differences", "store_differences"]

_ACCESS, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_DELIVERED, _WITHHELD = "as delivered", "another value"
"""How the content of a Secret is shown."""
_WRONG_PAIR = ("SignatureDoesNotMatch", "InvalidAccessKeyId")
_SHOWN = 200
"""Most characters of a live value that a difference shows."""


def delivered(rendered: TenantManifests) -> list[dict[str, Any]]:
    """Return the Secrets with keys of a tenant as manifests that say all of them but their content."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {"name": target.name, "namespace": target.namespace, "labels": dict(target.labels)},
        }
        for target in (identity.secret for identity in rendered.identities)
    ]


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
        for identity, manifest in zip(rendered.identities, delivered(rendered), strict=True):
            live = secrets.get(subject(manifest))
            if live is not None:  # a missing one is told of with the other objects
                settings = _settings(cloud.name, identity.secret)
                works = partial(_works, store, identity)
                found += secret_differences(subject(manifest), settings, live, seen.identity(identity.name), works)
    return sorted(found)


def difference(row: Deviation) -> Difference:
    """Return a deviation of the store as drift tells of it."""
    if row.setting:
        return Difference(row.subject, DifferenceKind.CHANGED, row.setting, row.declared, _short(row.live), row.person)
    kind = DifferenceKind.UNDECLARED if row.declared == "absent" else DifferenceKind.MISSING
    return Difference(row.subject, kind, person=row.person)


def secret_differences(
    name: str,
    settings: Mapping[str, str],
    live: Mapping[str, Any],
    identity: LiveIdentity | None,
    works: Callable[[AccessKey], bool],
) -> list[Difference]:
    """Return where the content of a delivered Secret is not what it shall be; no value of it is ever shown.

    `settings` is all that the Secret shall hold besides the keys, which shall be those of `identity`; `works` tells
    whether the store takes a pair.
    """
    data = {key: _decoded(value) for key, value in (live.get("data") or {}).items()}
    wrong = data.keys() - {_ACCESS, _SECRET, *settings}
    wrong |= {key for key, value in settings.items() if data.get(key) != value}
    access, secret = data.get(_ACCESS), data.get(_SECRET)
    if identity is not None and access not in identity.access_keys:
        wrong.add(_ACCESS)
    elif access is None or secret is None:
        wrong |= {key for key, value in ((_ACCESS, access), (_SECRET, secret)) if value is None}
    elif identity is not None and identity.enabled and not works(AccessKey(access, secret)):
        wrong.add(_SECRET)
    declared = {*settings, _ACCESS, _SECRET}
    return [
        Difference(
            name,
            DifferenceKind.CHANGED,
            f"data.{key}",
            _DELIVERED if key in declared else "absent",
            _WITHHELD if key in data else "absent",
        )
        for key in sorted(wrong)
    ]


def _decoded(value: object) -> str | None:
    """Return a value of a Secret as text; None for what is none, and so differs from all that was delivered."""
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _settings(cloud: str, target: SecretTarget) -> dict[str, str]:
    """Return what is delivered into a Secret besides the keys."""
    authority = {AUTHORITY: authority_of(cloud, target.authority_from)} if target.authority_from else {}
    return {**target.settings, **authority}


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
