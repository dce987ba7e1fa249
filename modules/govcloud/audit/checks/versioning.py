"""STO-04 live: what was overwritten and deleted comes back whole, and its owner cannot switch that off."""

from __future__ import annotations

from typing import TypeGuard

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination
from govcloud.audit.result import Finding
from govcloud.audit.store_attempt import Call, StoreAttempt, perform
from govcloud.audit.tenant_store import each_bucket, probe_folder, session
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import StoreSession
from govcloud.clouds.request import Answer
from govcloud.country.controls import Control
from govcloud_base.errors import Text

__all__ = ["CHECK", "is_version", "judge_recovery", "judge_state", "stopping_attempts"]

_FIRST, _SECOND = b"first version", b"second version"
_CONTROL = "STO-04"


def judge_state(bucket: str, answer: Answer, status: str | None, control: Control) -> Finding:
    """Return whether the store says that versioning is on."""
    name, required = Text(f"versioning of {bucket}", f"lưu phiên bản của {bucket}"), control.string("required")
    if not answer.ok:
        return Finding(name, Verdict.ERROR, answer.to("get_bucket_versioning"))
    if status != required:
        return Finding(
            name,
            Verdict.FAIL,
            Text(f"is {status or 'not set'}, required {required}", f"là {status or 'chưa đặt'}, yêu cầu {required}"),
        )
    return Finding(name, Verdict.PASS, Text(f"is {status}", f"là {status}"))


def is_version(version: str | None) -> TypeGuard[str]:
    """Return whether an answer names a version of its own: one written without versioning has none, or `null`."""
    return bool(version) and version != "null"


def judge_recovery(bucket: str, version: str | None, answer: Answer, content: bytes | None) -> Finding:
    """Return whether the first version of an overwritten and deleted object came back whole."""
    name = Text(f"recovery from {bucket}", f"khôi phục từ {bucket}")
    if not is_version(version):
        return Finding(name, Verdict.FAIL, Text("writing returned no version id", "ghi không trả về mã phiên bản"))
    if answer.ok:
        if content == _FIRST:
            back = Text("the first version came back", "phiên bản đầu đã được lấy lại")
            return Finding(name, Verdict.PASS, back)
        return Finding(name, Verdict.FAIL, Text("the first version changed", "phiên bản đầu đã bị thay đổi"))
    if answer.status == 404:
        return Finding(name, Verdict.FAIL, Text("the first version is gone", "phiên bản đầu đã mất"))
    return Finding(name, Verdict.ERROR, answer.to("get_object"))


def stopping_attempts(bucket: str, key: str, version: str) -> list[StoreAttempt]:
    """Return the owner's ways to lose versions."""
    twin = Call("get_bucket_versioning", {"Bucket": bucket})
    return [
        StoreAttempt(
            Text(f"suspend versioning of {bucket}", f"tạm ngừng lưu phiên bản của {bucket}"),
            Call("put_bucket_versioning", {"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}}),
            twin,
            Call("put_bucket_versioning", {"Bucket": bucket, "VersioningConfiguration": {"Status": "Enabled"}}),
        ),
        StoreAttempt(
            Text(f"delete a version in {bucket}", f"xóa một phiên bản trong {bucket}"),
            Call("delete_object", {"Bucket": bucket, "Key": key, "VersionId": version}),
            twin,
        ),
    ]


def _bucket(owner: StoreSession, access: Access, bucket: str) -> list[Finding]:
    answer, status = owner.call("get_bucket_versioning", Bucket=bucket)
    state = judge_state(bucket, answer, status.get("Status"), access.catalogue[_CONTROL])
    if state.verdict is not Verdict.PASS:
        # Nothing is tried: what is deleted while versioning is suspended leaves a marker that stores keep for ever.
        return [state]
    with probe_folder(owner, access, bucket) as folder:
        key = folder + "versions"
        _, first = owner.call("put_object", Bucket=bucket, Key=key, Body=_FIRST)
        version = first.get("VersionId")
        if not is_version(version):
            return [state, judge_recovery(bucket, version, answer, None)]
        owner.call("put_object", Bucket=bucket, Key=key, Body=_SECOND)
        owner.call("delete_object", Bucket=bucket, Key=key)
        read, found = owner.call("get_object", Bucket=bucket, Key=key, VersionId=version)
        attempts = perform(stopping_attempts(bucket, key, version), owner, owner)
    return [state, judge_recovery(bucket, version, read, found.get("Body")), *attempts]


def _examine(subject: str, access: Access) -> Examination:
    owner = session(subject, access)
    buckets = access.tenants[subject].versioned(access.catalogue[_CONTROL].level)
    findings = each_bucket(buckets, lambda bucket: _bucket(owner, access, bucket))
    return Examination(4 * len(buckets), tuple(findings))


def _subjects(access: Access) -> tuple[str, ...]:
    level = access.catalogue[_CONTROL].level
    return tuple(name for name in access.tenants if access.tenants[name].versioned(level))


CHECK = Check("STO-04.versioning", (_CONTROL,), _subjects, _examine)
