"""The resource types of the plugin in plain dictionaries: inputs checked, plans made, effects handed on.

Property names are those of the Pulumi state (camelCase). Nothing here knows the protocol; values that only an update
can know are :data:`govcloud_base.wire.values.UNKNOWN`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from govcloud.providers.storage import bucket, identity, problems
from govcloud.providers.storage.bucket_spec import settings_said
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.settings import AT_CREATION_ONLY, DECLARABLE, OBJECT_LOCK, SETTINGS, line, same
from govcloud.providers.storage.settings.problems import lock_at_creation, lock_stays
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Problem, Text
from govcloud_base.wire.values import UNKNOWN, has_unknown

__all__ = ["RESOURCE_TYPES", "Failure", "Properties", "ResourceType"]

Properties = dict[str, Any]
Failure = tuple[str, Problem]
"""The name of an input and what is wrong with it."""
_BUCKET_SHAPES: Final[Mapping[str, type]] = {
    "name": str,
    "versioning": bool,
    "encryption": bool,
    "tags": dict,
    "quotaBytes": int,
    "quotaObjects": int,
    **{name: SETTINGS[name].shape for name in DECLARABLE},
}


class ResourceType(Protocol):
    """What the engine may ask of one type of resource."""

    secret_outputs: frozenset[str]
    """Outputs that are secret whatever the inputs were."""

    def checked(
        self, olds: Properties, news: Properties, dialect: str | None = None
    ) -> tuple[Properties, list[Failure]]:
        """Return the inputs with defaults filled in, and what is wrong with them on a store of this dialect (None where
        it is not known yet)."""

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        """Return the inputs whose change needs another resource."""

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        """Return the outputs as far as a preview can know them; `olds` are the outputs before an update."""

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        """Make the resource and return its id and outputs."""

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Return inputs and outputs as the store has them, None where the resource is gone."""

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        """Bring the resource to `inputs` and return its outputs."""

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        """Remove the resource."""


class BucketType:
    """`govcloud:storage:Bucket`; its id is the bucket's name."""

    secret_outputs: frozenset[str] = frozenset()

    def checked(
        self, olds: Properties, news: Properties, dialect: str | None = None
    ) -> tuple[Properties, list[Failure]]:
        inputs: Properties = {"versioning": True, "encryption": True, "tags": {}, **news}
        failures = _misshapen(inputs, _BUCKET_SHAPES, required=("name",))
        if not failures and not has_unknown(inputs):
            _, failures = settings_said(inputs)
            failures += bucket.problems_of(_bucket_spec(inputs)) if not failures else []
        old, new = olds.get("name"), inputs.get("name")
        if old and new != old and not has_unknown(new):
            failures.append(("name", problems.rename_refused(str(old), str(new))))
        lock = OBJECT_LOCK.name
        if old and olds.get(lock) and not inputs.get(lock):
            failures.append((lock, lock_stays(str(old), lock, str(olds[lock]))))
        if old and inputs.get(lock) and not olds.get(lock) and dialect in AT_CREATION_ONLY:
            failures.append((lock, lock_at_creation(str(old), str(dialect))))
        return inputs, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        # A changed name never comes this far with a bucket that exists: the check refuses it.
        return ["name"] if olds.get("name") != news.get("name") else []

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        return {**inputs, **_place(store, inputs["name"])}

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        made = bucket.create(store, _bucket_spec(inputs))
        return made.name, {**inputs, **_bucket_inputs(made, inputs), **_place(store, made.name)}

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        declared = _bucket_spec({**inputs, "name": resource_id}) if inputs else None
        found = bucket.read(store, resource_id, declared)
        if found is None:
            return None
        live = _bucket_inputs(found, inputs)
        return live, {**live, **_place(store, found.name)}

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        made = bucket.update(store, _bucket_spec(inputs), [name for name in DECLARABLE if olds.get(name)])
        return {**inputs, **_bucket_inputs(made, inputs), **_place(store, made.name)}

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        bucket.delete(store, resource_id)


