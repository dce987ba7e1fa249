"""Ceph RGW: a user for each identity, who can make no bucket and whose rights are his user policies.

Whatever changes a user, a new key among it, makes the gateway (16.2) forget his policies. Each such change therefore
reads them first and gives them again after it. In between he may nothing, some milliseconds long; where that is cut
short he may nothing for longer, and the next update gives him his rights again.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from govcloud.providers.storage import problems
from govcloud.providers.storage.adapters import UNBOUNDED, LiveIdentity, Quota
from govcloud.providers.storage.adapters.radosgw import identities, policies
from govcloud.providers.storage.adapters.radosgw.administration import Administration, Refused
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, new_key
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from xml.etree import ElementTree

__all__ = ["RadosGateway"]

_NOBODY = ("NoSuchUser", "NoSuchEntity", "NoSuchKey")
_NO_KEY = ("InvalidAccessKeyId", "InvalidAccessKey", "NoSuchKey")
_UNREADABLE = "MalformedPolicyDocument"
_READING = "govcloud-reading"
"""Policy of the provisioner's user by which he reads what tenants wrote."""
_AT_ONCE = 8
_NONE = -1
"""How the gateway says that there is no such bound; for a user's buckets, that he may make none."""


class RadosGateway:
    """The RGW dialect of :class:`govcloud.providers.storage.adapters.Adapter`."""

    name = "radosgw"
    quota_unit = 1024
    settling_seconds = 0.0
    counts_objects = True
    lists_in_bulk = False

    def __init__(self, administration: Administration, provisioner: str, ours: frozenset[str]) -> None:
        """`ours` are the access keys of those who administer, provision, and are no identity that can be declared;
        `provisioner` is that of who owns the buckets."""
        self._administration = administration
        self._provisioner = provisioner
        self._ours = ours

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint, environment: Mapping[str, str]) -> RadosGateway:
        """Return the adapter of an endpoint.

        Raises:
            EnvironmentProblem: GC-STORE-002, the administrator's key is missing.
        """
        key = endpoint.administrator
        url = endpoint.administration.url or endpoint.url
        provisioner = endpoint.key.access if endpoint.key else key.access
        ours = frozenset({key.access, provisioner})
        return cls(Administration(url, endpoint.region, key, endpoint.ca_bundle), provisioner, ours)

    def open(self) -> None: ...

    def check(self) -> None: ...

    def principal(self, identity: str) -> str:
        # A role is named with what tells it from a user of its name.
        return f"arn:aws:iam:::{identity}" if identity.startswith(identities.ROLE) else f"arn:aws:iam:::user/{identity}"

    def own_policy(self, identity: str) -> str:
        return f"govcloud-{identity}"

    def identity(self, name: str) -> LiveIdentity | None:
        user = self._user(name)
        if user is None:
            return None
        documents = _parsed(name, self._policies(name))
        buckets = self._administration.ask("GET", "bucket", uid=name) or ()
        return identities.parsed(user, documents, map(str, buckets), self.own_policy(name), self._ours)

    def identities(self) -> tuple[LiveIdentity, ...]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # one who goes meanwhile is not there
            users = [found for found in pool.map(self.identity, self._names()) if found is not None]
        return (*users, *self._roles())

    def create_identity(self, name: str) -> AccessKey:
        self._administration.ask("PUT", "user", uid=name, display_name=name, generate_key="false", max_buckets=_NONE)
        return self.add_key(name)

    def set_policy(self, name: str, document: Mapping[str, object]) -> None:
        user = self._user(name)
        if user is not None and int(user.get("suspended", 0)):
            self._administration.ask("POST", "user", uid=name, suspended="false")
        own, told = self.own_policy(name), policies.told(document)
        try:
            self._put_policy(name, own, json.dumps(told))
        except Refused as error:
            if error.code != _UNREADABLE:
                raise
            self._put_policy(name, own, json.dumps(policies.reduced(told)))
        for other in self._policies(name).keys() - {own}:
            self._administration.identities("DeleteUserPolicy", UserName=name, PolicyName=other)

    def set_enabled(self, name: str, enabled: bool) -> None:
        self._change("POST", name, suspended=str(not enabled).lower())

    def add_key(self, name: str) -> AccessKey:
        # The gateway draws the secret: one that it was told would stand in its log.
        access = new_key().access
        rows = self._change("PUT", name, key="", key_type="s3", generate_key="true", access_key=access)
        drawn = [str(row["secret_key"]) for row in rows or () if row.get("access_key") == access]
        if not drawn:
            action = Text(f"a new key of {name}", f"việc cấp khóa mới cho {name}")
            raise CloudError(problems.store_refused(action, "secret_key", ""))
        return AccessKey(access, drawn[0])

    def remove_key(self, name: str, access_key: str) -> None:
        swift = identities.swift_user(access_key)
        which: dict[str, str] = {"subuser": swift, "key_type": "swift"} if swift else {"access_key": access_key}
        try:
            self._change("DELETE", name, key="", **which)
        except Refused as error:
            if error.code not in (*_NO_KEY, *_NOBODY):
                raise

    def last_used(self, name: str, access_key: str) -> datetime.datetime | None:
        return None

    def delete_identity(self, name: str) -> None:
        try:
            # never with purge-data, by which his buckets would go as well
            self._administration.ask("DELETE", "user", uid=name)
        except Refused as error:
            if error.code not in _NOBODY:
                raise

    def quota(self, bucket: str) -> Quota:
        found = self._bucket(bucket).get("bucket_quota") or {}
        if not found.get("enabled"):
            return UNBOUNDED
        size, objects = (int(found.get(name, _NONE)) for name in ("max_size", "max_objects"))
        return Quota(size if size >= 0 else None, objects if objects >= 0 else None)

    def set_quota(self, bucket: str, quota: Quota) -> None:
        self._administration.ask(
            "PUT",
            "bucket",
            quota="",
            uid=str(self._bucket(bucket)["owner"]),
            bucket=bucket,
            max_size_kb=_NONE if quota.bytes is None else quota.bytes // self.quota_unit,
            max_objects=_NONE if quota.objects is None else quota.objects,
            enabled=str(quota != UNBOUNDED).lower(),
        )

    def enforce_quotas(self) -> None: ...

    def let_read(self, prefix: str | None) -> bool:
        name = str(self._administration.ask("GET", "user", access_key=self._provisioner)["user_id"])
        asked = policies.reading(prefix) if prefix is not None else None
        if self._reading(name) == asked:
            return True
        if asked:
            self._put_policy(name, _READING, json.dumps(asked))
        else:
            self._administration.identities("DeleteUserPolicy", UserName=name, PolicyName=_READING)
        if self._reading(name) != asked:
            action = Text(f"policy {_READING} of {name}", f"chính sách {_READING} của {name}")
            raise CloudError(problems.store_refused(action, "PutUserPolicy", ""))
        return True

    def close(self) -> None:
        self._administration.close()

    def _reading(self, name: str) -> Mapping[str, object] | None:
        """Return what the policy of a user says by which he reads what others wrote; None where he has none."""
        texts = self._policies(name)
        return _parsed(name, {_READING: texts[_READING]})[_READING] if _READING in texts else None

    def _names(self) -> list[str]:
        """Return the names of all users, of all pages."""
        names: list[str] = []
        page: dict[str, str | int] = {"list": "", "max_entries": 1000}
        while True:
            answer = self._administration.ask("GET", "user", **page)
            names += map(str, answer["keys"])
            if not answer.get("truncated"):
                return names
            page["marker"] = answer["marker"]

    def _user(self, name: str) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._administration.ask("GET", "user", uid=name)
        except Refused as error:
            if error.code in _NOBODY:
                return None
            raise
        return found

    def _change(self, method: str, name: str, **parameters: str) -> Any:
        """Change a user, and give him again what he may."""
        kept = self._policies(name)
        answer = self._administration.ask(method, "user", uid=name, **parameters)
        for policy, text in kept.items():
            self._put_policy(name, policy, text)
        return answer

    def _put_policy(self, name: str, policy: str, text: str) -> None:
        self._administration.identities("PutUserPolicy", UserName=name, PolicyName=policy, PolicyDocument=text)

    def _policies(self, name: str) -> dict[str, str]:
        """Return the texts of a user's policies by their names."""
        return self._documents("User", name)

    def _roles(self) -> list[LiveIdentity]:
        return [
            identities.role(name, _parsed(name, self._documents("Role", name)))
            for name in self._texts("RoleName", "ListRoles")
        ]

    def _documents(self, kind: str, name: str) -> dict[str, str]:
        """Return the texts of the policies of a `User` or a `Role` by their names."""
        holder = {f"{kind}Name": name}
        found: dict[str, str] = {}
        for policy in self._texts("member", f"List{kind}Policies", **holder):
            action = f"Get{kind}Policy"
            for answer in self._pages(action, {**holder, "PolicyName": policy}):
                text = answer.findtext("{*}PolicyDocument")
                if text is None:
                    raise _unheard(action, "PolicyDocument")
                found[policy] = text
        return found

    def _texts(self, element: str, action: str, **parameters: str) -> list[str]:
        """Return the texts of all elements of a name in what a call of IAM answers, of all pages."""
        pages = self._pages(action, parameters)
        return [row.text or "" for page in pages for row in page.iterfind(f".//{{*}}{element}")]

    def _pages(self, action: str, parameters: Mapping[str, str]) -> Iterator[ElementTree.Element]:
        """Yield the results of a call of IAM, page by page, and none where there is no such thing.

        Newer gateways answer in a namespace and in pages. Raises CloudError where there is an answer without a result,
        or a page that leads to no next one: what was not told is not taken for nothing there.
        """
        told = dict(parameters)
        while True:
            try:
                answer = self._administration.identities(action, **told)
            except Refused as error:
                if error.code in _NOBODY:
                    return
                raise
            result = answer.find(f"{{*}}{action}Result")
            if result is None:
                raise _unheard(action, f"{action}Result")
            yield result
            if (answer.findtext(".//{*}IsTruncated") or "").lower() != "true":
                return
            marker = answer.findtext(".//{*}Marker")
            if not marker or marker == told.get("Marker"):
                raise _unheard(action, "Marker")
            told["Marker"] = marker

    def _bucket(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._administration.ask("GET", "bucket", bucket=name)
        return found


def _unheard(action: str, element: str) -> CloudError:
    """Return the error of an answer that lacks an element."""
    return CloudError(problems.store_refused(Text(action, f"lệnh {action}"), element, ""))


def _parsed(holder: str, texts: Mapping[str, str]) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for name, text in texts.items():
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            action = Text(f"reading policy {name} of {holder}", f"việc đọc chính sách {name} của {holder}")
            raise CloudError(problems.store_refused(action, "JSON", ""))
        found[name] = policies.whole(document)
    return found
