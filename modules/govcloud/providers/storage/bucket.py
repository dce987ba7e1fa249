"""A private bucket: make it or take up our own half-made one, keep its settings, never touch its data."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from govcloud.providers.storage import canary_object, content, content_problems, problems, settings
from govcloud.providers.storage.adapters import UNBOUNDED, Quota
from govcloud.providers.storage.bucket_spec import OWNERSHIP_PREFIX, BucketSpec, problems_of
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.settings import OBJECT_LOCK, POLICY, SETTINGS, WATCHED, Setting
from govcloud.providers.storage.settings.problems import lock_stays
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, Text

__all__ = [
    "ABSENT",
    "OWNERSHIP_PREFIX",
    "BucketSpec",
    "create",
    "delete",
    "differing",
    "ownership",
    "problems_of",
    "read",
    "update",
]

ABSENT = "absent"
"""Stands for what is not there where a setting is shown."""
_MISSING = ("404", "NoSuchBucket")
_EXISTS = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
_NO_TAGS = ("NoSuchTagSet", "NoSuchTagSetError")
_NO_ENCRYPTION = ("ServerSideEncryptionConfigurationNotFoundError", "NotImplemented")


def create(store: Store, spec: BucketSpec) -> BucketSpec:
    """Make the bucket, or finish one of ours that a crash left half-made; return what it is then.

    Raises:
        CloudError: GC-STORE-005 foreign, -008 ignored, -009 unsupported, -010 public; -003 or -004 from the store.
    """
    _ = store.s3  # that keys are missing is told before anybody is asked anything
    store.adapter.open()
    store.adapter.check()
    _require(store, spec)
    live: BucketSpec | None = BucketSpec(spec.name, versioning=False, encryption=False)
    with store.reported(Text(f"CreateBucket {spec.name}", f"việc tạo kho {spec.name}")):
        if not _made(store, spec):
            _refuse_foreign(store, spec)
            live = read(store, spec.name, spec)
    return _settle(store, spec, live, canary=True)


def _made(store: Store, spec: BucketSpec) -> bool:
    """Make the bucket; False where it is there already.

    It is looked for first: servers exist that answer 200 to who makes his own once more, as Amazon in one region.
    """
    from botocore.exceptions import ClientError

    if store.exists(spec.name):
        return False
    try:
        if OBJECT_LOCK.name in spec.settings:
            store.s3.create_bucket(Bucket=spec.name, ObjectLockEnabledForBucket=True)
        else:
            store.s3.create_bucket(Bucket=spec.name)
    except ClientError as error:
        if error_code(error) not in _EXISTS:
            raise
        return False
    return True


def read(
    store: Store, name: str, declared: BucketSpec | None = None, before: Collection[str] = ()
) -> BucketSpec | None:
    """Return the bucket as it is, None where it is gone.

    `declared` lends its quota where the server's coarser unit stands for the same number, and tells which settings are
    looked at besides those that nobody may have behind the declaration: those that it has, and those that were
    declared `before`. Without it all are.
    """
    if not store.exists(name):
        return None
    s3 = store.s3
    names = SETTINGS.keys() if declared is None else {*declared.settings, *WATCHED, *before}
    with store.reported(Text(f"reading bucket {name}", f"việc đọc kho {name}")):
        versioning = _versioning(store, name)
        encryption = _encryption(store, name)
        tags = _tags(store, name)
        quota = store.adapter.quota(name) if store.adapter.quota_unit else UNBOUNDED
        said = settings.found(s3, name, names)
    quota_bytes, wanted = quota.bytes, declared.quota_bytes if declared else None
    if wanted is not None and quota_bytes == _in_units(wanted, store.adapter.quota_unit):
        quota_bytes = wanted
    wanted_settings = declared.settings if declared else {}
    # What a server says of every bucket was set by nobody.
    said = {n: v for n, v in said.items() if n in wanted_settings or not settings.same(v, SETTINGS[n].default)}
    known = settings.DECLARABLE if declared is None else wanted_settings.keys()
    if declared is not None and POLICY.name in said:
        said[POLICY.name] = declared.others(said[POLICY.name])
    return BucketSpec(
        name=name,
        versioning=versioning,
        encryption=encryption == "AES256",
        quota_bytes=quota_bytes,
        quota_objects=quota.objects,
        tags=tags,
        settings={setting: value for setting, value in said.items() if setting in known},
        grants=declared.grants if declared else (),
        own_policy=declared.own_policy if declared else False,
        undeclared={setting: value for setting, value in said.items() if value and setting not in known},
    )


def ownership(store: Store, name: str) -> dict[str, str]:
    """Return the tags that say whose a bucket is; none where it is gone. Raises CloudError where they can't be read."""
    from botocore.exceptions import ClientError

    with store.reported(Text(f"reading the tags of bucket {name}", f"việc đọc thẻ của kho {name}")):
        try:
            return {key: value for key, value in _tags(store, name).items() if key.startswith(OWNERSHIP_PREFIX)}
        except ClientError as error:
            if error_code(error) in _MISSING:
                return {}
            raise


