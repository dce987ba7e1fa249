"""STO-01 and TEN-01 live at the object store: nobody without a key, and no other tenant, reads or writes a bucket."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination
from govcloud.audit.result import Finding
from govcloud.audit.store_attempt import Call, StoreAttempt, perform
from govcloud.audit.tenant_store import PREFIX, PROBE, each_bucket, probe_folder, session
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import StoreSession
from govcloud_base.errors import Text

__all__ = [
    "CHECK",
    "CROSS_TENANT",
    "OPENED",
    "foreign_attempts",
    "judge_listing",
    "object_attempts",
    "opening_attempts",
    "reading_and_writing",
]

_GRANTED: Final = {"read": ("list_objects_v2", "get_object", "copy_object"), "write": ("put_object",)}
"""What somebody may do on a bucket by each kind of grant."""
OPENED = "opened"
"""Name of the probe object that its owner wrote for everybody to read."""


def reading_and_writing(bucket: str, folder: str) -> Iterator[StoreAttempt]:
    """Return the ways to read and write a bucket; attack and twin are the same call by different people.

    `folder` holds the probe object; nothing else of the bucket is touched.
    """
    key, written = folder + PROBE, folder + "written"
    calls: dict[str, dict[str, Any]] = {
        "list_objects_v2": {"Bucket": bucket},
        "list_object_versions": {"Bucket": bucket},
        "list_multipart_uploads": {"Bucket": bucket},
        "get_object": {"Bucket": bucket, "Key": key},
        "get_object_tagging": {"Bucket": bucket, "Key": key},
        "get_bucket_versioning": {"Bucket": bucket},
        "get_bucket_tagging": {"Bucket": bucket},
        "put_object": {"Bucket": bucket, "Key": written, "Body": b"x"},
        "delete_object": {"Bucket": bucket, "Key": written},
    }
    for operation, arguments in calls.items():
        call = Call(operation, arguments)
        yield StoreAttempt(Text(f"{operation} on {bucket}", f"{operation} trên {bucket}"), call, call)


def opening_attempts(bucket: str) -> Iterator[StoreAttempt]:
    """Return the ways in which the owner could open, loosen or lose his own bucket; none is his to use."""
    everybody = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["s3:GetObject"],
                # were it allowed, only this one empty place would have been open for a moment
                "Resource": [f"arn:aws:s3:::{bucket}/{PREFIX}nothing"],
            }
        ],
    }
    twin = Call("list_objects_v2", {"Bucket": bucket, "MaxKeys": 1})
    yield StoreAttempt(
        Text(f"open {bucket} by access list", f"mở {bucket} bằng danh sách truy cập"),
        Call("put_bucket_acl", {"Bucket": bucket, "ACL": "public-read"}),
        twin,
        Call("put_bucket_acl", {"Bucket": bucket, "ACL": "private"}),
    )
    yield StoreAttempt(
        Text(f"open {bucket} by policy", f"mở {bucket} bằng chính sách"),
        Call("put_bucket_policy", {"Bucket": bucket, "Policy": json.dumps(everybody)}),
        twin,
        Call("delete_bucket_policy", {"Bucket": bucket}),
    )


def object_attempts(bucket: str, folder: str) -> Iterator[StoreAttempt]:
    """Return the ways in which the owner could open one object: in writing it, which the store may take without effect,
    and afterwards.

    `folder` holds the probe object, and `OPENED`, which was written with an access list for everybody.
    """
    opened = Call("get_object", {"Bucket": bucket, "Key": folder + OPENED})
    yield StoreAttempt(
        Text(f"read what was written into {bucket} for everybody", f"đọc đối tượng ghi vào {bucket} cho mọi người"),
        opened,
        opened,
    )
    one = {"Bucket": bucket, "Key": folder + PROBE}
    yield StoreAttempt(
        Text(f"open an object in {bucket} by access list", f"mở một đối tượng trong {bucket} bằng danh sách truy cập"),
        Call("put_object_acl", {**one, "ACL": "public-read"}),
        Call("get_object", one),
        Call("put_object_acl", {**one, "ACL": "private"}),
    )


def foreign_attempts(bucket: str, folder: str, own: str, own_folder: str) -> Iterator[StoreAttempt]:
    """Return what a key holder with the bucket `own` tries on somebody else's; twins stay in his own bucket.

    Both folders hold a probe object.
    """
    twins = {attempt.attack.operation: attempt.attack for attempt in reading_and_writing(own, own_folder)}
    for attempt in reading_and_writing(bucket, folder):
        yield StoreAttempt(attempt.name, attempt.attack, twins[attempt.attack.operation])
    key, own_key, copied = folder + PROBE, own_folder + PROBE, own_folder + "copied"
    yield StoreAttempt(
        Text(f"copy out of {bucket}", f"chép ra khỏi {bucket}"),
        Call("copy_object", {"Bucket": own, "Key": copied, "CopySource": {"Bucket": bucket, "Key": key}}),
        Call("copy_object", {"Bucket": own, "Key": copied, "CopySource": {"Bucket": own, "Key": own_key}}),
        Call("delete_object", {"Bucket": own, "Key": copied}),
    )
    yield StoreAttempt(
        Text(f"climb out of {own}", f"trèo ra khỏi {own}"),
        Call("copy_object", {"Bucket": own, "Key": copied, "CopySource": f"{own}/..%2f{bucket}%2f{key}"}),
        Call("get_object", {"Bucket": own, "Key": own_key}),
        Call("delete_object", {"Bucket": own, "Key": copied}),
        # a store that takes the dots literally finds no such key in the caller's own bucket
        ("AccessDenied", "NoSuchKey"),
    )
    yield StoreAttempt(
        Text(f"ask for a bucket beside {bucket} that does not exist", f"hỏi một kho không tồn tại bên cạnh {bucket}"),
        Call("list_objects_v2", {"Bucket": f"{bucket}-x"}),
        Call("list_objects_v2", {"Bucket": own}),
    )


def attacks(bucket: str, folder: str, own: str, own_folder: str, granted: Collection[str]) -> list[StoreAttempt]:
    """Return the foreign attempts on a bucket but those that a grant allows (`read`, `write`): these are no attacks."""
    allowed = {operation for access in granted for operation in _GRANTED[access]}

    def concerns(attempt: StoreAttempt) -> bool:
        source = attempt.attack.arguments.get("CopySource")
        return bucket in (
            attempt.attack.arguments.get("Bucket"),
            source.get("Bucket") if isinstance(source, dict) else "",
        )

    attempts = foreign_attempts(bucket, folder, own, own_folder)
    return [one for one in attempts if one.attack.operation not in allowed or not concerns(one)]


def _anonymous(subject: str, access: Access) -> Examination:
    owner, nobody = session(subject, access), access.store.unsigned()
    planned: dict[str, int] = {}

    def examine(bucket: str) -> list[Finding]:
        with probe_folder(owner, access, bucket) as folder:
            _write_for_everybody(owner, bucket, folder + OPENED)
            reading, opening = object_attempts(bucket, folder)
            attempts, openings = [*reading_and_writing(bucket, folder), reading], [*opening_attempts(bucket), opening]
            planned[bucket] = len(attempts) + len(openings)
            return perform(attempts, nobody, owner) + perform(openings, owner, owner)

    buckets = [bucket.name for bucket in access.tenants[subject].buckets]
    findings = each_bucket(buckets, examine)
    return Examination(sum(planned.get(bucket, 1) for bucket in buckets), tuple(findings))


def _write_for_everybody(owner: StoreSession, bucket: str, key: str) -> None:
    """Write an object with an access list that opens it; without one where the store refuses such a list."""
    answer, _ = owner.call("put_object", Bucket=bucket, Key=key, Body=b"x", ACL="public-read")
    if not answer.ok:
        owner.call("put_object", Bucket=bucket, Key=key, Body=b"x")


def _cross_tenant(subject: str, access: Access) -> Examination:
    attacker_name, victim_name = subject.split(" > ")
    attacker, victim = session(attacker_name, access), session(victim_name, access)
    own = access.tenants[attacker_name].buckets[0].name
    planned: dict[str, int] = {}

    def examine(bucket: str) -> list[Finding]:
        with probe_folder(victim, access, bucket) as folder:
            attempts = attacks(bucket, folder, own, own_folder, granted[bucket])
            planned[bucket] = len(attempts)
            return perform(attempts, attacker, attacker)

    subjects = access.tenants[victim_name].buckets
    granted = {bucket.name: bucket.granted.get(attacker_name, frozenset[str]()) for bucket in subjects}
    buckets = [bucket.name for bucket in subjects]
    with probe_folder(attacker, access, own) as own_folder:
        findings = each_bucket(buckets, examine)
    declared = 1 + sum(planned.get(bucket, 1) for bucket in buckets)
    answer, listing = attacker.call("list_buckets")
    visible = [bucket["Name"] for bucket in listing.get("Buckets", ())]
    if not answer.ok and not answer.text.startswith("AccessDenied"):
        raise BlindError(answer.to("list_buckets"))
    findings.append(judge_listing(visible, (bucket.name for bucket in access.tenants[attacker_name].buckets)))
    return Examination(declared, tuple(findings))


def judge_listing(visible: Iterable[str], own: Iterable[str]) -> Finding:
    """Return whether a list of buckets shows the owner's, and nobody else's."""
    seen, expected = set(visible), set(own)
    if seen - expected:
        others = ", ".join(sorted(seen - expected))
        reason = Text(f"shows buckets of others: {others}", f"cho thấy kho của bên khác: {others}")
        return Finding(Text.quoted("list_buckets"), Verdict.FAIL, reason)
    return Finding(
        Text.quoted("list_buckets"),
        Verdict.PASS,
        Text("shows nobody else's buckets", "không cho thấy kho của ai khác"),
    )


def _pairs(access: Access) -> tuple[str, ...]:
    return tuple(f"{a} > {b}" for a, b in access.pairs() if access.tenants[a].buckets and access.tenants[b].buckets)


def _owners(access: Access) -> tuple[str, ...]:
    return tuple(name for name, tenant in access.tenants.items() if tenant.buckets)


CHECK = Check("STO-01.anonymous", ("STO-01",), _owners, _anonymous)
CROSS_TENANT = Check("TEN-01.store-isolation", ("TEN-01", "STO-01"), _pairs, _cross_tenant)
