"""Rights on the buckets of others as the engine sees them: grants, and a bucket's own policy."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from govcloud.model.dialect import SHARING
from govcloud.providers.storage import bucket_policy, problems, statements
from govcloud.providers.storage.resource_types.resource_type import (
    NOT_KNOWN,
    Around,
    Failure,
    Properties,
    misshapen,
)
from govcloud.providers.storage.statements import GrantSpec, PolicySpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Text, UsageError
from govcloud_base.wire.values import has_unknown

__all__ = ["ALTERED", "BucketPolicyType", "GrantType"]

ALTERED: Final = "altered behind the declaration"
"""What `access` reads as where a grant's statements are not what it put there: the next update does it again."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_ACCESS: Final = ("read", "write")
_GRANT: Final[Mapping[str, type]] = {
    "name": str,
    "bucket": str,
    "grantee": str,
    "access": str,
    "prefix": str,
    "until": str,
}
_POLICY: Final[Mapping[str, type]] = {"bucket": str, "statements": list}


class GrantType:
    """`govcloud:storage:Grant`; its id is its name, and `BUCKET/NAME` where it was imported."""

    secret_outputs: frozenset[str] = frozenset()

    def checked(
        self, olds: Properties, news: Properties, around: Around = NOT_KNOWN
    ) -> tuple[Properties, list[Failure]]:
        failures = misshapen(news, _GRANT, required=("name", "bucket", "grantee", "access"))
        failures += _unable("grant", around)
        if not failures and not has_unknown(news):
            faults = _faults(_grant(news), None if olds else around.now)
            failures = [(name, problems.input_invalid(name, value, allowed)) for name, value, allowed in faults]
        return news, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        return [name for name in ("name", "bucket") if olds.get(name) != news.get(name)]

    def due(self, inputs: Properties, outputs: Properties, now: datetime.datetime) -> list[str]:
        return ["until"] if outputs.get("active") is True and not _grant(inputs).active(now) else []

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        return {**inputs, "active": True}

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        return inputs["name"], self.update(store, inputs, {})

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        if not inputs:
            return self._imported(store, resource_id)
        found = bucket_policy.live_grant(store, _grant(inputs))
        over = outputs.get("active") is False
        if found is None or (found == (False, False) and not over):
            return None
        there, right = found
        live = dict(inputs) if right or not there else {**inputs, "access": ALTERED}
        return live, {**live, "active": there}

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        return {**inputs, "active": bucket_policy.apply_grant(store, _grant(inputs))}

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        bucket_policy.remove_grant(store, outputs["name"], outputs["bucket"])

    def _imported(self, store: Store, resource_id: str) -> tuple[Properties, Properties] | None:
        bucket, _, name = resource_id.partition("/")
        if not name:
            raise UsageError(problems.input_invalid("id", resource_id, "BUCKET/GRANT"))
        found = bucket_policy.told_grant(store, name, bucket)
        if found is None:
            return None
        told = {"name": name, "bucket": bucket, "grantee": found.grantee, "access": found.access}
        live: Properties = told | ({"prefix": found.prefix} if found.prefix else {})
        return live, {**live, "active": True}


class BucketPolicyType:
    """`govcloud:storage:BucketPolicy`; its id is the bucket's name."""

    secret_outputs: frozenset[str] = frozenset()

    def checked(
        self, olds: Properties, news: Properties, around: Around = NOT_KNOWN
    ) -> tuple[Properties, list[Failure]]:
        failures = misshapen(news, _POLICY, required=("bucket",))
        failures += _unable("bucketPolicy", around)
        if not failures and not has_unknown(news):
            failures = [
                ("statements", problems.input_invalid(f"statements{place}", str(value), allowed))
                for place, value, allowed in statements.refused(news.get("statements") or [])
            ]
        return news, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        return ["bucket"] if olds.get("bucket") != news.get("bucket") else []

    def due(self, inputs: Properties, outputs: Properties, now: datetime.datetime) -> list[str]:
        return []

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        return dict(inputs)

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        return inputs["bucket"], self.update(store, inputs, {})

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        if not inputs:
            told = bucket_policy.told_policy(store, resource_id)
            live = {"bucket": resource_id, "statements": list(told.statements)} if told else None
            return (live, dict(live)) if live else None
        found = bucket_policy.live(store, resource_id, statements.own_policy)
        if not found:
            return None
        same = bucket_policy.right(store, _policy(inputs), found)
        live = dict(inputs) if same else {**inputs, "statements": found}
        return live, dict(live)

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        bucket_policy.apply(store, _policy(inputs))
        return dict(inputs)

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        bucket_policy.remove(store, resource_id)


def _unable(what: str, around: Around) -> list[Failure]:
    """Return the failure of a right that no policy of a bucket gives on this store."""
    if around.dialect is None or around.dialect in SHARING:
        return []
    return [("bucket", problems.setting_unsupported(what, around.dialect))]


def _faults(spec: GrantSpec, now: datetime.datetime | None) -> Iterator[tuple[str, object, str | Text]]:
    for name, value in (("name", spec.name), ("grantee", spec.grantee)):
        if not _NAME.fullmatch(value):
            yield name, value, "2-63 of a-z 0-9 -"
    if spec.access not in _ACCESS:
        yield "access", spec.access, ", ".join(_ACCESS)
    yield from (("prefix", value, allowed) for _, value, allowed in statements.prefix_refused(spec.prefix))
    if spec.until is not None:
        try:
            last = datetime.date.fromisoformat(spec.until)
        except ValueError:
            yield "until", spec.until, Text("a day such as 2027-01-31", "một ngày, ví dụ 2027-01-31")
        else:
            if now is not None and last < now.date():
                yield "until", spec.until, f"≥ {now.date()}"


def _grant(inputs: Mapping[str, Any]) -> GrantSpec:
    return GrantSpec(
        name=inputs["name"],
        bucket=inputs["bucket"],
        grantee=inputs["grantee"],
        access=inputs["access"],
        prefix=inputs.get("prefix") or "",
        until=inputs.get("until"),
    )


def _policy(inputs: Mapping[str, Any]) -> PolicySpec:
    return PolicySpec(inputs["bucket"], tuple(inputs.get("statements") or ()))
