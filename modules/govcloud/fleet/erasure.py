"""The record of an erasure: what a removed tenant had in a store, what was deleted, and what a look afterwards found.

A decree or an owner asks for more than a word that data is gone (NĐ 356/2025 on personal data; TCVN 14423:2026 on
hand-over and wiping). So the record counts what was there before, and says only what was seen afterwards.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.tenant import Tenant
from govcloud.providers.storage import content, deviation
from govcloud.providers.storage.content import Version
from govcloud.providers.storage.deviation import NameSpace
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError, EnvironmentProblem, Text
from govcloud_base.replacement import replacement

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["FORMAT", "Copies", "Emptied", "Erasure", "Records", "looked_again", "looked_elsewhere"]

FORMAT: Final = "govcloud-erasure/1"
_NAMED: Final = "%Y%m%dT%H%M%SZ"


@dataclass
class Emptied:
    """A bucket before and after."""

    name: str
    there: bool = True
    """Whether it was there when the erasure began: one that an earlier run removed is not."""
    versions: int = 0
    """Versions of objects that it held."""
    bytes: int = 0
    markers: int = 0
    """Marks of deletions."""
    uploads: int = 0
    """Uploads that nobody had finished."""
    deleted: int = 0
    """How much of all that was deleted."""
    gone: bool | None = None
    """Whether the store says afterwards that there is no such bucket; None until it was asked."""

    def saw(self, thing: object) -> None:
        """Count something that the bucket holds."""
        if not isinstance(thing, Version):
            self.uploads += 1
        elif thing.marker:
            self.markers += 1
        else:
            self.versions += 1
            self.bytes += thing.size

    @property
    def held(self) -> int:
        """All that it held, of whatever kind."""
        return self.versions + self.markers + self.uploads


@dataclass
class Copies:
    """What is left of a tenant's backups on another cloud, where the erasure deletes nothing."""

    cloud: str
    bucket: str
    there: bool | None = None
    """Whether the bucket is there; None where nobody could look."""
    versions: int = 0
    """Versions of objects in it."""
    bytes: int = 0

    def said(self) -> Text:
        """Return it in a sentence."""
        where = f"{self.cloud}: {self.bucket}"
        if self.there is None:
            return Text(f"{where}: nobody could look for backups", f"{where}: không xem được còn bản sao lưu hay không")
        if not self.there:
            return Text(f"{where}: no backups are there", f"{where}: không có bản sao lưu")
        return Text(
            f"{where}: {self.versions} versions of backups are left, which their locks hold or its operator deletes",
            f"{where}: còn {self.versions} phiên bản sao lưu, do khóa giữ hoặc chờ đơn vị vận hành xóa",
        )


@dataclass
class Erasure:
    """What was erased of one tenant."""

    tenant: str
    begun: datetime.datetime
    buckets: list[Emptied] = field(default_factory=list)
    identities: dict[str, bool] = field(default_factory=dict)
    """Identities that it had, and whether the store knows them no more."""
    left: list[str] = field(default_factory=list)
    """Buckets of its name that nobody declared: left alone."""
    copies: list[Copies] = field(default_factory=list)
    """Its backups elsewhere, as far as they were looked for."""
    ended: datetime.datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether everything of the tenant was looked for afterwards in its store, and nothing was found: neither what
        was declared to the end, nor another bucket of its name."""
        gone = [*(bucket.gone for bucket in self.buckets), *self.identities.values()]
        return self.ended is not None and all(gone) and not self.left

    def document(self, country: Country, cloud: str) -> str:
        """Return the record as JSON that stays as it is: keys in order, one trailing newline."""
        declared = country.tenants[self.tenant]
        export = declared.spec.lifecycle.export
        record: dict[str, Any] = {
            "format": FORMAT,
            "country": country.name,
            "tenant": self.tenant,
            "agency": declared.spec.agency,
            "cloud": cloud,
            "begun": self.begun.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds") if self.ended else None,
            "export": {"reference": export.reference, "date": str(export.date)} if export else None,
            "buckets": [asdict(bucket) for bucket in self.buckets],
            "identities": [{"name": name, "gone": gone} for name, gone in sorted(self.identities.items())],
            "leftAlone": sorted(self.left),
            "copies": [
                {**asdict(copies), "looked": copies.there is not None}
                for copies in self.copies or _copies(country, declared)
            ],
            "complete": self.complete,
        }
        return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True)
class Records:
    """Where records go, and with which key they are signed."""

    folder: Path
    key: Ed25519PrivateKey | None

    def write(self, erasure: Erasure, country: Country, cloud: str) -> Path:
        """Write the record as far as it is known, with its signature beside it, and return its file.

        Raises OSError where the folder cannot be written to.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{erasure.tenant}-{erasure.begun.strftime(_NAMED)}.json"
        written = erasure.document(country, cloud).encode()
        _put(file, written)
        if self.key is not None:
            _put(file.with_suffix(".json.sig"), self.key.sign(written))
        return file


def _copies(country: Country, tenant: Tenant) -> list[Copies]:
    """Return where copies were to lie, for whoever looks there."""
    backup = tenant.spec.storage.backup
    if backup is None:
        return []
    return [
        Copies(backup.cloud, names.backup_bucket(country.name, tenant.name, each)) for each in tenant.spec.environments
    ]


def _put(file: Path, written: bytes) -> None:
    with replacement(file) as begun:
        begun.write_bytes(written)


def looked_again(erasure: Erasure, store: Store, country: Country) -> None:
    """Look for everything that the tenant had, and write down what is there. Raises CloudError where the store cannot
    be read: then nothing is known.
    """
    with store.reported(Text("listing the buckets", "việc liệt kê các kho")):
        there = {row["Name"] for row in store.s3.list_buckets().get("Buckets", [])}
    for bucket in erasure.buckets:
        bucket.gone = bucket.name not in there and not store.exists(bucket.name)
    # Of every environment, also where its buckets are no longer declared: what stayed is then nobody's to see.
    for environment in country.tenants[erasure.tenant].spec.environments:
        name = storage.identity_name(erasure.tenant, environment)
        erasure.identities[name] = store.adapter.identity(name) is None
    space = NameSpace.of(country.name, erasure.tenant, country.tenants)
    extra = deviation.extra_buckets({bucket.name for bucket in erasure.buckets}, space, there)
    erasure.left = [row.name for row in extra]
    erasure.ended = datetime.datetime.now(datetime.UTC)


def looked_elsewhere(erasure: Erasure, country: Country, store_of: Callable[[str], Store]) -> None:
    """Look what is left of the tenant's backups; `store_of` opens the store of a cloud by its name.

    Where a store is out of reach, or this shell has no key for it, the record says that nobody looked.
    """
    erasure.copies = _copies(country, country.tenants[erasure.tenant])
    for copies in erasure.copies:
        if copies.cloud not in country.clouds:
            continue
        try:
            _count(copies, store_of(copies.cloud))
        except (CloudError, EnvironmentProblem):
            copies.there, copies.versions, copies.bytes = None, 0, 0


def _count(copies: Copies, store: Store) -> None:
    with store.reported(Text(f"listing bucket {copies.bucket}", f"việc liệt kê kho {copies.bucket}")):
        copies.there = store.exists(copies.bucket)
        for version in content.versions(store.s3, copies.bucket) if copies.there else ():
            copies.versions += not version.marker
            copies.bytes += version.size
