"""A tenant's own access to the object store, with the keys that the platform delivered into its namespace."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import Key, StoreSession
from govcloud.clouds.request import Request, resource
from govcloud_base.errors import Text

__all__ = ["PREFIX", "PROBE", "delivered_key", "each_bucket", "probe_folder", "session"]

PREFIX = ".govcloud-audit/"
"""Under this prefix the audit writes in tenants' buckets, and nowhere else."""
PROBE = "probe"
"""Name of the object that stands in a probe folder from the start."""
_NULL = "null"
"""Id of what was written while versioning was suspended."""


def delivered_key(tenant: str, access: Access) -> Key:
    """Return the tenant's key, read with the tenant's own credential; raises BlindError where there is none."""
    owner = access.tenants[tenant]
    if owner.credentials is None:
        raise BlindError(
            Text(
                f"no keys of the object store were declared for {tenant}",
                f"{tenant} không khai báo khóa nào của kho đối tượng",
            )
        )
    namespace, name = owner.credentials
    request = Request("GET", resource("", "secrets", name, namespace))
    answer = owner.api.send(request)
    if answer.status == 404:
        raise BlindError(
            Text(
                f"the Secret {namespace}/{name} with the keys is not there; STO-01.delivery judges it",
                f"không có Secret {namespace}/{name} chứa khóa; STO-01.delivery xét việc này",
            )
        )
    if not answer.ok:
        # the body may hold what no report may repeat; of a refusal only the server's own words are kept
        raise BlindError(answer.to(request))
    data = answer.json().get("data") or {}
    try:
        access_key, secret_key = (
            base64.b64decode(data[name]).decode() for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        )
    except (KeyError, binascii.Error, UnicodeDecodeError):
        raise BlindError(
            Text(
                f"the Secret {namespace}/{name} holds no key pair; STO-01.delivery judges it",
                f"Secret {namespace}/{name} không chứa cặp khóa; STO-01.delivery xét việc này",
            )
        ) from None
    return Key(access_key, secret_key)


def session(tenant: str, access: Access) -> StoreSession:
    """Return calls signed with the tenant's key."""
    return access.store.signed(delivered_key(tenant, access))


def each_bucket(names: Iterable[str], examine: Callable[[str], list[Finding]]) -> list[Finding]:
    """Examine one bucket after the other; one that cannot be looked at, such as a full one, is an ERROR by name."""
    findings: list[Finding] = []
    for name in names:
        try:
            findings += examine(name)
        except BlindError as blinded:
            findings.append(Finding(Text.quoted(f"bucket {name}"), Verdict.ERROR, blinded.reason))
    return findings


@contextmanager
def probe_folder(owner: StoreSession, access: Access, bucket: str) -> Iterator[str]:
    """Put a small object into a folder under the audit's prefix; yield the folder, which ends with `/`, and empty it.

    The folder is drawn anew each time: what an earlier run could not take back never stands in the way of this one.
    Raises BlindError where the owner may not write.
    """
    folder = f"{PREFIX}{secrets.token_hex(8)}/"
    answer, _ = owner.call("put_object", Bucket=bucket, Key=folder + PROBE, Body=b"govcloud audit")
    if not answer.ok:
        raise BlindError(answer.to(f"put_object {bucket}/{folder}{PROBE}"))
    try:
        yield folder
    finally:
        if access.janitor is not None:
            _destroy(access.janitor, bucket, folder)
        else:
            _delete(owner, bucket, folder)


def _destroy(janitor: StoreSession, bucket: str, folder: str) -> None:
    """Remove every version and marker in the folder for good."""
    _, listing = janitor.call("list_object_versions", Bucket=bucket, Prefix=folder)
    for entry in listing.get("DeleteMarkers", ()):
        if entry["VersionId"] == _NULL:
            # Stores exist that keep such a marker whatever they answer. An object over it takes its place, and can go.
            _, cover = janitor.call("put_object", Bucket=bucket, Key=entry["Key"], Body=b"")
            if made := cover.get("VersionId"):
                janitor.call("delete_object", Bucket=bucket, Key=entry["Key"], VersionId=made)
    for entry in [*listing.get("Versions", ()), *listing.get("DeleteMarkers", ())]:
        janitor.call("delete_object", Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])


def _delete(owner: StoreSession, bucket: str, folder: str) -> None:
    """Delete the objects in the folder as their owner can, which leaves their versions.

    Where versioning is suspended a few bytes stay instead: a deletion would leave a marker that nobody can remove.
    """
    answer, state = owner.call("get_bucket_versioning", Bucket=bucket)
    if not answer.ok or state.get("Status") == "Suspended":
        return
    _, listing = owner.call("list_objects_v2", Bucket=bucket, Prefix=folder)
    for entry in listing.get("Contents", ()):
        owner.call("delete_object", Bucket=bucket, Key=entry["Key"])
