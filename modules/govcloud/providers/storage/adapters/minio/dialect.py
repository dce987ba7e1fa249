"""MinIO: identities and their policies through its administration, which answers beside S3 at the same address.

A user has one key there, whose public half is its name. So an identity is a group, which has the policy, and its keys
are the users in it: any number of them live side by side, and what a holder gave himself ends with his key (ADR 0060).
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from govcloud.providers.storage import problems
from govcloud.providers.storage.adapters import UNBOUNDED, LiveIdentity, Quota
from govcloud.providers.storage.adapters.minio import guarded, identities
from govcloud.providers.storage.adapters.minio.administration import ABSENT, Administration, Refusal
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, new_key
from govcloud_base.errors import CloudError, UsageError

if TYPE_CHECKING:
    from minio import MinioAdmin

__all__ = ["MinIO"]

_ISSUED: Final = re.compile(r"GC[A-Z0-9]{18}")
"""Form of the keys of :func:`new_key`: a user of another name in a group of ours is somebody's, not a key of ours."""
_AT_ONCE: Final = 8

Found = TypeVar("Found")


class MinIO:
    """The MinIO dialect of :class:`govcloud.providers.storage.adapters.Adapter`."""

    name = "minio"
    quota_unit = 0
    settling_seconds = 0.0
    """MinIO has quotas by its administration; forks of its gateway have not, and no other server was at hand."""
    counts_objects = False
    lists_in_bulk = False

    def __init__(self, administration: Administration) -> None:
        self._server = administration

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint, environment: Mapping[str, str]) -> MinIO:
        """Return the adapter of a store that is administered at its own address, or at the one that was named for it.

        Raises:
            UsageError: GC-STORE-001, the address has a path: the administration's own is fixed.
            EnvironmentProblem: GC-STORE-002, the administrator's key is not known in this shell.
        """
        url = endpoint.administration.url or endpoint.url
        if urlsplit(url).path.strip("/"):
            raise UsageError(problems.endpoint_invalid(url))
        return cls(Administration(url, endpoint.region, endpoint.administrator, endpoint.ca_bundle))

    def open(self) -> None:
        """Nothing takes time to start."""

    def check(self) -> None:
        """Nobody is let in by what such a server does without being told."""

    def principal(self, identity: str) -> str:
        """Return the group's name as an ARN. No bucket policy of this dialect counts for who has a key."""
        return f"arn:aws:iam:::group/{identity}"

    def own_policy(self, identity: str) -> str:
        return f"govcloud-{identity}"

    def identity(self, name: str) -> LiveIdentity | None:
        group = self._group(name)
        users = {}
        for member in identities.members(group) if group else [name]:
            found = self._user(member)
            if found is not None:
                users[member] = found
        if group is None and not users:
            return None
        groups = {other: self._group(other) for user in users.values() for other in user.get("memberOf") or ()}
        if group is not None:
            groups[name] = group
        there = {other: record for other, record in groups.items() if record is not None}
        needed = {policy for record in (*there.values(), *users.values()) for policy in identities.named(record)}
        policies = {policy: document for policy in needed if (document := self._policy(policy)) is not None}
        known = identities.Known(there, users, {user: self._accounts(user) for user in users}, policies)
        return next((found for found in identities.parsed(known, self.own_policy) if found.name == name), None)

    def identities(self) -> tuple[LiveIdentity, ...]:
        with self._server.told("list-users"):
            users = json.loads(self._server.orders.user_list())
        with self._server.told("groups"):
            groups = json.loads(self._server.orders.group_list()) or []
        with self._server.told("list-canned-policies"):
            policies = json.loads(self._server.orders.policy_list())
        records = _each(self._group, groups)
        there = {name: record for name, record in records.items() if record is not None}
        accounts = _each(self._accounts, users)
        found = identities.parsed(identities.Known(there, users, accounts, policies), self.own_policy)
        key = self._server.key.access
        if key in users or any(key in listed for listed in accounts.values()):
            return found  # root's name is not known, and no list has it
        return (identities.root(key), *found)

    def create_identity(self, name: str) -> AccessKey:
        return self.add_key(name)

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        own, orders = self.own_policy(name), self._server.orders
        self._write(own, guarded.sealed(document, enabled=True))
        group = self._group(name) or {}
        if identities.named(group) != [own]:
            with self._server.told("set-user-or-group-policy"):
                orders.policy_set(own, group=name)
        if group.get("status") == "disabled":
            with self._server.told("set-group-status"):
                orders.group_enable(name)
        for member in identities.members(group):
            self._strip(member, name)

    def set_enabled(self, name: str, enabled: bool) -> None:
        own = self.own_policy(name)
        policy = self._policy(own)
        if policy is not None:
            document, _ = guarded.opened(policy)
            self._write(own, guarded.sealed(document, enabled=enabled))
        if enabled or policy is None:  # the rights of a disabled group are not told
            with self._server.told("set-group-status"):
                (self._server.orders.group_enable if enabled else self._server.orders.group_disable)(name)

    def add_key(self, name: str) -> AccessKey:
        key = new_key()
        with self._server.told("add-user"):
            self._server.orders.user_add(key.access, key.secret)
        with self._server.told("update-group-members"):
            self._server.orders.group_add(name, [key.access])  # type: ignore[arg-type] # it sends what it is given
        return key

    def remove_key(self, name: str, access_key: str) -> None:
        user = self._user(access_key)
        if user is None:
            self._gone("delete-service-account", lambda orders: orders.delete_service_account(access_key))
        elif _ISSUED.fullmatch(access_key):
            self._gone("remove-user", lambda orders: orders.user_remove(access_key))
        elif name in (user.get("memberOf") or ()):
            self._leave(name, access_key)

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        return None

    def delete_identity(self, name: str) -> None:
        for member in identities.members(self._group(name) or {}):
            self.remove_key(name, member)
        self._gone("update-group-members", lambda orders: orders.group_remove(name))
        self._gone("remove-canned-policy", lambda orders: orders.policy_remove(self.own_policy(name)))

    def quota(self, bucket: str) -> Quota:
        return UNBOUNDED

    def set_quota(self, bucket: str, quota: Quota) -> None:
        """Refuse every bound (GC-STORE-009); whoever asked `quota_unit` first has none to set."""
        if quota != UNBOUNDED:
            raise CloudError(problems.setting_unsupported("quotaBytes", self.name))

    def enforce_quotas(self) -> None:
        """There are none."""

    def let_read(self, prefix: str | None) -> bool:
        return False

    def close(self) -> None:
        self._server.close()

    def _group(self, name: str) -> Mapping[str, Any] | None:
        return self._record("group", lambda orders: orders.group_info(name))

    def _user(self, name: str) -> Mapping[str, Any] | None:
        return self._record("user-info", lambda orders: orders.user_info(name))

    def _policy(self, name: str) -> Mapping[str, Any] | None:
        return self._record("info-canned-policy", lambda orders: orders.policy_info(name))

    def _accounts(self, user: str) -> list[str]:
        found = self._record("list-service-accounts", lambda orders: orders.list_service_account(user)) or {}
        return [str(account) for account in found.get("accounts") or ()]

    def _write(self, policy: str, document: Mapping[str, Any]) -> None:
        with self._server.told("add-canned-policy"):
            self._server.orders.policy_add(policy, policy=dict(document))

    def _strip(self, member: str, name: str) -> None:
        """Leave a key of an identity with the identity's rights alone, and put out of it who is no key of ours."""
        user = self._user(member)
        if user is None:
            return
        if not _ISSUED.fullmatch(member):
            self._leave(name, member)
            return
        orders = self._server.orders
        if identities.named(user):
            with self._server.told("set-user-or-group-policy"):
                orders.policy_set("", user=member)
        for other in user.get("memberOf") or ():
            if other != name:
                self._leave(other, member)
        if user.get("status") == "disabled":
            with self._server.told("set-user-status"):
                orders.user_enable(member)

    def _leave(self, group: str, member: str) -> None:
        with self._server.told("update-group-members"):
            self._server.orders.group_remove(group, [member])  # type: ignore[arg-type] # it sends what it is given

    def _record(self, order: str, ask: Callable[[MinioAdmin], str]) -> Mapping[str, Any] | None:
        """Return what the server tells of a thing, None where there is none."""
        try:
            with self._server.told(order):
                found = json.loads(ask(self._server.orders))
                if not isinstance(found, dict):
                    raise ValueError("not an object")
                return found
        except Refusal as refusal:
            if refusal.code in ABSENT:
                return None
            raise

    def _gone(self, order: str, remove: Callable[[MinioAdmin], object]) -> None:
        """Remove something; no error where it is gone already."""
        try:
            with self._server.told(order):
                remove(self._server.orders)
        except Refusal as refusal:
            if refusal.code not in ABSENT:
                raise


def _each(ask: Callable[[str], Found], names: Iterable[str]) -> dict[str, Found]:
    """Ask for each of the names, several at once: there is no order that tells of all."""
    wanted = list(names)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(ask, wanted), strict=True))
