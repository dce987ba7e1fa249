"""A SeaweedFS that somebody started without our flags: what it leaves open is named, and no tenant is put there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from port_bases import BARE_STORE, EMBEDDED_STORE
from stores import seaweedfs

from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud

BUCKET = "vn-h26-prod-records"
FILER, MASTER = f"127.0.0.1:{BARE_STORE + 4}", f"127.0.0.1:{BARE_STORE}"
DOORS = [("GC-STORE-047", FILER), ("GC-STORE-047", MASTER)]


def spec() -> BucketSpec:
    return BucketSpec(BUCKET, tags={"govcloud.gov.vn/tenant": "h26"}, encryption=False)


def holder() -> IdentitySpec:
    return IdentitySpec("h26-prod", json.dumps(storage.policy([BUCKET])), (BUCKET,))


def refusals(call: Callable[[], object]) -> list[tuple[str, object]]:
    with pytest.raises(CloudError) as refused:
        call()
    for problem in refused.value.problems:
        assert problem.fix is not None
    return [(problem.code, problem.value) for problem in refused.value.problems]


def names(store: Store) -> set[str]:
    return {row["Name"] for row in store.s3.list_buckets()["Buckets"]}


@pytest.mark.parametrize(
    ("more", "strangers"),
    [
        ((), False),
        ((seaweedfs.ANYBODY,), True),
        (({"name": "anonymous", "actions": ["Read"]},), True),
        (({"name": "anonymous", "actions": ["Write"]},), True),
        # The site's own affair: of a tenant's bucket each audit asks who reaches it.
        (({"name": "anonymous", "actions": ["Write:elsewhere"]},), False),
    ],
    ids=["nobody more", "who reads and lists", "who reads", "who writes", "who writes into one bucket"],
)
def test_open_doors_are_named_all_at_once_and_nothing_is_made(
    tmp_path: Path, more: tuple[Mapping[str, Any], ...], strangers: bool
) -> None:
    with seaweedfs.bare(tmp_path, BARE_STORE, *more) as running, closing(running.store()) as store:
        before = names(store)
        expected = [("GC-STORE-045", running.url)] * strangers + DOORS

        assert refusals(lambda: bucket.create(store, spec())) == expected
        assert refusals(lambda: identity.create(store, holder())) == expected

        assert names(store) == before
        assert store.adapter.identity("h26-prod") is None


def test_one_whose_doors_are_shut_takes_a_tenant_without_certificates(tmp_path: Path) -> None:
    with seaweedfs.bare(tmp_path, BARE_STORE, shut=True) as running, closing(running.store()) as store:
        assert "GOVCLOUD_SEAWEEDFS_CONFIG" not in running.environment
        made = bucket.create(store, spec())
        issued = identity.create(store, holder())

        with closing(store.client(issued.key)) as tenant:
            tenant.put_object(Bucket=made.name, Key="k", Body=b"1")
        assert identity.read(store, issued) == issued
        identity.delete(store, issued)


def test_the_embedded_store_has_no_open_door(tmp_path: Path) -> None:
    with seaweedfs.running(tmp_path, EMBEDDED_STORE) as running, closing(running.store()) as store:
        store.adapter.check()


def test_one_that_takes_orders_from_tenants_is_refused_whatever_dialect_is_declared(tmp_path: Path) -> None:
    inner = {
        "GOVCLOUD_SEAWEEDFS_MASTER": f"127.0.0.1:{EMBEDDED_STORE + 10}.{EMBEDDED_STORE + 11}",
        "GOVCLOUD_SEAWEEDFS_FILER": f"127.0.0.1:{EMBEDDED_STORE + 14}.{EMBEDDED_STORE + 15}",
    }
    with seaweedfs.iam(tmp_path, EMBEDDED_STORE) as running:
        expected = [("GC-STORE-046", running.url)]
        administered = replace(running, dialect="seaweedfs", environment={**running.environment, **inner})
        for one in (administered, running):
            with closing(one.store()) as store:
                assert refusals(partial(bucket.create, store, spec())) == expected
                assert BUCKET not in names(store)
        with closing(running.store()) as store:
            assert {found.name for found in store.adapter.identities()} == {"admin"}
