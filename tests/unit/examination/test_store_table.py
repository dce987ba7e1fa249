"""From a probe to the table beside the country, and from that to what the report of an examination shows."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from made_country import agency, cloud, country, tenant

from govcloud.country import Country, Readings, store_table
from govcloud.examination.finding import State
from govcloud.examination.judgement import judge
from govcloud.examination.store_table import findings, made, write
from govcloud.model.store_table import StoreTable, StoreTableSpec, digest
from govcloud.providers.storage.trials.catalogue import TRIALS
from govcloud.providers.storage.trials.outcome import Exchange, Outcome, Verdict
from govcloud.providers.storage.trials.whole import Probed
from govcloud.rules.capability import STORES, catalogue
from govcloud.rules.stores import unprobed
from govcloud_base.errors import Text

NOW = datetime.datetime(2026, 11, 30, 14, 0, 1, 900, tzinfo=datetime.UTC)
WHY = Text("it is ignored", "bị bỏ qua")
SAID = (Exchange("PutBucketCors", "200"), Exchange("anonymous: OPTIONS canary", "403 AccessDenied"))


@pytest.fixture
def spec() -> StoreTableSpec:
    outcomes = {name: Outcome(Verdict.WORKS, None, (), 0.012) for name in TRIALS}
    outcomes["cors"] = Outcome(Verdict.DOES_NOT, WHY, SAID, 1.0)
    outcomes["versioning"] = Outcome(Verdict.UNTRIED, WHY, (), 0.0)
    return made("seaweedfs", Probed("store 1.2", outcomes, ()), NOW)


@pytest.fixture
def here(tmp_path: Path) -> Country:
    kept = {"buckets": {"records": {"quota": "1Gi"}}}
    found = country([cloud(), agency("H41"), tenant("H41", storage=kept)])
    object.__setattr__(found, "folder", tmp_path)
    return found


def test_what_was_found_is_written_with_evidence_and_reads_back(spec: StoreTableSpec, here: Country) -> None:
    file = write(here, "cgc", spec)
    _, known = Readings().declared(file.read_bytes(), file.name, {"StoreTable": StoreTable})

    assert isinstance(known, StoreTable)
    assert file == here.folder / "stores" / "cgc.json"
    assert [path.name for path in file.parent.iterdir()] == ["cgc.json"]
    assert known.spec == spec
    assert digest(known.spec) == spec.digest
    assert spec.at == "2026-11-30T14:00:01Z"
    tried = known.spec.capabilities["cors"]
    assert [(one.sent, one.got) for one in tried.evidence] == [(one.sent, one.got) for one in SAID]
    assert file.read_text("utf-8") == store_table.text("cgc", known.spec)


def test_a_second_probe_takes_the_place_of_the_first(spec: StoreTableSpec, here: Country) -> None:
    write(here, "cgc", spec)
    later = spec.model_copy(update={"at": "2026-12-01T00:00:00Z"})

    assert "2026-12-01T00:00:00Z" in write(here, "cgc", later).read_text("utf-8")


def test_a_table_is_shown_as_an_examination_is(spec: StoreTableSpec, here: Country) -> None:
    rows = {one.name: one for one in judge(here, "cgc", catalogue(name=STORES), findings(spec))}

    assert rows["tagging"].state is State.FOUND
    assert rows["cors"].state is State.LACKING
    assert not rows["cors"].missed  # nobody needs it
    assert rows["versioning"].state is State.UNKNOWN
    assert rows["versioning"].missed
    assert rows["versioning"].refused == ()
    assert rows["cors"].findings[0].said == WHY


def test_who_provisions_is_told_of_a_store_that_nobody_probed(here: Country) -> None:
    said = unprobed(here, "cgc")
    nobody = country([cloud(), agency("H41"), tenant("H41")])

    assert said is not None
    assert "govcloud storage probe cgc" in said.en
    assert unprobed(nobody, "cgc") is None
