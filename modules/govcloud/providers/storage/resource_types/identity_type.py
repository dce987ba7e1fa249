"""Identities as the engine sees them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Final

from govcloud.providers.storage import identity
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.identity_spec import OVERLAP_HOURS, IdentitySpec, Issued, Retiring, problems_of
from govcloud.providers.storage.resource_types.resource_type import NOT_KNOWN, Around, Failure, Properties, misshapen
from govcloud.providers.storage.store import Store
from govcloud_base.wire.values import UNKNOWN, has_unknown

__all__ = ["IdentityType"]

_SHAPES: Final[Mapping[str, type]] = {
    "name": str,
    "buckets": list,
    "policy": str,
    "rotation": str,
    "enabled": bool,
    "expires": str,
    "overlapHours": int,
}
_RETIRING: Final = ("previousAccessKey", "previousSecretKey", "previousUntil", "previousSince")
"""Outputs that are there as long as two keys work."""


class IdentityType:
    """`govcloud:storage:Identity`; its id is the identity's name."""

    secret_outputs: frozenset[str] = frozenset({"secretKey", "previousSecretKey"})

    def checked(
        self, olds: Properties, news: Properties, around: Around = NOT_KNOWN
    ) -> tuple[Properties, list[Failure]]:
        inputs: Properties = {"buckets": [], **news}
        if isinstance(inputs.get("policy"), Mapping) and not has_unknown(inputs["policy"]):
            inputs["policy"] = json.dumps(inputs["policy"], sort_keys=True, ensure_ascii=False)
        if isinstance(inputs.get("rotation"), (int, float)):
            inputs["rotation"] = str(inputs["rotation"])
        failures = misshapen(inputs, _SHAPES, required=("name", "policy"))
        if not failures and not has_unknown(inputs):
            failures = problems_of(_spec(inputs), None if olds else around.now)
        return inputs, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        return ["name"] if olds.get("name") != news.get("name") else []

    def due(self, inputs: Properties, outputs: Properties, now: datetime.datetime) -> list[str]:
        found = []
        if outputs.get("active") is True and not _spec(inputs).active(now):
            found.append("expires")
        if (retiring := _retiring(outputs)) is not None and retiring.until <= now:
            found.append("previousUntil")
        return found

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        keys: Properties = dict.fromkeys(("accessKey", "secretKey", "principal"), UNKNOWN)
        if olds is not None:
            keys["principal"] = olds.get("principal", UNKNOWN)
            if olds.get("rotation", "") == inputs.get("rotation", ""):
                keys |= {name: olds.get(name, UNKNOWN) for name in ("accessKey", "secretKey")}
                keys |= {name: UNKNOWN for name in _RETIRING if olds.get(name)}
            elif inputs.get("overlapHours") != 0:
                keys |= dict.fromkeys(_RETIRING, UNKNOWN)
        if _bounded(inputs):
            keys["active"] = UNKNOWN
        return {**inputs, **keys}

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        issued = identity.create(store, _spec(inputs))
        return issued.spec.name, {**inputs, **_outputs(issued)}

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        declared = _issued({**outputs, **inputs, "name": resource_id}, outputs)
        found = identity.read(store, declared)
        if found is None:
            return None
        live: Properties = {"buckets": [], **inputs, "name": resource_id, "policy": found.spec.policy}
        live["rotation"] = found.spec.rotation or None
        if found.spec.enabled != declared.spec.enabled:
            live["enabled"] = found.spec.enabled
        return live, {**live, **_outputs(found)}

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        issued = identity.update(store, _issued(olds, olds), _spec(inputs))
        return {**inputs, **_outputs(issued)}

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        identity.delete(store, _issued({**outputs, "name": resource_id}, outputs))


def _spec(inputs: Properties) -> IdentitySpec:
    return IdentitySpec(
        name=inputs["name"],
        buckets=tuple(inputs.get("buckets") or ()),
        policy=inputs.get("policy") or "{}",
        rotation=inputs.get("rotation") or "",
        enabled=inputs.get("enabled", True),
        expires=inputs.get("expires"),
        overlap_hours=inputs.get("overlapHours", OVERLAP_HOURS),
    )


def _bounded(inputs: Properties) -> bool:
    """Tell whether the identity may be one that does not work: only then its state says which it is."""
    return inputs.get("enabled") is not None or inputs.get("expires") is not None


def _issued(inputs: Properties, outputs: Properties) -> Issued:
    key = AccessKey(outputs.get("accessKey") or "", outputs.get("secretKey") or "")
    return Issued(
        _spec(inputs), key, outputs.get("principal") or "", _retiring(outputs), outputs.get("active") is not False
    )


def _retiring(outputs: Properties) -> Retiring | None:
    access, secret, until, since = (outputs.get(name) for name in _RETIRING)
    if not access or not until or not since:
        return None
    times = (datetime.datetime.fromisoformat(text) for text in (until, since))
    return Retiring(AccessKey(access, secret or ""), *times)


def _outputs(issued: Issued) -> Properties:
    found: Properties = {
        "accessKey": issued.key.access,
        "secretKey": issued.key.secret,
        "principal": issued.principal,
    }
    if issued.retiring is not None:
        retiring = issued.retiring
        times = (time.isoformat(timespec="seconds") for time in (retiring.until, retiring.since))
        found |= dict(zip(_RETIRING, (retiring.key.access, retiring.key.secret, *times), strict=True))
    if not issued.spec.enabled or issued.spec.expires is not None or not issued.active:
        found["active"] = issued.active
    return found