class IdentityType:
    """`govcloud:storage:Identity`; its id is the identity's name."""

    secret_outputs: frozenset[str] = frozenset({"secretKey"})

    def checked(
        self, olds: Properties, news: Properties, dialect: str | None = None
    ) -> tuple[Properties, list[Failure]]:
        inputs: Properties = {"buckets": [], **news}
        if isinstance(inputs.get("policy"), Mapping) and not has_unknown(inputs["policy"]):
            inputs["policy"] = json.dumps(inputs["policy"], sort_keys=True, ensure_ascii=False)
        if isinstance(inputs.get("rotation"), (int, float)):
            inputs["rotation"] = str(inputs["rotation"])
        shapes = {"name": str, "buckets": list, "policy": str, "rotation": str}
        failures = _misshapen(inputs, shapes, required=("name", "policy"))
        if not failures and not has_unknown(inputs):
            failures = identity.problems_of(_identity_spec(inputs))
        return inputs, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        return ["name"] if olds.get("name") != news.get("name") else []

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        keys: Properties = dict.fromkeys(("accessKey", "secretKey", "principal"), UNKNOWN)
        if olds is not None:
            keys["principal"] = olds.get("principal", UNKNOWN)
            if olds.get("rotation", "") == inputs.get("rotation", ""):
                keys |= {name: olds.get(name, UNKNOWN) for name in ("accessKey", "secretKey")}
        return {**inputs, **keys}

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        issued = identity.create(store, _identity_spec(inputs))
        return issued.spec.name, {**inputs, **_key_outputs(issued)}

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        declared = _issued({**outputs, **inputs, "name": resource_id}, outputs)
        found = identity.read(store, declared)
        if found is None:
            return None
        live: Properties = {"buckets": [], **inputs, "name": resource_id, "policy": found.spec.policy}
        live["rotation"] = found.spec.rotation or None
        return live, {**live, **_key_outputs(found)}

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        issued = identity.update(store, _issued(olds, olds), _identity_spec(inputs))
        return {**inputs, **_key_outputs(issued)}

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        identity.delete(store, _issued({**outputs, "name": resource_id}, outputs))


RESOURCE_TYPES: Final[Mapping[str, ResourceType]] = {
    "govcloud:storage:Bucket": BucketType(),
    "govcloud:storage:Identity": IdentityType(),
}


def _misshapen(inputs: Properties, shapes: Mapping[str, type], required: tuple[str, ...]) -> list[Failure]:
    """Return a failure for every input of the wrong JSON type, unknown to the type, or missing."""
    failures: list[Failure] = []
    for name, value in inputs.items():
        if name.startswith("__") or name == "version" or value is None or value == UNKNOWN:
            continue
        shape = shapes.get(name)
        if shape is None:
            failures.append((name, problems.input_invalid(name, value, ", ".join(shapes))))
        elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            failures.append((name, problems.input_invalid(name, value, shape.__name__)))
    failures += [
        (name, problems.input_invalid(name, "", Text("required", "bắt buộc")))
        for name in required
        if not inputs.get(name)
    ]
    return failures


def _bucket_spec(inputs: Properties) -> bucket.BucketSpec:
    said, _ = settings_said(inputs)
    return bucket.BucketSpec(
        name=inputs["name"],
        versioning=inputs.get("versioning", True),
        encryption=inputs.get("encryption", True),
        quota_bytes=inputs.get("quotaBytes"),
        quota_objects=inputs.get("quotaObjects"),
        tags={str(k): str(v) for k, v in inputs.get("tags", {}).items()},
        settings=said,
    )


def _bucket_inputs(spec: bucket.BucketSpec, declared: Properties) -> Properties:
    """Return a bucket as inputs; a setting that means what is `declared` keeps the words of the declaration."""
    inputs: Properties = {
        "name": spec.name,
        "versioning": spec.versioning,
        "encryption": spec.encryption,
        "tags": dict(spec.tags),
    }
    for name, quota in (("quotaBytes", spec.quota_bytes), ("quotaObjects", spec.quota_objects)):
        if quota is not None:
            inputs[name] = quota
    wanted, _ = settings_said(declared)
    for name, said in spec.settings.items():
        inputs[name] = declared[name] if same(said, wanted.get(name)) else SETTINGS[name].declared(said)
    if spec.undeclared:
        # Only ever read from the store: no program may declare it, so that the next update takes it away.
        inputs["undeclared"] = {name: line(said) for name, said in spec.undeclared.items()}
    return inputs


def _place(store: Store | None, name: str) -> Properties:
    """Return the outputs that tell a consumer where the bucket is."""
    arn = UNKNOWN if has_unknown(name) else f"arn:aws:s3:::{name}"
    if store is None:
        return {"arn": arn, "endpoint": UNKNOWN, "region": UNKNOWN}
    return {"arn": arn, "endpoint": store.endpoint.url, "region": store.endpoint.region}


def _identity_spec(inputs: Properties) -> identity.IdentitySpec:
    return identity.IdentitySpec(
        name=inputs["name"],
        buckets=tuple(inputs.get("buckets") or ()),
        policy=inputs.get("policy") or "{}",
        rotation=inputs.get("rotation") or "",
    )


def _issued(inputs: Properties, outputs: Properties) -> identity.Issued:
    key = AccessKey(outputs.get("accessKey") or "", outputs.get("secretKey") or "")
    return identity.Issued(_identity_spec(inputs), key, outputs.get("principal") or "")


def _key_outputs(issued: identity.Issued) -> Properties:
    return {
        "accessKey": issued.key.access,
        "secretKey": issued.key.secret,
        "principal": issued.principal,
    }
