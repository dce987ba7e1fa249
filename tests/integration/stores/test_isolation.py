"""Attacks on Ceph RGW with a tenant's own key, each with a harmless twin; what it is known not to refuse is said."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from stores.attacks import ATTACKS, SECRET, Ground, with_digest

from govcloud.model.dialect import BLOCKING
from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.parametrize("server", ["radosgw"], indirect=True, scope="session"),
]

GAPS: Mapping[str, str] = {
    "give a neighbour an object": "a tenant may let another one read what it wrote, without a Link between them",
}
"""What the server does though it should not."""
LESS = frozenset({"send a form to a neighbour"})
"""Attacks whose twins it refuses as well: it judges a form by access lists and bucket policies alone."""


def tenant(store: Store, name: str) -> Issued:
    able = store.capabilities
    said, _ = settings_said({"publicAccessBlock": store.adapter.name in BLOCKING or None})
    made = bucket.create(
        store,
        BucketSpec(
            f"vn-{name}-prod-records",
            versioning=able.works("versioning"),
            encryption=able.works("encryption"),
            tags={"govcloud.gov.vn/tenant": name},
            settings=said,
        ),
    )
    spec = IdentitySpec(f"{name}-prod", json.dumps(storage.policy([made.name])), (made.name,))
    return identity.create(store, spec)


@pytest.fixture(scope="module")
def ground(store: Store) -> Iterator[Ground]:
    name = f"t{secrets.token_hex(4)}"
    one, other = tenant(store, name), tenant(store, f"{name}b")
    own, theirs = one.spec.buckets[0], other.spec.buckets[0]
    with closing(store.client(one.key)) as s3, closing(store.client(other.key)) as neighbour:
        store.s3.create_bucket(Bucket=f"{own}-2")
        first = neighbour.put_object(Bucket=theirs, Key="record", Body=b"older")
        neighbour.put_object(Bucket=theirs, Key="record", Body=SECRET)
        s3.put_object(Bucket=own, Key="record", Body=b"1")
        mine = s3.put_object(Bucket=own, Key="kept", Body=b"1")
        s3.meta.events.register("before-call.s3.DeleteObjects", with_digest)
        upload = neighbour.create_multipart_upload(Bucket=theirs, Key="half")["UploadId"]
        versions = (first.get("VersionId", "null"), mine.get("VersionId", "null"))
        yield Ground(store, one.key, s3, neighbour, own, theirs, f"{own}-2", *versions, upload)
        for issued in (one, other):
            identity.delete(store, issued)


@pytest.fixture(scope="module")
def before(ground: Ground) -> BucketSpec | None:
    """How the attacker's own bucket is kept."""
    return bucket.read(ground.store, ground.own)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_for_the_right_reason_and_its_twin_is_not(
    ground: Ground, before: BucketSpec | None, name: str
) -> None:
    attack = ATTACKS[name]
    code = attack.attempt(ground)

    if name in GAPS:
        assert code == "", f"{name} is refused now ({code}): it is no gap any more"
        pytest.xfail(f"known of this server: {GAPS[name]}")
    assert code in attack.reasons
    assert bucket.read(ground.store, ground.own) == before
    assert ground.left_alone()
    if attack.twin is not None and name not in LESS:
        assert attack.twin(ground) == ""