def differing(wanted: BucketSpec, found: BucketSpec) -> list[tuple[str, str, str]]:
    """Return each setting in which a bucket is not as it shall be, with the value that it shall have and the one found.

    Both must have been read with the same declaration (:func:`read`).
    """
    pairs: dict[str, tuple[object, object]] = {
        "versioning": (wanted.versioning, found.versioning),
        "encryption": (wanted.encryption, found.encryption),
        "quotaBytes": (wanted.quota_bytes, found.quota_bytes),
        "quotaObjects": (wanted.quota_objects, found.quota_objects),
        "tags": (dict(wanted.tags), dict(found.tags)),
    }
    rows = [(setting, _shown(one), _shown(other)) for setting, (one, other) in pairs.items() if one != other]
    return [
        *rows,
        *(
            (name, settings.line(one) or ABSENT, settings.line(other) or ABSENT)
            for name, one, other in _unlike(wanted, found)
        ),
    ]


def _unlike(wanted: BucketSpec, found: BucketSpec) -> Iterator[tuple[str, Any, Any]]:
    """Yield each further setting that differs, with what shall be said of it and what is; None for nothing."""
    live = {**found.settings, **found.undeclared}
    for name in SETTINGS:
        one, other = wanted.settings.get(name), live.get(name)
        if not settings.same(one, other):
            yield name, one, other


def _shown(value: object) -> str:
    return ABSENT if value is None else str(value)


def update(store: Store, spec: BucketSpec, before: Collection[str] = ()) -> BucketSpec:
    """Bring the settings of an existing bucket to `spec`; return what it is then.

    `before` names settings that were declared until now: where `spec` has them no more, they are taken away.

    Raises:
        CloudError: GC-STORE-011 gone; otherwise as :func:`create`.
    """
    store.adapter.open()
    _require(store, spec)
    return _settle(store, spec, read(store, spec.name, spec, before), before, canary=False)


def delete(store: Store, name: str) -> None:
    """Delete the bucket if it holds nothing at all; no error where it is gone already.

    Raises:
        CloudError: GC-STORE-006, an object, a version, a delete marker or an upload is in it.
    """
    from botocore.exceptions import ClientError

    if not store.exists(name):
        return
    with store.reported(Text(f"DeleteBucket {name}", f"việc xóa kho {name}")):
        # Asked before deleting: servers exist that call a bucket empty which still keeps versions or uploads.
        held = content.first(store.s3, name)
        if held is not None:
            raise CloudError(content_problems.bucket_not_empty(name, str(held)))
        try:
            store.s3.delete_bucket(Bucket=name)
        except ClientError as error:
            if error_code(error) in _MISSING:
                return
            if error_code(error) == "BucketNotEmpty":
                raise CloudError(content_problems.bucket_not_empty(name, "BucketNotEmpty")) from error
            raise


def _require(store: Store, spec: BucketSpec) -> None:
    """Refuse what the store was seen not to do, before anything is made."""
    able = store.capabilities
    adapter = store.adapter
    wants = {
        "tags": (True, able.works("tagging")),
        "versioning": (spec.versioning, able.works("versioning")),
        "encryption": (spec.encryption, able.works("encryption")),
        "quotaBytes": (spec.quota_bytes is not None, adapter.quota_unit > 0),
        "quotaObjects": (spec.quota_objects is not None, adapter.counts_objects),
        **{name: (True, able.works(SETTINGS[name].capability)) for name in spec.settings},
    }
    missing = [setting for setting, (wanted, works) in wants.items() if wanted and not works]
    if missing:
        raise CloudError(problems.setting_unsupported(setting, adapter.name) for setting in missing)
    if spec.quota_bytes is not None and spec.quota_bytes < adapter.quota_unit:
        allowed = f"≥ {adapter.quota_unit}"
        raise CloudError(problems.input_invalid("quotaBytes", spec.quota_bytes, allowed))


def _refuse_foreign(store: Store, spec: BucketSpec) -> None:
    """Pass for a bucket that carries our ownership tags, or that nobody has marked, filled or opened yet."""
    live = _tags(store, spec.name)
    wanted = {k: v for k, v in spec.tags.items() if k.startswith(OWNERSHIP_PREFIX)}
    found = {k: v for k, v in live.items() if k.startswith(OWNERSHIP_PREFIX)}
    if found:
        if found != wanted:
            differing = sorted(k for k in wanted.keys() | found.keys() if wanted.get(k) != found.get(k))
            shown = ", ".join(f"{k}={found.get(k, '')!r}" for k in differing)
            raise CloudError(
                problems.bucket_is_foreign(spec.name, Text(en=f"its tags say {shown}", vi=f"thẻ ghi {shown}"))
            )
        return
    # A crash between creating and tagging leaves a bucket without tags, but then also without anything else.
    if live or content.first(store.s3, spec.name) is not None or settings.found(store.s3, spec.name, WATCHED):
        reason = Text(
            en="it has content, tags or settings of its own, but no ownership tags of ours",
            vi="nó có nội dung, thẻ hoặc thiết lập riêng nhưng không có thẻ sở hữu của hệ thống",
        )
        raise CloudError(problems.bucket_is_foreign(spec.name, reason))


