"""Violations planted on a real store: each seen by the one comparison, and taken back or left to a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from govcloud.plan import BucketSpec as PlannedBucket
from govcloud.plan import SecretTarget, StorageIdentity
from govcloud.providers.storage import bucket, deviation, identity
from govcloud.providers.storage.adapters import UNBOUNDED, Quota
from govcloud.providers.storage.adapters.seaweedfs import SeaweedFS
from govcloud.providers.storage.adapters.seaweedfs.shell import WeedShell
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import look
from govcloud.render import storage

pytestmark = pytest.mark.cloud


@dataclass
class Planned:
    """A tenant as planned and as made, with another one beside it."""

    store: Store
    shell: WeedShell
    bucket: PlannedBucket
    holder: StorageIdentity
    issued: Issued
    other: str

    @property
    def name(self) -> str:
        return self.bucket.name

    def deviations(self) -> list[Deviation]:
        space = NameSpace.of("vn", self.holder.name.partition("-")[0], [])
        return deviation.compare(self.store, look(self.store), [self.bucket], [self.holder], space)

    def repair(self) -> None:
        """Do what `pulumi up --refresh` does: read, and bring to the declaration what reads differently."""
        bucket.update(self.store, deviation.bucket_spec(self.bucket))
        found = identity.read(self.store, self.issued)
        spec = IdentitySpec(self.holder.name, json.dumps(self.holder.policy), self.holder.buckets)
        if found is None:
            self.issued = identity.create(self.store, spec)
        elif found.spec != spec:
            self.issued = identity.update(self.store, found, spec)


def plan(tenant: str) -> tuple[PlannedBucket, StorageIdentity]:
    name = f"vn-{tenant}-prod-records"
    tags = {"govcloud.gov.vn/tenant": tenant}
    secret = SecretTarget(namespace="n", name="object-store", labels={}, settings={}, authority_from=None)
    return (
        PlannedBucket(
            name=name, environment="prod", label="records", versioning=True, quota_bytes=(64 << 20) + 5, tags=tags
        ),
        StorageIdentity(
            name=f"{tenant}-prod", environment="prod", buckets=(name,), policy=storage.policy([name]), secret=secret
        ),
    )


def make(store: Store, tenant: str) -> tuple[PlannedBucket, StorageIdentity, Issued]:
    planned, holder = plan(tenant)
    bucket.create(store, deviation.bucket_spec(planned))
    spec = IdentitySpec(holder.name, json.dumps(holder.policy), holder.buckets)
    return planned, holder, identity.create(store, spec)


@pytest.fixture
def planned(store: Store, unique: str) -> Iterator[Planned]:
    """One tenant, and another whose identity is `other`."""
    assert isinstance(store.adapter, SeaweedFS)
    made = Planned(store, store.adapter._shell, *make(store, unique), make(store, f"{unique}x")[1].name)
    assert made.deviations() == []
    yield made
    for extra in ("extra", "group-member"):
        store.adapter.delete_identity(f"{unique}-{extra}")


def opened(name: str, principal: Any, prefix: str = "*") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{name}/{prefix}"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def put_policy(planned: Planned, principal: Any) -> None:
    planned.store.s3.put_bucket_policy(Bucket=planned.name, Policy=opened(planned.name, principal, "public/*"))


def end_versions(planned: Planned) -> None:
    rule: Any = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}}
    rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": 1}
    rules: Any = {"Rules": [rule]}
    planned.store.s3.put_bucket_lifecycle_configuration(Bucket=planned.name, LifecycleConfiguration=rules)


def share_origin(planned: Planned) -> None:
    rules: Any = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    planned.store.s3.put_bucket_cors(Bucket=planned.name, CORSConfiguration=rules)


def suspend(planned: Planned) -> None:
    planned.store.s3.put_bucket_versioning(Bucket=planned.name, VersioningConfiguration={"Status": "Suspended"})


def add_key(planned: Planned) -> None:
    planned.shell.run("s3.accesskey.create", user=planned.holder.name, access_key="GCBACKDOOR", secret_key="b" * 40)


def add_service_account(planned: Planned) -> None:
    planned.shell.run("s3.serviceaccount.create", user=planned.holder.name)


def widen(planned: Planned) -> None:
    planned.store.adapter.set_policy(planned.holder.name, storage.policy([planned.name, "vn-else"]))


def disable(planned: Planned) -> None:
    planned.shell.run("s3.user.disable", name=planned.holder.name)


def everybody(planned: Planned) -> None:
    put_policy(planned, "*")


def another_tenant(planned: Planned) -> None:
    put_policy(planned, {"AWS": f"arn:aws:iam::000000000000:user/{planned.other}"})


REPAIRED: dict[Callable[[Planned], object], tuple[str, str]] = {
    everybody: ("bucket", "policy"),
    another_tenant: ("bucket", "policy"),
    end_versions: ("bucket", "lifecycle"),
    share_origin: ("bucket", "cors"),
    suspend: ("bucket", "versioning"),
    lambda p: p.store.s3.put_bucket_acl(Bucket=p.name, ACL="public-read"): ("bucket", "accessList"),
    lambda p: p.store.adapter.set_quota(p.name, UNBOUNDED): ("bucket", "quotaBytes"),
    lambda p: p.store.adapter.set_quota(p.name, Quota(128 << 20)): ("bucket", "quotaBytes"),
    lambda p: p.store.s3.delete_bucket_encryption(Bucket=p.name): ("bucket", "encryption"),
    lambda p: p.store.s3.put_bucket_tagging(Bucket=p.name, Tagging={"TagSet": []}): ("bucket", "tags"),
    add_key: ("identity", "keys"),
    add_service_account: ("identity", "keys"),
    widen: ("identity", "policy"),
    disable: ("identity", "enabled"),
    lambda p: p.store.adapter.delete_identity(p.holder.name): ("identity", ""),
}


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        pytest.param(plant, row, id=f"{row[0]}-{row[1]}-{number}")
        for number, (plant, row) in enumerate(REPAIRED.items())
    ],
)
def test_a_violation_is_seen_and_taken_back(
    planned: Planned, plant: Callable[[Planned], object], expected: tuple[str, str]
) -> None:
    plant(planned)

    found = planned.deviations()

    assert [(row.kind, row.setting, row.person) for row in found] == [(*expected, False)]
    assert found[0].name == (planned.name if expected[0] == "bucket" else planned.holder.name)
    planned.repair()
    assert planned.deviations() == []
    with closing(planned.store.client(planned.issued.key)) as own:
        own.put_object(Bucket=planned.name, Key="after", Body=b"1")


def test_the_key_of_a_service_account_dies_with_the_repair(planned: Planned) -> None:
    answer = planned.shell.run("s3.serviceaccount.create", user=planned.holder.name)
    pair = dict(line.split(":", 1) for line in answer.splitlines() if "Key:" in line)
    key = AccessKey(pair["Access Key"].strip(), pair["Secret Key"].strip())
    assert key.access in (planned.store.adapter.identity(planned.holder.name) or pytest.fail()).access_keys

    planned.repair()

    with closing(planned.store.client(key)) as s3, pytest.raises(Exception, match="InvalidAccessKeyId"):
        s3.list_buckets()


def test_a_deleted_identity_leaves_no_account_that_wakes_with_the_next_of_its_name(planned: Planned) -> None:
    add_service_account(planned)

    identity.delete(planned.store, planned.issued)

    assert planned.holder.name not in planned.shell.run("s3.iam.export")


def test_an_extra_identity_is_named_and_left_to_a_person(planned: Planned) -> None:
    extra = f"{planned.holder.name.removesuffix('-prod')}-extra"
    planned.shell.run("s3.user.provision", name=extra, bucket=planned.name, role="readonly")

    (row,) = planned.deviations()

    assert (row.subject, row.setting, row.live, row.person) == (f"bucket/{planned.name}", "readers", extra, True)


def test_rights_of_the_nameless_are_named_though_no_policy_or_access_list_shows_them(planned: Planned) -> None:
    planned.shell.run("s3.anonymous.set", bucket=planned.name, access="Read,List")
    try:
        assert [(row.setting, row.live) for row in planned.deviations()] == [("readers", "anonymous")]
    finally:
        planned.shell.run("s3.anonymous.set", bucket=planned.name, access="none")


def test_a_widened_policy_of_another_tenant_is_this_ones_affair(planned: Planned) -> None:
    planned.store.adapter.set_policy(planned.other, storage.policy([f"{planned.name[:-3]}*"]))

    assert [(row.setting, row.live) for row in planned.deviations()] == [("readers", planned.other)]


def test_an_extra_bucket_in_the_name_space_is_left_to_a_person(planned: Planned) -> None:
    extra = f"{planned.name}-copy"
    planned.store.s3.create_bucket(Bucket=extra)

    (row,) = planned.deviations()

    assert (row.subject, row.setting, row.person) == (f"bucket/{extra}", "", True)
    planned.repair()
    assert planned.store.exists(extra)
