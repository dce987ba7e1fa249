"""Which buckets are backed up, and from where to where: what a tenant's file says, and the two stores behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govcloud.backup import problems
from govcloud.backup.run import Source
from govcloud.backup.schedule import Often
from govcloud.backup.vault import Vault
from govcloud.clouds.connection import Connections
from govcloud.country import Country
from govcloud.model import names
from govcloud.providers.storage.endpoint import reported
from govcloud.providers.storage.store import Store
from govcloud.refusal import refusal
from govcloud.rules.backups import targets
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Text, UsageError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Backing", "Place", "all_places", "places", "sealing_key"]

_SIGNED = "GovcloudCloud"
_LEAST_KEY = 16
"""Bytes of a key that nobody guesses."""


@dataclass(frozen=True, slots=True)
class Place:
    """One bucket that is backed up."""

    tenant: str
    environment: str
    label: str
    bucket: str
    """Its name in the store."""
    cloud: str
    target_cloud: str
    target_bucket: str
    keep_days: int | None
    """Days for which nobody may delete a backup; None where that is not declared."""
    every: Often = "day"
    """How often there shall be one."""

    def __str__(self) -> str:
        return f"{self.tenant}/{self.environment}/{self.label}"


def places(country: Country, tenant: str, environment: str | None, labels: Sequence[str]) -> tuple[Place, ...]:
    """Return the buckets that the tenant's file says to back up: of one environment or all, of these names or all.

    Raises UsageError where what is named is not declared (GC-BACKUP-017), GovCloudError where the tenant's files cannot
    be read.
    """
    country.require_read(tenant)
    declared = country.tenants.get(tenant)
    if declared is None:
        raise UsageError(problems.not_told(tenant, ""))
    backup = declared.spec.storage.backup
    if backup is None:
        raise UsageError(problems.not_told(tenant, f"backup: {{cloud: {'|'.join(targets(country, declared))}, …}}"))
    known = declared.spec.storage.backed_up
    wrong = [problems.not_told(label, ", ".join(known)) for label in labels if label not in known]
    if environment is not None and environment not in declared.spec.environments:
        wrong.append(problems.not_told(environment, ", ".join(declared.spec.environments)))
    if wrong:
        raise UsageError(wrong)
    return tuple(
        Place(
            tenant,
            each,
            label,
            names.bucket(country.name, tenant, each, label),
            declared.spec.cloud,
            backup.cloud,
            names.backup_bucket(country.name, tenant, each),
            backup.keep_days if backup.immutable else None,
            backup.every,
        )
        for each in sorted(declared.spec.environments)
        if environment in (None, each)
        for label in known
        if not labels or label in labels
    )


def all_places(country: Country) -> tuple[Place, ...]:
    """Return every bucket of the country that is backed up; those of tenants that are gone are not.

    Of tenants that cannot be read nothing is known: whoever asks for all says so.
    """
    return tuple(
        place
        for name, tenant in sorted(country.tenants.items())
        if tenant.spec.storage.backup is not None and tenant.spec.lifecycle.state not in ("exported", "removed")
        for place in places(country, name, None, ())
    )


class Backing:
    """The stores of some places, opened when they are first used."""

    def __init__(self, country: Country, chosen: Sequence[Place]) -> None:
        """Open nothing yet."""
        clouds = {place.cloud for place in chosen} | {place.target_cloud for place in chosen}
        self._connections = Connections(country.clouds, clouds)

    def store(self, cloud: str) -> Store:
        """Return the store of a cloud, which is reached over TLS alone.

        Raises CloudError where its address or keys are not known here, or the address is not https (GC-BACKUP-015).
        """
        store = self._connections[cloud].store
        if not store.endpoint.url.startswith("https://"):
            raise CloudError(problems.not_encrypted(cloud, store.endpoint.url))
        return store

    def source(self, place: Place) -> Source:
        """Return the bucket of a place. Raises as :meth:`store`."""
        return Source(self._s3(place.cloud), place.cloud, place.bucket)

    def vault(self, place: Place) -> Vault:
        """Return the backups of a place.

        Raises as :meth:`store`; CloudError where they would lie in the same store (GC-BACKUP-024) or their bucket is
        not there (GC-BACKUP-014).
        """
        store = self.store(place.target_cloud)
        if store.endpoint.url == self.store(place.cloud).endpoint.url:
            raise CloudError(problems.same_store(place.target_cloud, store.endpoint.url))
        if not store.exists(place.target_bucket):
            raise CloudError(problems.lacking(place.target_bucket, place.target_cloud, place.tenant))
        return Vault(self._s3(place.target_cloud), place.target_bucket, place.label, place.keep_days)

    def _s3(self, cloud: str) -> S3Client:
        """Return the client of a cloud's store, whose answers say whose they are."""
        s3 = self.store(cloud).s3
        s3.meta.events.register("after-call.s3", partial(_signed, cloud), unique_id=_SIGNED)
        return s3

    @contextmanager
    def working(self, place: Place, action: Text) -> Iterator[None]:
        """Turn what the clients raise inside into a CloudError that names `action` and the cloud whose store it was."""
        try:
            yield
        except (GovCloudError, InterruptedError):
            raise
        except Exception as error:
            told = getattr(error, "response", {}).get(_SIGNED)
            words = [f"{word}/" for word in (str(error), *getattr(error, "__notes__", ()))]
            cloud = told or next(
                (
                    cloud
                    for cloud in (place.cloud, place.target_cloud)
                    if any(f"{self.store(cloud).endpoint.url}/" in word for word in words)
                ),
                place.target_cloud,
            )
            at = Text(f"{action.en} (cloud {cloud})", f"{action.vi} (đám mây {cloud})")
            with reported(at, self.store(cloud).endpoint):
                raise

    def close(self) -> None:
        """Release what was opened."""
        self._connections.close()


def _signed(cloud: str, parsed: dict[str, Any], **_: object) -> None:
    """Note in an answer whose store gave it: an error that comes of it says so, and nothing else would."""
    parsed[_SIGNED] = cloud


def sealing_key(file: str | None) -> bytes | None:
    """Return the key with which heads are sealed, from its file; None where none is named.

    Raises EnvironmentProblem where the file can't be read or holds too little (GC-BACKUP-021).
    """
    if not file:
        return None
    try:
        key = Path(file).read_bytes().strip()
    except OSError as error:
        raise EnvironmentProblem(problems.no_key(file, refusal(error))) from None
    if len(key) < _LEAST_KEY:
        raise EnvironmentProblem(problems.no_key(file, Text(f"{len(key)} bytes", f"{len(key)} byte")))
    return key
