"""What one agency let lapse stops that agency and nobody else; what is wrong on any day stops the country."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import pytest
from made_country import agency, cloud, country, declared, platform, segment, tenant

from govcloud import cli, render, rules
from govcloud import country as countries
from govcloud.cli.selection import select
from govcloud.country import Country
from govcloud_base.errors import GovCloudError, Problem, Severity

DAY = datetime.date(2026, 11, 22)
REASON = "The old gateway is replaced in the spring; watched by hand until then."
OWN = ("tenant.h41", "segment.tsl-h41", "platform.lgsp-h41")
OTHERS = ("cluster.cgc", "tenant.h42", "tenant.h41-1")


def made(life: dict[str, Any], *documents: dict[str, Any], **spec: Any) -> Country:
    """Return a province with such a tenant, a unit below it, and another province."""
    workloads = {"endpoint": "https://s3.example.vn", "addresses": ["10.250.0.2"]}
    store = {"adapter": "seaweedfs", "endpoint": "https://s3.example.vn", "workloads": workloads}
    quota = {"cpu": 3, "memory": "3Gi", "storage": "3Gi", "pods": 90, "buckets": 6, "objectStorage": "6Gi"}
    own = {"environments": {"prod": {"quota": {"cpu": 1, "memory": "1Gi", "pods": 10}}}} | spec
    bodies = (("H41", "province", None), ("H42", "province", None), ("H41.1", "province-unit", "H41"))
    return country(
        [
            cloud(objectStore=store),
            *(agency(code, tier, above, **_unit(code)) for code, tier, above in bodies),
            tenant("H41", quota, lifecycle={"reviewBy": "2027-01-01"} | life, **own),
            tenant("H42"),
            tenant("H41.1"),
            segment("H41", "10.80.1.0/24"),
            platform("lgsp-h41", "H41"),
            *documents,
        ]
    )


def _unit(code: str) -> dict[str, Any]:
    names = {"H41": ("40", "tỉnh Nghệ An"), "H42": ("37", "tỉnh Ninh Bình")}
    return {"administrativeUnit": names[code][0], "title": {"vi": names[code][1]}} if code in names else {}


LAPSES = {
    "a trial": made({"state": "trial", "expires": "2026-11-21"}),
    "a review": made({"reviewBy": "2026-01-01"}),
    "a waiver": made(
        {},
        declared(
            "Waiver",
            "net-04",
            {"control": "NET-04", "tenant": "h41", "reason": REASON, "author": "a", "approver": "b"}
            | {"expires": "2026-11-21"},
        ),
    ),
    "a regime": made({}, regime="nd85-2016"),
}


def errors(found: Country, day: datetime.date = DAY) -> list[Problem]:
    return [p for p in rules.judge(found, day) if p.severity is Severity.ERROR and p.code[:8] != "GC-OWNER"]


def standing(found: Country, stack: str | None, day: datetime.date) -> Country:
    """Return what `rules.passed` does of all but where files lie, which a country in memory has not."""
    return rules.passed(found, errors(found, day), day, stack)


@pytest.mark.parametrize("name", list(LAPSES))
def test_a_lapse_stops_its_own_tenant_and_nobody_else(name: str) -> None:
    found = LAPSES[name]
    day = datetime.date(2027, 7, 1) if name == "a regime" else DAY
    problems = errors(found, day)
    assert {p.scope for p in problems} == {"h41"}
    for spared in OTHERS:
        assert render.stack(rules.passed(found, problems, day, spared), spared).manifests
    for stopped in (*OWN, None):
        with pytest.raises(GovCloudError):
            rules.passed(found, problems, day, stopped)


def test_what_is_wrong_on_any_day_stops_everybody() -> None:
    found = made({}, level=1)
    assert {p.scope for p in errors(found)} == {None}
    for stack in (*OWN, *OTHERS, None):
        with pytest.raises(GovCloudError):
            standing(found, stack, DAY)


def test_a_country_without_lapses_is_rendered_whole() -> None:
    assert errors(made({})) == []
    for stack in (*OWN, *OTHERS):
        assert render.stack(standing(made({}), stack, DAY), stack).manifests


def test_stacks_of_a_lapsed_tenant_are_left_out_of_a_run() -> None:
    selection = select(made({}), (), None)
    going, stopped = selection.parted(made({}), {"h41": []})
    assert {*map(str, going)} == set(OTHERS)
    assert stopped == ("h41",)
    assert selection.parted(made({}), {"nobody": []}) == (selection.stacks, ())


def test_scope_is_remembered_with_the_judgement(folder: Path) -> None:
    file = folder / "tenants" / "g09" / "tenant.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("reviewBy: 2027-11-22", "reviewBy: 2026-01-01"), encoding="utf-8")
    first, again = (rules.judged(folder, DAY)[1] for _ in range(2))
    assert first == again
    assert rules.lapses(again).keys() == {"g09"}
    assert rules.required(folder, DAY, "tenant.h41").name == "vn"
    assert countries.remembered(folder).tenant_of("segment.tsl-g09") == "g09"
    for stack in ("tenant.g09", "segment.tsl-g09", None):
        with pytest.raises(GovCloudError, match="GC-LIFECYCLE-002"):
            rules.required(folder, DAY, stack)


def test_a_lapsed_tenant_that_is_asked_for_is_refused_before_anything_is_touched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "tenants" / "g09" / "tenant.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("reviewBy: 2027-11-22", "reviewBy: 2020-01-01"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(folder / "nothing"))
    monkeypatch.setattr(sys, "argv", ["govcloud", "up", "tenant.g09", "--country", str(folder)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert "GC-LIFECYCLE-002" in capsys.readouterr().err
