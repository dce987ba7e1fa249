"""Buckets as the engine sees them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from govcloud.providers.storage import bucket, problems
from govcloud.providers.storage.bucket_spec import settings_said
from govcloud.providers.storage.resource_types.resource_type import NOT_KNOWN, Around, Failure, Properties, misshapen
from govcloud.providers.storage.settings import AT_CREATION_ONLY, DECLARABLE, OBJECT_LOCK, SETTINGS, line, same
from govcloud.providers.storage.settings.problems import lock_at_creation, lock_stays
from govcloud.providers.storage.store import Store
from govcloud_base.wire.values import UNKNOWN, has_unknown

__all__ = ["BucketType"]

_SHAPES: Final[Mapping[str, type]] = {
    "name": str,
    "versioning": bool,
    "encryption": bool,
    "tags": dict,
    "quotaBytes": int,
    "quotaObjects": int,
    "grants": list,
    "bucketPolicy": bool,
    **{name: SETTINGS[name].shape for name in DECLARABLE},
}


class BucketType:
    """`govcloud:storage:Bucket`; its id is the bucket's name."""

    secret_outputs: frozenset[str] = frozenset()

    def checked(
        self, olds: Properties, news: Properties, around: Around = NOT_KNOWN
    ) -> tuple[Properties, list[Failure]]:
        inputs: Properties = {"versioning": True, "encryption": True, "tags": {}, **news}
        failures = misshapen(inputs, _SHAPES, required=("name",))
        if not failures and not has_unknown(inputs):
            _, failures = settings_said(inputs)
            failures += bucket.problems_of(_bucket_spec(inputs)) if not failures else []
        old, new = olds.get("name"), inputs.get("name")
        if old and new != old and not has_unknown(new):
            failures.append(("name", problems.rename_refused(str(old), str(new))))
        lock = OBJECT_LOCK.name
        if old and olds.get(lock) and not inputs.get(lock):
            failures.append((lock, lock_stays(str(old), lock, str(olds[lock]))))
        if old and inputs.get(lock) and not olds.get(lock) and around.dialect in AT_CREATION_ONLY:
            failures.append((lock, lock_at_creation(str(old), str(around.dialect))))
        return inputs, failures

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        # A changed name never comes this far with a bucket that exists: the check refuses it.
        return ["name"] if olds.get("name") != news.get("name") else []

    def due(self, inputs: Properties, outputs: Properties, now: datetime.datetime) -> list[str]:
        return []

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
        grants=tuple(str(name) for name in inputs.get("grants") or ()),
        own_policy=inputs.get("bucketPolicy") is True,
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
    inputs |= {name: declared[name] for name in ("grants", "bucketPolicy") if declared.get(name)}
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
