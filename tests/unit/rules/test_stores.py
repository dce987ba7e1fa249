"""What was found of a store is judged with the declarations: who is refused, who is warned, and what is no table."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import vietnamese
from made_country import ROOT, agency, cloud, country, declared, tenant

from govcloud import country as countries
from govcloud.country import Country, store_table
from govcloud.model.store_table import StoreTableSpec, digest
from govcloud.providers.storage.trials.catalogue import TRIALS
from govcloud.rules.capability import STORES, catalogue
from govcloud.rules.stores import judge
from govcloud_base.errors import GovCloudError, Problem, Severity

DAY = datetime.date(2026, 11, 30)
AT = "2026-11-29T08:00:00Z"
BUCKET = {"class": "private", "quota": "1Gi"}
WHY = {"en": "it is ignored", "vi": "bị bỏ qua"}


def table(name: str = "cgc", at: str = AT, dialect: str = "seaweedfs", **verdicts: str) -> dict[str, Any]:
    """Return a table in which all works but what is named otherwise (with _ for -)."""
    spec = read(at, dialect, verdicts)
    plain = json.loads(json.dumps(spec.model_dump(by_alias=True, exclude_none=True), default=int))
    return declared("StoreTable", name, plain)


def read(at: str, dialect: str, verdicts: Mapping[str, str]) -> StoreTableSpec:
    other = {name.replace("_", "-"): verdict for name, verdict in verdicts.items()}
    rows = {
        name: {"verdict": other.get(name, "works"), "reason": WHY if name in other else None, "seconds": 1}
        for name in TRIALS
        if other.get(name) != "absent"
    }
    plain = {"dialect": dialect, "server": "store 1", "at": at, "capabilities": rows, "digest": "sha256:" + 64 * "0"}
    spec = StoreTableSpec.model_validate(plain)
    return spec.model_copy(update={"digest": digest(spec)})


def found(*documents: dict[str, Any], level: int = 3, date: datetime.date = DAY, **bucket: Any) -> list[Problem]:
    return list(judge(made(*documents, level=level, **bucket), date))


def made(*documents: dict[str, Any], level: int = 3, **bucket: Any) -> Country:
    kept = {"buckets": {"records": {**BUCKET, **bucket}}}
    more = [one for one in (cloud(), cloud("agc")) if one["metadata"]["name"] == "cgc" or documents]
    return country([*more, agency("H41"), tenant("H41", level=level, storage=kept), *documents])


def test_every_trial_has_its_row_in_the_law_and_each_row_its_trial() -> None:
    assert catalogue(name=STORES).keys() == TRIALS.keys()
    for capability in catalogue(name=STORES).values():
        assert list(vietnamese.english(capability.lacking.vi)) == []
        assert list(vietnamese.english(capability.title.vi)) == []


def test_without_a_table_nobody_is_refused_and_with_a_good_one_neither() -> None:
    assert found() == []
    assert found(table()) == []


@pytest.mark.parametrize(
    ("lack", "level", "bucket", "severity"),
    [
        ("versioning", 1, {}, Severity.ERROR),
        ("versioning", 1, {"versioning": False}, None),
        ("encryption", 1, {}, None),
        ("encryption", 2, {}, Severity.ERROR),
        ("object_lock", 3, {}, None),
        ("object_lock", 3, {"keepDays": 30}, Severity.ERROR),
        ("retention_kept", 3, {"keepDays": 30}, Severity.ERROR),
        ("lifecycle", 3, {}, None),
        ("lifecycle", 3, {"versionsDays": 90}, Severity.ERROR),
        ("policy_grant", 3, {}, None),
        ("policy_grant", 3, {"class": "shared"}, Severity.ERROR),
        ("quota_objects", 3, {}, None),
        ("quota_objects", 3, {"objects": 1000}, Severity.WARNING),
        ("access_log", 2, {}, None),
        ("access_log", 3, {}, Severity.WARNING),
        ("anonymous_refused", 1, {}, Severity.ERROR),
        ("public_access_block", 5, {}, None),
    ],
)
def test_who_needs_what_lacks_is_refused(
    lack: str, level: int, bucket: dict[str, Any], severity: Severity | None
) -> None:
    problems = found(table(**{lack: "does-not"}), level=level, **bucket)

    assert [(p.code, p.severity) for p in problems] == ([("GC-PROBE-001", severity)] if severity else [])
    for problem in problems:
        assert problem.scope == "h41"
        assert "it is ignored" in problem.message.en
        assert "bị bỏ qua" in problem.message.vi
        assert problem.place is not None


def test_clouds_that_have_it_are_named() -> None:
    (problem,) = found(table(versioning="does-not"), table("agc"))
    (alone,) = found(table(versioning="does-not"), table("agc", versioning="untried"))

    assert problem.allowed == "agc"
    assert "move the tenant to agc" in problem.fix.en
    assert alone.allowed is None
    assert "no cloud was seen" in alone.fix.en


def test_a_tenant_without_buckets_there_or_that_leaves_needs_nothing() -> None:
    none = country([cloud(), agency("H41"), tenant("H41", level=3), table(versioning="does-not")])

    assert list(judge(none, DAY)) == []


@pytest.mark.parametrize("verdict", ["untried", "absent"])
def test_what_nobody_could_see_refuses_nobody_and_is_told(verdict: str) -> None:
    problems = found(table(versioning=verdict))

    assert [(p.code, p.severity) for p in problems] == [("GC-PROBE-002", Severity.WARNING)]


@pytest.mark.parametrize(
    ("level", "days", "severity"),
    [
        (1, 243, None),
        (1, 244, Severity.WARNING),
        (1, 366, Severity.ERROR),
        (3, 122, None),
        (3, 123, Severity.WARNING),
        (3, 183, Severity.WARNING),
        (3, 184, Severity.ERROR),
        (5, 93, Severity.ERROR),
    ],
)
def test_an_old_table_is_a_warning_and_then_stops_whom_it_concerns(
    level: int, days: int, severity: Severity | None
) -> None:
    day = datetime.date.fromisoformat(AT[:10]) + datetime.timedelta(days)

    problems = found(table(), level=level, date=day)

    assert [(p.code, p.severity) for p in problems] == ([("GC-PROBE-003", severity)] if severity else [])
    assert all((p.scope == "h41") is (severity is Severity.ERROR) for p in problems)


def test_a_table_that_was_changed_by_hand_is_none() -> None:
    changed = table(versioning="does-not")
    changed["spec"]["capabilities"]["versioning"]["verdict"] = "works"

    assert [p.code for p in found(changed)] == ["GC-PROBE-004"]


def test_a_table_of_another_store_is_none() -> None:
    assert [p.code for p in found(table(dialect="radosgw", versioning="does-not"))] == ["GC-PROBE-005"]
    assert [p.code for p in found(table("elsewhere"))] == ["GC-PROBE-005"]


def test_attested_disks_need_no_encryption_by_the_store() -> None:
    sealed = {"sealedDisks": {"reference": "CN 12/2026", "until": datetime.date(2027, 11, 1)}}
    store = {"adapter": "seaweedfs", "endpoint": "https://s3.example.gov.vn", **sealed}
    kept = {"buckets": {"records": BUCKET}}
    documents = [cloud(objectStore=store), agency("H41"), tenant("H41", level=3, storage=kept)]

    assert list(judge(country([*documents, table(encryption="does-not")]), DAY)) == []


RECORDED = ROOT / "docs" / "generators" / "probed_stores"
SEALED = {"sealedDisks": {"reference": "CN 12/2026", "until": datetime.date(2027, 11, 1)}}


def at_level_3(server: str, sealed: Mapping[str, object], **bucket: Any) -> set[tuple[str, Severity]]:
    """Return what is told of a tenant of level 3 on a server as it was seen, by the capabilities that it names."""
    spec = json.loads((RECORDED / f"{server}.json").read_text(encoding="utf-8"))["spec"]
    seen = {name.replace("-", "_"): tried["verdict"] for name, tried in spec["capabilities"].items()}
    lacks = {name: verdict for name, verdict in seen.items() if verdict != "works"}
    document = table(dialect=spec["dialect"], **lacks)
    store = {"adapter": spec["dialect"], "endpoint": "https://s3.example.gov.vn", **sealed}
    kept = {"buckets": {"records": {**BUCKET, **bucket}}}
    documents = [cloud(objectStore=store), agency("H41"), tenant("H41", level=3, storage=kept), document]
    titles = {capability.title.en: name for name, capability in catalogue(name=STORES).items()}
    told = set()
    for problem in judge(country(documents), DAY):
        assert problem.code == "GC-PROBE-001"
        [name] = [name for title, name in titles.items() if f"need: {title} (" in problem.message.en]
        told.add((name, problem.severity))
    return told


@pytest.mark.parametrize("bucket", [{}, {"class": "shared"}, {"keepDays": 30}, {"versionsDays": 90, "objects": 1000}])
def test_level_3_lives_on_ceph_where_its_disks_are_attested_and_is_refused_elsewhere(bucket: dict[str, Any]) -> None:
    log = ("access-log", Severity.WARNING)

    assert at_level_3("radosgw", SEALED, **bucket) == {log}
    assert at_level_3("radosgw", {}, **bucket) == {log, ("encryption", Severity.ERROR)}


def test_level_3_is_refused_on_juicefs_for_all_that_it_lacks_there() -> None:
    told = at_level_3("juicefs", SEALED)

    assert {name for name, severity in told if severity is Severity.ERROR} == {"versioning", "quota-bytes"}
    assert {name for name, severity in told if severity is Severity.WARNING} == {
        "access-log",
        "batch-delete",
        "event-order",
    }


def test_a_table_is_written_as_it_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "vn"
    for file in (ROOT / "stacks" / "vn").rglob("*.yaml"):
        (folder / file.relative_to(ROOT / "stacks" / "vn")).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.relative_to(ROOT / "stacks" / "vn")).write_bytes(file.read_bytes())
    spec = read(AT, "seaweedfs", {"cors": "does-not"})
    (folder / "stores").mkdir()
    (folder / store_table.file("cgc-hn1")).write_text(store_table.text("cgc-hn1", spec), encoding="utf-8")

    known = countries.load(folder)

    assert known.store_tables["cgc-hn1"].spec == spec
    assert digest(known.store_tables["cgc-hn1"].spec) == spec.digest
    assert [p.code for p in judge(known, DAY)] == []


@pytest.mark.parametrize("place", ["tables/cgc-hn1.json", "cgc-hn1.json", "tenants/stores.json"])
def test_json_elsewhere_is_no_declaration(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("{}")

    with pytest.raises(GovCloudError) as error:
        countries.load(tmp_path)

    assert "GC-FOLDER-004" in [problem.code for problem in error.value.problems]
