"""Where buckets may move, and what the bucket at the other end shall be."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

import made_country as make
import pytest

from govcloud.country import Country
from govcloud.migration.way import there, wanted
from govcloud.model.store_table import StoreTableSpec, digest
from govcloud.providers.storage.trials.catalogue import TRIALS
from govcloud_base.errors import GovCloudError, UsageError

DAY = datetime.date(2026, 12, 1)
STORAGE: dict[str, Any] = {"buckets": {"records": {"quota": "1Gi"}}}


SEALED: dict[str, Any] = {"sealedDisks": {"reference": "BB 1", "until": datetime.date(2027, 12, 1)}}


def country(
    second: dict[str, Any] | None = None,
    storage: dict[str, Any] | None = None,
    documents: Sequence[dict[str, Any]] = (),
    **spec: Any,
) -> Country:
    store = {"adapter": "radosgw", "endpointFrom": "SECOND", **(second or {})}
    tenant = make.tenant("H41", storage=storage or STORAGE, **spec)
    clouds = [make.cloud(), make.cloud("second", objectStore=store), make.cloud("theirs", dedicatedTo="H12")]
    return make.country([*clouds, make.agency("H41"), make.agency("H12"), tenant, make.tenant("H12"), *documents])


@pytest.mark.parametrize("cloud", ["cgc", "theirs", "nowhere"])
def test_only_to_another_store_that_the_agency_may_use(cloud: str) -> None:
    made = country()
    with pytest.raises(UsageError) as refused:
        there(made, made.tenants["h41"], cloud, DAY)
    assert [(p.code, p.allowed) for p in refused.value.problems] == [("GC-MOVE-001", "second")]


def test_who_has_no_bucket_moves_none() -> None:
    made = country(storage={"buckets": {}})
    with pytest.raises(UsageError) as refused:
        there(made, made.tenants["h41"], "second", DAY)
    assert [p.code for p in refused.value.problems] == ["GC-MOVE-002"]


def test_a_bucket_is_made_for_the_store_that_gets_it_and_marked() -> None:
    made = country(SEALED)
    moved = there(made, made.tenants["h41"], "second", DAY)
    ((label, spec),) = wanted(made, moved, "prod", "cgc")
    assert (label, spec.name, spec.encryption) == ("records", "vn-h41-prod-records", False)
    assert spec.tags["govcloud.gov.vn/moves-from"] == "cgc"
    assert spec.tags["govcloud.gov.vn/tenant"] == "h41"


def table(**verdicts: str) -> dict[str, Any]:
    """Return what a probe found of the second store: all works but what is named otherwise."""
    rows = {
        name: {"verdict": verdicts.get(name, "works"), "reason": {"en": "no", "vi": "không"}, "seconds": 1}
        for name in TRIALS
    }
    unsigned = {
        "dialect": "radosgw",
        "at": "2026-12-01T00:00:00Z",
        "capabilities": rows,
        "digest": "sha256:" + 64 * "0",
    }
    spec = StoreTableSpec.model_validate(unsigned)
    spec = spec.model_copy(update={"digest": digest(spec)})
    plain = spec.model_dump(by_alias=True, exclude_none=True)
    return make.declared("StoreTable", "second", json.loads(json.dumps(plain, default=int)))


@pytest.mark.parametrize("lacking", ["versioning", None])
def test_a_store_that_lacks_what_the_level_needs_is_refused_as_for_whoever_is_there(lacking: str | None) -> None:
    found = table(**({lacking: "does-not"} if lacking else {}))
    made = country(SEALED, documents=[found], level=3, levelDossier="HS-1")
    if lacking is None:
        assert there(made, made.tenants["h41"], "second", DAY).spec.cloud == "second"
        return
    with pytest.raises(GovCloudError) as refused:
        there(made, made.tenants["h41"], "second", DAY)
    assert {p.code for p in refused.value.problems} == {"GC-PROBE-001"}
    assert "second" in {p.value for p in refused.value.problems}
