"""Keys on a real store: what tenant A's key may and may not do, and that a revoked key is dead."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import bucket, identity, policy
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef

pytestmark = pytest.mark.cloud


@dataclass(frozen=True)
class Tenant:
    bucket: str
    issued: Issued
    s3: S3Client


def spec_of(name: str, *buckets: str) -> IdentitySpec:
    return IdentitySpec(f"{name}-prod", json.dumps(storage.policy(buckets)), buckets)


def make(store: Store, name: str) -> Tenant:
    tags = {"govcloud.gov.vn/tenant": name}
    made = bucket.create(store, BucketSpec(f"vn-{name}-prod-records", tags=tags))
    issued = identity.create(store, spec_of(name, made.name))
    return Tenant(made.name, issued, store.client(issued.key))


@pytest.fixture(scope="module")
def tenants(store: Store) -> Iterator[tuple[Tenant, Tenant]]:
    """Two tenants with a confusingly similar name, each with an object in its bucket."""
    a, b = make(store, "iso-a"), make(store, "iso-ab")
    for tenant in (a, b):
        tenant.s3.put_object(Bucket=tenant.bucket, Key="record", Body=tenant.bucket.encode())
    yield a, b
    a.s3.close()
    b.s3.close()


def refusal(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return error_code(error)
    return ""


def key_state(store: Store, key: AccessKey) -> str:
    with closing(store.client(key)) as s3:
        return refusal(s3.list_buckets)


WORK: dict[str, Callable[[S3Client, str], object]] = {
    "list": lambda s3, b: s3.list_objects_v2(Bucket=b),
    "list versions": lambda s3, b: s3.list_object_versions(Bucket=b),
    "get": lambda s3, b: s3.get_object(Bucket=b, Key="record")["Body"].read(),
    "head": lambda s3, b: s3.head_object(Bucket=b, Key="record"),
    "head bucket": lambda s3, b: s3.head_bucket(Bucket=b),
    "put": lambda s3, b: s3.put_object(Bucket=b, Key="other", Body=b"1"),
    "copy": lambda s3, b: s3.copy_object(Bucket=b, Key="copy", CopySource={"Bucket": b, "Key": "record"}),
    "multipart": lambda s3, b: s3.create_multipart_upload(Bucket=b, Key="large"),
    "delete": lambda s3, b: s3.delete_object(Bucket=b, Key="other"),
    "batch delete": lambda s3, b: s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "copy"}], "Quiet": False}),
    "read versioning": lambda s3, b: s3.get_bucket_versioning(Bucket=b),
}
PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::*"]}],
}
CONFIGURATION: dict[str, Callable[[S3Client, str], object]] = {
    "suspend versioning": lambda s3, b: s3.put_bucket_versioning(
        Bucket=b, VersioningConfiguration={"Status": "Suspended"}
    ),
    "policy": lambda s3, b: s3.put_bucket_policy(Bucket=b, Policy=json.dumps(PUBLIC)),
    "delete policy": lambda s3, b: s3.delete_bucket_policy(Bucket=b),
    "bucket acl": lambda s3, b: s3.put_bucket_acl(Bucket=b, ACL="public-read"),
    "object acl": lambda s3, b: s3.put_object_acl(Bucket=b, Key="record", ACL="public-read"),
    "lifecycle": lambda s3, b: s3.put_bucket_lifecycle_configuration(
        Bucket=b,
        LifecycleConfiguration={
            "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
        },
    ),
    "cors": lambda s3, b: s3.put_bucket_cors(
        Bucket=b, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    ),
    "encryption off": lambda s3, b: s3.delete_bucket_encryption(Bucket=b),
    "tags": lambda s3, b: s3.put_bucket_tagging(Bucket=b, Tagging={"TagSet": []}),
    "delete bucket": lambda s3, b: s3.delete_bucket(Bucket=b),
}


@pytest.mark.parametrize("work", WORK)
def test_a_tenant_works_in_its_own_bucket_and_not_in_its_neighbours(tenants: tuple[Tenant, Tenant], work: str) -> None:
    a, b = tenants

    assert refusal(lambda: WORK[work](a.s3, a.bucket)) == ""
    answer: list[Any] = []
    code = refusal(lambda: answer.append(WORK[work](a.s3, b.bucket)))
    if work == "batch delete" and not code:
        # S3 answers a batch with 200 and one error a key.
        assert [e["Code"] for e in answer[0]["Errors"]] == ["AccessDenied"]
    else:
        assert code in ("AccessDenied", "403")


def test_a_neighbours_object_cannot_be_copied_out(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    sources: tuple[CopySourceTypeDef | str, ...] = (
        {"Bucket": b.bucket, "Key": "record"},
        f"{a.bucket}/../{b.bucket}/record",
    )

    for source in sources:
        assert refusal(partial(a.s3.copy_object, Bucket=a.bucket, Key="stolen", CopySource=source))
    listed = a.s3.list_objects_v2(Bucket=a.bucket, Prefix="stolen")
    assert listed["KeyCount"] == 0


@pytest.mark.parametrize("change", CONFIGURATION)
def test_a_tenant_cannot_change_how_its_own_bucket_is_kept(
    store: Store, tenants: tuple[Tenant, Tenant], change: str
) -> None:
    a, _ = tenants
    before = bucket.read(store, a.bucket)

    assert refusal(lambda: CONFIGURATION[change](a.s3, a.bucket)) in ("AccessDenied", "403")
    assert bucket.read(store, a.bucket) == before


def test_a_tenant_cannot_destroy_versions(tenants: tuple[Tenant, Tenant]) -> None:
    a, _ = tenants
    version = a.s3.put_object(Bucket=a.bucket, Key="precious", Body=b"1")["VersionId"]
    a.s3.delete_object(Bucket=a.bucket, Key="precious")

    code = refusal(lambda: a.s3.delete_object(Bucket=a.bucket, Key="precious", VersionId=version))

    assert code == "AccessDenied"
    assert a.s3.get_object(Bucket=a.bucket, Key="precious", VersionId=version)["Body"].read() == b"1"


def test_a_tenant_sees_only_its_own_buckets_and_makes_none(tenants: tuple[Tenant, Tenant]) -> None:
    a, _ = tenants

    assert refusal(lambda: a.s3.create_bucket(Bucket="vn-iso-a-prod-another")) == "AccessDenied"
    try:
        seen = [found["Name"] for found in a.s3.list_buckets()["Buckets"]]
    except ClientError as error:
        assert error_code(error) == "AccessDenied"
    else:
        assert seen in ([], [a.bucket])


def test_what_was_issued_reads_back_unchanged(store: Store, tenants: tuple[Tenant, Tenant]) -> None:
    for tenant in tenants:
        assert identity.read(store, tenant.issued) == tenant.issued


def test_rotation_gives_a_new_key_and_the_old_one_is_dead(store: Store, unique: str) -> None:
    old = make(store, unique)

    new = identity.update(store, old.issued, replace(old.issued.spec, rotation="2", overlap_hours=0))

    assert refusal(lambda: old.s3.list_objects_v2(Bucket=old.bucket)) == "InvalidAccessKeyId"
    with closing(store.client(new.key)) as s3:
        s3.put_object(Bucket=old.bucket, Key="k", Body=b"1")
    old.s3.close()


def test_an_unchanged_rotation_keeps_the_key(store: Store, unique: str) -> None:
    first = make(store, unique)
    first.s3.close()

    again = identity.update(store, first.issued, first.issued.spec)

    assert again == first.issued
    assert key_state(store, again.key) in ("", "AccessDenied")


def test_deleting_revokes_at_once_and_twice_is_fine(store: Store, unique: str) -> None:
    tenant = make(store, unique)

    identity.delete(store, tenant.issued)
    assert refusal(lambda: tenant.s3.list_objects_v2(Bucket=tenant.bucket)) == "InvalidAccessKeyId"
    identity.delete(store, tenant.issued)
    assert identity.read(store, tenant.issued) is None
    tenant.s3.close()


def test_a_leaving_tenant_is_shut_out_with_every_key_and_upload(store: Store, unique: str) -> None:
    leaving = make(store, unique)
    upload = leaving.s3.create_multipart_upload(Bucket=leaving.bucket, Key="half")["UploadId"]

    identity.shut_out(store, leaving.issued.spec.name)

    for call in (
        lambda: leaving.s3.put_object(Bucket=leaving.bucket, Key="late", Body=b"1"),
        lambda: leaving.s3.create_multipart_upload(Bucket=leaving.bucket, Key="late"),
        lambda: leaving.s3.upload_part(Bucket=leaving.bucket, Key="half", UploadId=upload, PartNumber=1, Body=b"1"),
        lambda: leaving.s3.list_objects_v2(Bucket=leaving.bucket),
    ):
        assert refusal(call) == "AccessDenied"
    identity.delete(store, leaving.issued)


def test_a_widened_policy_is_read_as_drift_and_taken_back(store: Store, unique: str) -> None:
    tenant = make(store, unique)
    wide = storage.policy((tenant.bucket, "vn-somebody-else"))
    store.adapter.set_policy(tenant.issued.spec.name, wide)

    drifted = identity.read(store, tenant.issued)
    assert drifted is not None
    assert "vn-somebody-else" in drifted.spec.policy
    repaired = identity.update(store, drifted, tenant.issued.spec)
    assert repaired.key == tenant.issued.key
    assert identity.read(store, repaired) == repaired
    tenant.s3.close()


def test_a_key_taken_away_by_hand_is_read_as_drift_and_replaced(store: Store, unique: str) -> None:
    tenant = make(store, unique)
    store.adapter.remove_key(tenant.issued.spec.name, tenant.issued.key.access)

    drifted = identity.read(store, tenant.issued)
    assert drifted is not None
    assert drifted.spec.rotation == identity.REVOKED
    repaired = identity.update(store, drifted, tenant.issued.spec)
    assert repaired.key != tenant.issued.key
    assert key_state(store, repaired.key) in ("", "AccessDenied")
    tenant.s3.close()


def test_a_key_added_by_hand_is_read_as_drift_and_revoked(store: Store, unique: str) -> None:
    tenant = make(store, unique)
    backdoor = store.adapter.add_key(tenant.issued.spec.name)

    drifted = identity.read(store, tenant.issued)
    assert drifted is not None
    assert drifted.spec.rotation == identity.REVOKED
    identity.update(store, drifted, tenant.issued.spec)
    assert key_state(store, backdoor) == "InvalidAccessKeyId"
    tenant.s3.close()


def test_an_identity_that_a_crash_left_without_policy_is_finished_with_a_key_of_ours(store: Store, unique: str) -> None:
    lost = store.adapter.create_identity(f"{unique}-prod")

    tenant = make(store, unique)

    assert key_state(store, lost) == "InvalidAccessKeyId"
    tenant.s3.put_object(Bucket=tenant.bucket, Key="k", Body=b"1")
    tenant.s3.close()


def test_the_administrators_identity_is_never_taken_over(store: Store) -> None:
    with pytest.raises(CloudError) as refused:
        identity.create(store, replace(spec_of("any"), name="admin"))

    assert refused.value.problems[0].code == "GC-STORE-012"


def test_a_policy_that_reaches_beyond_its_buckets_shuts_the_identity_out(store: Store, unique: str) -> None:
    everything = {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})

    with pytest.raises(CloudError) as refused:
        identity.create(store, IdentitySpec(f"{unique}-prod", document))

    assert refused.value.problems[0].code == "GC-STORE-014"
    live = store.adapter.identity(f"{unique}-prod")
    assert live is not None
    assert live.document is not None
    assert policy.same(live.document, policy.NOTHING)


def test_secrets_are_on_no_command_line_and_in_no_file_left_behind(
    store: Store, unique: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    tenant = make(store, unique)

    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.stat().st_uid == os.getuid():
            lines.append((process / "cmdline").read_bytes())
    assert any(b"shell" in line for line in lines)
    assert not any(tenant.issued.key.secret.encode() in line for line in lines)
    assert list(tmp_path.iterdir()) == []
    tenant.s3.close()
