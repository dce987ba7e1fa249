"""The record of an erasure: what a removed tenant had in a store, what was deleted, and what a look afterwards found.

A decree or an owner asks for more than a word that data is gone (NĐ 356/2025 on personal data; TCVN 14423:2026 on
hand-over and wiping). So the record counts what was there before, and says only what was seen afterwards.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.tenant import Tenant
from govcloud.providers.storage import deviation
from govcloud.providers.storage.content import Version
from govcloud.providers.storage.deviation import NameSpace
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import Text
from govcloud_base.replacement import replacement

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["FORMAT", "Emptied", "Erasure", "Records", "looked_again"]

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
class Erasure:
    """What was erased of one tenant."""

    tenant: str
    begun: datetime.datetime
    buckets: list[Emptied] = field(default_factory=list)
    identities: dict[str, bool] = field(default_factory=dict)
    """Identities that it had, and whether the store knows them no more."""
    left: list[str] = field(default_factory=list)
    """Buckets of its name that nobody declared: left alone."""
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
            "copies": _copies(country, declared),
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
        content = erasure.document(country, cloud).encode()
        _put(file, content)
        if self.key is not None:
            _put(file.with_suffix(".json.sig"), self.key.sign(content))
        return file


def _copies(country: Country, tenant: Tenant) -> list[dict[str, Any]]:
    """Return where copies were to lie: on another cloud, where nobody looked."""
    backup = tenant.spec.storage.backup
    if backup is None:
        return []
    return [
        {"cloud": backup.cloud, "bucket": names.backup_bucket(country.name, tenant.name, each), "looked": False}
        for each in tenant.spec.environments
    ]


def _put(file: Path, content: bytes) -> None:
    with replacement(file) as begun:
        begun.write_bytes(content)


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
