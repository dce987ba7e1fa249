"""Where a store is not what a plan says, as plain data: the one comparison behind drift and audit.

What an update repairs and what needs a person are told apart here, since nobody else knows what the plugin can do.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from govcloud.model import names
from govcloud.plan import BucketSpec as PlannedBucket
from govcloud.plan import StorageIdentity
from govcloud.providers.storage import bucket, bucket_policy, identity
from govcloud.providers.storage.adapters import Adapter, LiveIdentity
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.settings import LIFECYCLE, OBJECT_LOCK, PUBLIC_ACCESS_BLOCK
from govcloud.providers.storage.statements import GrantSpec
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View

__all__ = [
    "PRESENT",
    "READERS",
    "Deviation",
    "NameSpace",
    "bucket_spec",
    "compare",
    "extra_buckets",
    "of_bucket",
    "of_identity",
    "readers",
]

_OVERLAP = datetime.timedelta(days=2)
"""For so many days after a rotation an old key may live: those of :data:`.identity_spec.OVERLAP_HOURS`, begun late."""
READERS = "readers"
"""Setting of a bucket: who has rights on it."""
ALTERED = "altered"
"""Stands for a right that says something else than what is planned."""
PRESENT = "present"
"""Stands for what is there where that alone is shown."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which the store is not as planned."""

    kind: str
    """`bucket`, `identity`, or `Secret` for what was delivered from the store."""
    name: str
    """Its name in the store; of a Secret, `namespace/name`."""
    setting: str
    """What differs, such as `versioning`; empty where it is the whole of it."""
    declared: str
    live: str
    person: bool = False
    """Whether no update repairs it, because somebody's data or key is at stake that was never declared."""

    @property
    def subject(self) -> str:
        """Return how reports name it: `bucket/vn-h41-prod-records`."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class NameSpace:
    """The names that a tenant's buckets may bear."""

    prefix: str
    """What each of them begins with."""
    deeper: tuple[str, ...]
    """Prefixes of other tenants that begin with it: `vn-h41-101-` takes a name out of `vn-h41-`."""

    @classmethod
    def of(cls, country: str, tenant: str, tenants: Iterable[str]) -> NameSpace:
        """Return the name space of a tenant beside all `tenants` of the country."""
        prefix = names.bucket_prefix(country, tenant)
        others = (names.bucket_prefix(country, other) for other in tenants)
        return cls(prefix, tuple(other for other in others if other.startswith(prefix) and other != prefix))

    def holds(self, name: str) -> bool:
        """Tell whether a bucket's name is one of them."""
        return name.startswith(self.prefix) and not name.startswith(self.deeper)


def compare(
    store: Store,
    view: View,
    buckets: Sequence[PlannedBucket],
    identities: Sequence[StorageIdentity],
    space: NameSpace,
) -> list[Deviation]:
    """Return where the store is not what is planned for one tenant.

    `view` was read from the store; the buckets' settings are read here. Raises CloudError where the store cannot be
    read.
    """
    found: list[Deviation] = []
    for planned in buckets:
        found += of_bucket(planned, bucket.read(store, planned.name, bucket_spec(planned)))
        found += of_grants(store, planned)
        found += readers(planned.name, [i.name for i in identities if planned.name in i.buckets], view)
    for holder in identities:
        found += of_identity(holder, view.identity(holder.name), store.adapter)
    return [*found, *extra_buckets({planned.name for planned in buckets}, space, view.buckets)]


def bucket_spec(planned: PlannedBucket) -> BucketSpec:
    """Return a planned bucket as the plugin is told of it."""
    said, _ = settings_said(
        {
            LIFECYCLE.name: list(planned.lifecycle),
            OBJECT_LOCK.name: planned.object_lock,
            PUBLIC_ACCESS_BLOCK.name: planned.closed or None,
        }
    )
    return BucketSpec(
        name=planned.name,
        versioning=planned.versioning,
        encryption=bool(planned.encryption),
        quota_bytes=planned.quota_bytes,
        quota_objects=planned.quota_objects,
        tags=planned.tags,
        settings=said,
        grants=tuple(grant.name for grant in planned.grants),
    )


def of_bucket(planned: PlannedBucket, live: BucketSpec | None) -> Iterator[Deviation]:
    """Yield where a bucket is not as planned; `live` was read with the planned bucket as its declaration."""
    if live is None:
        yield Deviation("bucket", planned.name, "", PRESENT, bucket.ABSENT)
        return
    for setting, wanted, found in bucket.differing(bucket_spec(planned), live):
        yield Deviation("bucket", planned.name, setting, wanted, found)


def of_grants(store: Store, planned: PlannedBucket) -> Iterator[Deviation]:
    """Yield the rights of others on a bucket that do not stand as planned, or that stand though they are over."""
    for grant in planned.grants:
        spec = GrantSpec(grant.name, planned.name, grant.grantee, grant.access, grant.prefix, grant.until)
        found = bucket_policy.live_grant(store, spec)
        if found is None:
            return  # that the bucket is not there is told already
        active, (there, right) = spec.active(store.now()), found
        if active != there or (there and not right):
            declared = PRESENT if active else bucket.ABSENT
            live = ALTERED if there and active else PRESENT if there else bucket.ABSENT
            yield Deviation("bucket", planned.name, f"grant to {grant.grantee}", declared, live)


def of_identity(planned: StorageIdentity, live: LiveIdentity | None, adapter: Adapter) -> Iterator[Deviation]:
    """Yield where an identity is not as planned: there, enabled, with its rights alone, and with one key."""
    if live is None:
        yield Deviation("identity", planned.name, "", PRESENT, bucket.ABSENT)
        return
    spec = IdentitySpec(planned.name, json.dumps(planned.policy), planned.buckets)
    for setting, wanted, found in identity.differing(spec, live, adapter, most=_keys_at_most(planned.rotation)):
        yield Deviation("identity", planned.name, setting, wanted, found, person=not live.managed)


def _keys_at_most(rotation: str) -> int:
    """Return how many keys an identity may have today: two for a while after its keys were replaced."""
    today = datetime.datetime.now(datetime.UTC).date()
    return 2 if rotation and today - datetime.date.fromisoformat(rotation) <= _OVERLAP else 1


def readers(name: str, planned: Iterable[str], view: View) -> Iterator[Deviation]:
    """Yield whoever has a right on the bucket and is not planned for it, but for those who provision and administer."""
    known = set(planned)
    for found in view.identities:
        if found.name not in known and not view.own(found) and found.reaches(name):
            yield Deviation("bucket", name, READERS, ", ".join(sorted(known)), found.name, person=True)


def extra_buckets(planned: set[str], space: NameSpace, there: Iterable[str]) -> Iterator[Deviation]:
    """Yield the buckets in a tenant's name space that nobody planned."""
    for name in sorted(there):
        if space.holds(name) and name not in planned:
            yield Deviation("bucket", name, "", bucket.ABSENT, PRESENT, person=True)
