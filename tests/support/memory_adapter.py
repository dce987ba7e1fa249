"""A dialect in memory."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from govcloud.providers.storage.adapters import LiveIdentity, Quota
from govcloud.providers.storage.endpoint import AccessKey, new_key
from govcloud_base.errors import CloudError

__all__ = ["MemoryAdapter"]


@dataclass
class MemoryAdapter:
    """A dialect whose identities live in a dictionary; `forgets_to_revoke` keeps deleted keys alive."""

    name: str = "memory"
    quota_unit: int = 1 << 20
    settling_seconds: float = 0.0
    counts_objects: bool = False
    lists_in_bulk: bool = False
    quotas: dict[str, int] = field(default_factory=dict)
    most_objects: dict[str, int] = field(default_factory=dict)
    known: dict[str, LiveIdentity] = field(default_factory=dict)
    used: dict[str, datetime.datetime] = field(default_factory=dict)
    """When each key was last used, as far as this dialect tells."""
    enforced: int = 0
    refuses: CloudError | None = None
    """What the server's own settings leave open."""

    def open(self) -> None: ...

    def check(self) -> None:
        if self.refuses:
            raise self.refuses

    def close(self) -> None: ...

    def principal(self, identity: str) -> str:
        return f"arn:memory:{identity}"

    def own_policy(self, identity: str) -> str:
        return f"own-{identity}"

    def identity(self, name: str) -> LiveIdentity | None:
        return self.known.get(name)

    def identities(self) -> tuple[LiveIdentity, ...]:
        return tuple(self.known.values())

    def create_identity(self, name: str) -> AccessKey:
        key = new_key()
        self.known[name] = LiveIdentity(name, True, True, (), (key.access,), None)
        return key

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        live = self.known[name]
        own = self.own_policy(name)
        self.known[name] = LiveIdentity(name, True, live.managed, (own,), live.access_keys, document)

    def add_key(self, name: str) -> AccessKey:
        key = new_key()
        live = self.known[name]
        keys = tuple(sorted((*live.access_keys, key.access)))
        self.known[name] = LiveIdentity(name, True, True, live.policies, keys, live.document)
        return key

    def remove_key(self, name: str, access_key: str) -> None:
        live = self.known[name]
        keys = tuple(k for k in live.access_keys if k != access_key)
        self.known[name] = LiveIdentity(name, True, True, live.policies, keys, live.document)

    def set_enabled(self, name: str, enabled: bool) -> None:
        self.known[name] = dataclasses.replace(self.known[name], enabled=enabled)

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        return self.used.get(access_key)

    def delete_identity(self, name: str) -> None:
        self.known.pop(name, None)

    def quota(self, bucket: str) -> Quota:
        return Quota(self.quotas.get(bucket), self.most_objects.get(bucket))

    def set_quota(self, bucket: str, quota: Quota) -> None:
        self.quotas.pop(bucket, None)
        self.most_objects.pop(bucket, None)
        if quota.bytes is not None:
            self.quotas[bucket] = quota.bytes // self.quota_unit * self.quota_unit
        if quota.objects is not None:
            self.most_objects[bucket] = quota.objects

    def enforce_quotas(self) -> None:
        self.enforced += 1

    def let_read(self, prefix: str | None) -> bool:
        return False
