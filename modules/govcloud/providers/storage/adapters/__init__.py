"""What differs between S3-compatible servers: identities, quotas, the form of a principal. One module a dialect."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from govcloud.model.dialect import DIALECTS
from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud_base.errors import UsageError

__all__ = ["UNBOUNDED", "Adapter", "LiveIdentity", "Quota", "adapter_named"]


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a bucket may hold, all versions counted; None where nothing bounds it."""

    bytes: int | None = None
    objects: int | None = None


UNBOUNDED = Quota()
"""The quota of a bucket that has none."""


@dataclass(frozen=True, slots=True)
class LiveIdentity:
    """An identity as the store has it."""

    name: str
    enabled: bool
    managed: bool
    """False for one that comes from the server's own configuration file: never touched."""
    policies: tuple[str, ...]
    """Names of the policies attached, sorted; those that it has through a group as `group/policy`."""
    access_keys: tuple[str, ...]
    """Public halves of the active keys that work with its rights, sorted; those of its service accounts included."""
    document: Mapping[str, object] | None
    """What its own policy says, None where it has none."""
    others: tuple[Mapping[str, object], ...] = ()
    """What its other policies say, as far as they were read."""
    actions: tuple[str, ...] = ()
    """What the server lets it do beside all policies, such as `Admin` or `Read:bucket`, sorted."""

    def reaches(self, bucket: str) -> bool:
        """Say whether it was given any right on the bucket, or on something in it, by whatever way."""
        documents = (*self.others, self.document or {})
        return any(policy.reaches(document, bucket) for document in documents) or any(
            not scope or policy.covers(scope, bucket) for _, _, scope in (a.partition(":") for a in self.actions)
        )


class Adapter(Protocol):
    """One server dialect. Every method blocks, is safe in several threads and raises :class:`CloudError`."""

    name: str
    quota_unit: int
    """Quotas are whole multiples of this many bytes; 0 where the server has none."""
    settling_seconds: float
    """For how long the server may go on by what was so before a change; 0 where it goes by the new state at once."""
    counts_objects: bool
    """Whether the server refuses by the number of objects as well."""
    lists_in_bulk: bool
    """Whether `identities` takes the same few orders however many identities there are."""

    def open(self) -> None:
        """Begin what takes time to start, without waiting for it."""

    def check(self) -> None:
        """Refuse a server whose own settings let in whom nobody named; asked before anything of a tenant's is made.

        Raises CloudError with all that is open.
        """

    def principal(self, identity: str) -> str:
        """Return the ARN that a bucket policy must name to mean `identity`."""

    def own_policy(self, identity: str) -> str:
        """Return the name of the policy that this project keeps for `identity`."""

    def identity(self, name: str) -> LiveIdentity | None:
        """Return the identity as it is, None where there is none."""

    def identities(self) -> tuple[LiveIdentity, ...]:
        """Return everybody whom the store would let in, those of its own configuration and `anonymous` included, with
        all that they may."""

    def create_identity(self, name: str) -> AccessKey:
        """Make an identity that may do nothing yet; return its key, whose secret some servers draw themselves."""

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        """Make `document` the only policy of the identity, and the identity enabled."""

    def set_enabled(self, name: str, enabled: bool) -> None:
        """Let the identity's keys work, or let none of them do anything, its rights and keys untouched."""

    def add_key(self, name: str) -> AccessKey:
        """Give the identity one more key, and return it."""

    def remove_key(self, name: str, access_key: str) -> None:
        """Revoke a key; no error where it is gone already."""

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        """Return when the key was last used, with its time zone; None where it never was, or the server doesn't say."""

    def delete_identity(self, name: str) -> None:
        """Remove the identity with its keys and its policy; no error where it is gone already."""

    def quota(self, bucket: str) -> Quota:
        """Return the bucket's quota that is in force."""

    def set_quota(self, bucket: str, quota: Quota) -> None:
        """Set the bucket's quota, or lift it where `quota` bounds nothing."""

    def enforce_quotas(self) -> None:
        """Make the server look at all buckets now and refuse writes to those over quota, where it needs telling."""

    def let_read(self, prefix: str | None) -> bool:
        """Give the provisioner the right to read what tenants wrote into buckets whose names begin so, and into no
        other, or take it back with None; False where the server asks for no such right, and he reads all that lies in
        his buckets."""

    def close(self) -> None:
        """Release what the adapter holds; it can be used again afterwards."""


def adapter_named(endpoint: Endpoint, environment: Mapping[str, str]) -> Adapter:
    """Return a new adapter for the dialect of `endpoint`, set up from its `environment`; talks to nothing yet.

    Each dialect is a module of its name, whose function `from_endpoint` makes its adapter.

    Raises:
        UsageError: GC-STORE-016, no such dialect.
        EnvironmentProblem: GC-STORE-017, its settings are missing.
    """
    name = endpoint.adapter
    if name not in DIALECTS:
        raise UsageError(problems.adapter_unknown(name, ", ".join(DIALECTS)))
    made: Adapter = importlib.import_module(f"{__name__}.{name}").from_endpoint(endpoint, environment)
    return made