def _settle(
    store: Store, spec: BucketSpec, live: BucketSpec | None, before: Collection[str] = (), *, canary: bool
) -> BucketSpec:
    """Change what differs from `live`, then look whether it really became so."""
    name = spec.name
    if live is None:
        raise CloudError(problems.bucket_gone(name))
    s3 = store.s3
    with store.reported(Text(f"configuring bucket {name}", f"việc thiết lập kho {name}")):
        if dict(live.tags) != dict(spec.tags):
            _still_there(store, name)
            s3.put_bucket_tagging(
                Bucket=name,
                Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in sorted(spec.tags.items())]},
            )
        if live.encryption != spec.encryption:
            _set_encryption(store, name, spec.encryption)
            canary = canary or spec.encryption
        if canary:
            canary_object.trial(store, spec)
        if live.versioning != spec.versioning:
            _still_there(store, name)
            s3.put_bucket_versioning(
                Bucket=name,
                VersioningConfiguration={"Status": "Enabled" if spec.versioning else "Suspended"},
            )
        if (live.quota_bytes, live.quota_objects) != (spec.quota_bytes, spec.quota_objects):
            _still_there(store, name)
            store.adapter.set_quota(name, Quota(spec.quota_bytes, spec.quota_objects))
            if live.quota_bytes is not None or live.quota_objects is not None:
                # A full bucket whose quota was raised takes data again now, not when the server looks next.
                store.adapter.enforce_quotas()
        for setting, wanted, found in _unlike(spec, live):
            _still_there(store, name)
            _bring(store, spec, SETTINGS[setting], wanted, found)
    return _verified(store, spec, before)


def _bring(store: Store, spec: BucketSpec, setting: Setting, wanted: Any, found: Any) -> None:
    """Write a setting, or take away one that a read just found."""
    name = spec.name
    if setting is POLICY:
        _tidy_policy(store, spec)
    elif wanted and setting.write is not None:
        setting.write(store.s3, name, wanted)
    elif setting.remove is not None:
        setting.remove(store.s3, name)
    else:
        raise CloudError(lock_stays(name, setting.name, settings.line(found)))


def _tidy_policy(store: Store, spec: BucketSpec) -> None:
    """Take away what stands in the policy of the bucket and is of nobody whom it was told of."""
    with store.lock_of(spec.name):
        said = settings.found(store.s3, spec.name, (POLICY.name,)).get(POLICY.name)
        others = spec.others(said)
        if isinstance(said, Mapping) and isinstance(others, Mapping):
            left = [statement for statement in said["Statement"] if statement not in others["Statement"]]
            if left:
                store.s3.put_bucket_policy(Bucket=spec.name, Policy=json.dumps({**said, "Statement": left}))
                return
        if others:
            store.s3.delete_bucket_policy(Bucket=spec.name)


def _verified(store: Store, spec: BucketSpec, before: Collection[str]) -> BucketSpec:
    """Return the bucket as it reads now; any setting that did not take is a problem of its own."""
    found = read(store, spec.name, spec, before)
    if found is None:
        raise CloudError(problems.bucket_gone(spec.name))
    wrong = [problems.setting_ignored(spec.name, *row) for row in differing(spec, found)]
    status = store.anonymous_status(f"{spec.name}?list-type=2")
    if status not in (401, 403):
        wrong.append(problems.bucket_public(spec.name, status))
    if wrong:
        raise CloudError(wrong)
    return found


def _set_encryption(store: Store, name: str, wanted: bool) -> None:
    _still_there(store, name)
    if not wanted:
        # Only ever reached when a read just proved it set: some servers delete the bucket otherwise.
        store.s3.delete_bucket_encryption(Bucket=name)
        return
    store.s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )


def _still_there(store: Store, name: str) -> None:
    """Refuse to configure a missing bucket: servers exist that would create it."""
    if not store.exists(name):
        raise CloudError(problems.bucket_gone(name))


def _versioning(store: Store, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        return store.s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
    except ClientError as error:
        if error_code(error) == "NotImplemented":
            return False
        raise


def _encryption(store: Store, name: str) -> str:
    from botocore.exceptions import ClientError

    try:
        answer = store.s3.get_bucket_encryption(Bucket=name)
    except ClientError as error:
        if error_code(error) in _NO_ENCRYPTION:
            return ""
        raise
    rules = answer["ServerSideEncryptionConfiguration"].get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return str(default.get("SSEAlgorithm", ""))


def _tags(store: Store, name: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    try:
        answer = store.s3.get_bucket_tagging(Bucket=name)
    except ClientError as error:
        if error_code(error) in _NO_TAGS:
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def _in_units(quota: int, unit: int) -> int:
    return quota // unit * unit if unit else quota
