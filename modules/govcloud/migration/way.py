"""From where to where a bucket moves, and the bucket at the other end: made for the move and marked, or refused."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from govcloud.backup.listing import is_versioned
from govcloud.country import Country
from govcloud.migration import problems
from govcloud.model import names
from govcloud.model.tenant import Tenant
from govcloud.providers.storage import bucket
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.deviation import bucket_spec
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud.rules import backups, separation, stores
from govcloud_base.errors import CloudError, GovCloudError, Problem, Severity, UsageError

__all__ = ["Way", "prepare", "there", "wanted"]

_COMING = names.label("moves-from")
"""Tag of a bucket that is filled by a move: nothing else was ever written into it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One bucket's move."""

    bucket: str
    """Its name, the same in both stores."""
    label: str
    """Its name in the tenant's file."""
    environment: str
    source: Store
    target: Store
    versioned: bool
    """Whether the source keeps versions."""
    keeps: bool
    """Whether the target does."""


def there(country: Country, tenant: Tenant, cloud: str, today: datetime.date) -> Tenant:
    """Return the tenant as it would be with its buckets on another cloud.

    Raises UsageError where its agency may not use that cloud's store, or it is the one that the tenant uses
    (GC-MOVE-001), or the tenant has no buckets (GC-MOVE-002); GovCloudError where that store lacks what the tenant's
    level or its buckets need, as the rules say of whoever is there.
    """
    possible = backups.targets(country, tenant)
    if cloud not in possible:
        raise UsageError(problems.not_a_target(cloud, possible))
    if not tenant.spec.storage.buckets:
        raise UsageError(problems.nothing_to_move(tenant.name))
    moved = tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"cloud": cloud})})
    as_moved = country.including(moved, country.document(tenant))
    if lacking := sorted(_errors(as_moved, today) - _errors(country, today), key=lambda problem: problem.code):
        raise GovCloudError(lacking)
    return moved


def _errors(country: Country, today: datetime.date) -> set[Problem]:
    found = (*stores.judge(country, today), *separation.judge(country, today))
    return {problem for problem in found if problem.severity is Severity.ERROR}


def wanted(country: Country, moved: Tenant, environment: str, source: str) -> list[tuple[str, BucketSpec]]:
    """Return the buckets of an environment as they shall be made at the target, by their names in the tenant's file.

    Rights of others are given there when the country says that the buckets are there.
    """
    specs = [(plan.label, bucket_spec(plan)) for plan in storage.buckets(country, moved, environment)]
    return [(label, dataclasses.replace(spec, grants=(), tags={**spec.tags, _COMING: source})) for label, spec in specs]


def prepare(
    source: Store, target: Store, identities: Sequence[str], environment: str, label: str, spec: BucketSpec
) -> Way:
    """Make the bucket at the target, or take up the one that an earlier run made; return the way to it.

    Raises CloudError where the two are one store (GC-MOVE-003), one is not reached over TLS (004), the bucket is not
    at the source (005), the tenant is at home in the target already (006), or as the making of a bucket does: where it
    is somebody else's, or the store can't do what it demands.
    """
    for store in (source, target):
        if not store.endpoint.url.startswith("https://"):
            raise CloudError(problems.not_encrypted(store.endpoint.url))
    if source.endpoint.url == target.endpoint.url:
        raise CloudError(problems.same_store(source.endpoint.url))
    if not source.exists(spec.name):
        raise CloudError(problems.not_there(spec.name, source.endpoint.url))
    target.adapter.open()
    if settled := [name for name in identities if target.adapter.identity(name) is not None]:
        raise CloudError(problems.at_home(settled[0], target.endpoint.url))
    bucket.create(target, spec)
    return Way(
        spec.name,
        label,
        environment,
        source,
        target,
        versioned=is_versioned(source.s3, spec.name),
        keeps=is_versioned(target.s3, spec.name),
    )
