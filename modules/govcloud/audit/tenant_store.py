"""A tenant's own access to the object store, with the keys that the platform delivered into its namespace."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError
from govcloud.audit.object_store import Key, StoreSession
from govcloud.audit.request import Request, resource

__all__ = ["PREFIX", "delivered_key", "probe_object", "session"]

PREFIX = ".govcloud-audit/"
"""Under this prefix the audit writes in tenants' buckets, and nowhere else."""


def delivered_key(tenant: str, access: Access) -> Key:
    """Return the tenant's key, read with the tenant's own credential; raises BlindError where there is none."""
    owner = access.tenants[tenant]
    if owner.credentials is None:
        raise BlindError(f"no keys of the object store were declared for {tenant}")
    namespace, name = owner.credentials
    request = Request("GET", resource("", "secrets", name, namespace))
    answer = owner.api.send(request)
    if not answer.ok:
        # the body may hold what no report may repeat; of a refusal only the server's own words are kept
        raise BlindError(f"{request}: {answer}")
    data = answer.json().get("data") or {}
    try:
        access_key, secret_key = (
            base64.b64decode(data[name]).decode() for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        )
    except (KeyError, binascii.Error, UnicodeDecodeError):
        raise BlindError(f"{request}: the Secret holds no key pair") from None
    return Key(access_key, secret_key)


def session(tenant: str, access: Access) -> StoreSession:
    """Return calls signed with the tenant's key."""
    return access.store.signed(delivered_key(tenant, access))


@contextmanager
def probe_object(owner: StoreSession, access: Access, bucket: str, name: str) -> Iterator[str]:
    """Put a small object under the audit's prefix; yield its key; remove what can be removed afterwards."""
    key = PREFIX + name
    answer, _ = owner.call("put_object", Bucket=bucket, Key=key, Body=b"govcloud audit")
    if not answer.ok:
        raise BlindError(f"put_object {bucket}/{key}: {answer.status} {answer.text}")
    try:
        yield key
    finally:
        owner.call("delete_object", Bucket=bucket, Key=key)
        _remove_versions(access.janitor, bucket, key)


def _remove_versions(janitor: StoreSession | None, bucket: str, key: str) -> None:
    if janitor is None:
        return
    _, listing = janitor.call("list_object_versions", Bucket=bucket, Prefix=key)
    for entry in [*listing.get("Versions", ()), *listing.get("DeleteMarkers", ())]:
        if entry["Key"] == key:
            janitor.call("delete_object", Bucket=bucket, Key=key, VersionId=entry["VersionId"])
