"""Which buckets a word means: those of a cloud or of a tenant, or the one of that name, with whose each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.model.tenant import Tenant
from govcloud.plan import BucketSpec, StorageIdentity
from govcloud.render import storage
from govcloud_base.errors import Problem, Text, UsageError

__all__ = ["Declared", "Meant", "declared_buckets", "identities", "meant", "not_a_bucket"]


@dataclass(frozen=True, slots=True)
class Declared:
    """A bucket that somebody declared."""

    cloud: str
    tenant: str
    level: int
    share_class: str
    """Sharing class: private, shared or open."""
    planned: BucketSpec

    @property
    def name(self) -> str:
        """Its name in the store."""
        return self.planned.name


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word was found to mean."""

    cloud: str
    buckets: tuple[Declared, ...]
    """Those that are declared there; of a bucket that nobody declared, none."""
    bucket: str | None = None
    """The bucket that was named, where it was one."""
    prefix: str = ""
    """Beginning of keys that was named with it."""


def declared_buckets(country: Country, cloud: str | None = None) -> Iterator[Declared]:
    """Yield the buckets that the country's tenants declare, or those on one cloud, by tenant and environment.

    Of a tenant that cannot be read nothing is known.
    """
    for tenant in country.tenants.values():
        if cloud in (None, tenant.spec.cloud) and tenant.name not in country.unread:
            yield from _of_tenant(country, tenant)


def _of_tenant(country: Country, tenant: Tenant) -> Iterator[Declared]:
    for environment in tenant.spec.environments:
        for planned in storage.buckets(country, tenant, environment):
            share_class = tenant.spec.storage.buckets[planned.label].share_class
            yield Declared(tenant.spec.cloud, tenant.name, tenant.spec.level, share_class, planned)


def identities(country: Country, cloud: str) -> Iterator[StorageIdentity]:
    """Yield the identities that tenants have on the store of a cloud."""
    for tenant in country.tenants.values():
        if tenant.spec.cloud == cloud:
            found = (storage.identity(country, tenant, environment) for environment in tenant.spec.environments)
            yield from (identity for identity in found if identity is not None)


def meant(country: Country, word: str, cloud: str | None = None) -> Meant:
    """Return what `word` means: a cloud, a tenant, or a bucket with `/` and the beginning of keys where one is wanted.

    A bucket that nobody declared is found where its `cloud` is named. Raises UsageError (GC-STORE-040) for anything
    else, with the nearest word; GovCloudError for a tenant that cannot be read.
    """
    if cloud is not None and cloud not in country.clouds:
        raise UsageError(_unknown(cloud, sorted(country.clouds)))
    if word in country.clouds:
        return Meant(word, tuple(declared_buckets(country, word)))
    if word in country.tenants:
        country.require_read(word)
        tenant = country.tenants[word]
        return Meant(tenant.spec.cloud, tuple(_of_tenant(country, tenant)))
    name, _, prefix = word.partition("/")
    known = {bucket.name: bucket for bucket in declared_buckets(country, cloud)}
    if name in known:
        return Meant(known[name].cloud, (known[name],), name, prefix)
    if cloud is not None:
        return Meant(cloud, (), name, prefix)
    raise UsageError(_unknown(name, [*country.clouds, *country.tenants, *known]))


def not_a_bucket(word: str) -> Problem:
    """GC-STORE-041: a cloud or a tenant was named where one bucket is meant."""
    return Problem(
        code="GC-STORE-041",
        message=Text("names no bucket", "không phải tên một kho"),
        value=word,
        fix=Text(
            f"name one of its buckets; `govcloud storage ls {word}` lists them",
            f"nêu tên một kho; `govcloud storage ls {word}` liệt kê các kho",
        ),
    )


def _unknown(word: str, known: list[str]) -> Problem:
    english, vietnamese = did_you_mean(word, known)
    return Problem(
        code="GC-STORE-040",
        message=Text(
            "neither a cloud nor a tenant nor a bucket of this country",
            "không phải đám mây, tenant hay kho nào của quốc gia này",
        ),
        value=word,
        fix=Text(
            english or "name one that is declared; of another bucket name its cloud with --cloud",
            vietnamese or "nêu tên đã khai báo; với kho khác, nêu đám mây bằng --cloud",
        ),
    )
