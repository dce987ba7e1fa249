"""`govcloud new` as a user of an agency meets it: answers in, one judged file out, or every reason why not."""

from __future__ import annotations

import datetime
import importlib
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from govcloud import country, rules
from govcloud.cli.new import app
from govcloud_base.errors import GovCloudError, Severity, UsageError

ROOT = Path(__file__).parents[3]
DAY = "2026-11-22"
DATE = datetime.date.fromisoformat(DAY)
H29 = "--agency H29 --purpose-vi Lưu-trữ --information private --people 2000"

New = Callable[..., Result]
answers = importlib.import_module("govcloud.cli.answers")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", tmp_path / "vn")
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "vn"


@pytest.fixture
def new(folder: Path) -> Iterator[New]:
    def run(kind: str, options: str, where: str = "vn", typed: str = "") -> Result:
        day = ["--date", DAY, "--country", where]
        return CliRunner().invoke(app, [kind, *day, *options.split()], input=typed, standalone_mode=False)

    before = dict(os.environ)
    yield run
    os.environ.clear()
    os.environ.update(before)


def written(result: Result) -> str:
    assert result.exception is None, result.exception
    return Path(result.output.splitlines()[0].removeprefix("written: ")).read_text()


def codes(result: Result) -> list[tuple[str, str]]:
    assert isinstance(result.exception, GovCloudError)
    return [(p.code, p.place.file if p.place else "") for p in result.exception.problems]


def errors(folder: Path) -> list[str]:
    return [p.code for p in rules.judge(country.load(folder), DATE) if p.severity is Severity.ERROR]


def test_a_tenant_is_written_where_its_agency_may_and_the_country_stays_valid(new: New, folder: Path) -> None:
    result = new("tenant", f"{H29} --bucket archive=1Gi --flow dmz>srv:8080")
    text = written(result)
    assert text.startswith("# yaml-language-server: $schema=../../../schema/tenant.json\n")
    assert (folder / "tenants/h29/tenant.yaml").read_text() == text
    assert errors(folder) == []
    spec = country.load(folder).tenants["h29"].spec
    assert (spec.agency, spec.cloud, spec.level, spec.lifecycle.state) == ("H29", "cgc-hn1", 2, "requested")
    assert spec.storage.buckets["archive"].quota == 1 << 30
    assert spec.environments["prod"].quota.object_storage == 1 << 30
    assert spec.lifecycle.review_by == datetime.date(2027, 11, 22)


def test_the_level_follows_from_the_answers_and_is_explained(new: New, folder: Path) -> None:
    result = new("tenant", f"{H29} --procedures")
    written(result)
    assert "level 3 because of Điều 13 (nd331-2026): it handles administrative procedures" in result.output
    assert country.load(folder).tenants["h29"].spec.level == 3


def test_what_remains_of_the_budget_and_the_next_step_are_shown(new: New) -> None:
    result = new("tenant", f"{H29} --cpu 100m --budget-cpu 150m")
    written(result)
    # 2 processors, of which the reference tenants hold 660m and 720m.
    assert "left of cloud cgc-hn1: cpu 470m, " in result.output
    assert 'git commit -m "Tenant h29"' in result.output


def test_nothing_is_written_where_the_country_would_be_invalid(new: New, folder: Path) -> None:
    result = new("tenant", f"{H29} --cpu 5 --memory 100Gi")
    assert codes(result) == [("GC-QUOTA-002", "vn/clouds/cgc-hn1.yaml")] * 2
    assert not (folder / "tenants/h29").exists()


def test_every_missing_and_wrong_answer_is_reported_at_once(new: New, folder: Path) -> None:
    result = new("tenant", "--agency thành-phố-hồ-chí-minh --information privat --people 2oo0 --bucket a=1G:shut")
    assert codes(result) == [
        ("GC-NEW-002", "--agency"),
        ("GC-NEW-001", "--purpose-vi"),
        ("GC-NEW-002", "--information"),
        ("GC-FIELD-003", "--people"),
        ("GC-FIELD-004", "--bucket"),
    ]
    assert isinstance(result.exception, UsageError)
    fix = result.exception.problems[0].fix
    assert "'H29' (Ủy ban nhân dân Thành phố Hồ Chí Minh)" in fix.vi
    assert not (folder / "tenants/h29").exists()


def test_an_existing_tenant_is_not_overwritten(new: New, folder: Path) -> None:
    before = (folder / "tenants/h41/tenant.yaml").read_text()
    assert codes(new("tenant", H29.replace("H29", "H41"))) == [("GC-NEW-003", "vn/tenants/h41/tenant.yaml")]
    assert codes(new("agency", "--code H41 --title-vi X --tier province")) == [("GC-NEW-003", "vn/agencies/h41.yaml")]
    assert (folder / "tenants/h41/tenant.yaml").read_text() == before


def test_a_dry_run_prints_the_file_and_writes_nothing(new: New, folder: Path) -> None:
    result = new("tenant", f"{H29} --dry-run")
    assert result.output.startswith("# vn/tenants/h29/tenant.yaml\n# yaml-language-server")
    assert not (folder / "tenants/h29").exists()


def test_what_was_wrong_before_is_not_blamed_on_the_draft(new: New, folder: Path) -> None:
    cloud = folder / "clouds/cgc-hn1.yaml"
    cloud.write_text(cloud.read_text().replace("region: vn-hn-1", "region: vn-hn-9"))
    assert errors(folder) != []
    written(new("tenant", H29))


def test_a_country_grows_from_nothing_by_these_commands(new: New, folder: Path) -> None:
    capacity = " ".join(
        f"--capacity-{name} {amount}"
        for name, amount in (("cpu", 4), ("memory", "8Gi"), ("storage", "20Gi"), ("pods", 100), ("buckets", 9))
    )
    site = "--cloud c1 --cloud-title-vi Mây --context x --version v1.36 --dns-address 10.250.0.10 --adapter seaweedfs"
    site += " --registry registry.example.la"
    founded = new(
        "country",
        f"--code la --title-vi Lào --region vt-1 --dedicated-network 10.0.0.0/12 {site} {capacity} "
        "--capacity-object-storage 1Ti",
        "la",
    )
    written(founded)
    for code, title in (("A01", "Một"), ("A02", "Hai")):
        written(new("agency", f"--code {code} --title-vi {title} --tier ministry", "la"))
        written(new("tenant", f"--agency {code} --purpose-vi X --information private --people 0 --budget-cpu 1", "la"))
        options = f"--tenant {code.lower()} --tier-level I --allocation SO-1"
        written(new("segment", options, "la"))
    link = "--from A01 --to A02 --purpose-vi X --kind administrative --approval-from SO-2 --approval-to SO-3"
    written(new("link", link, "la"))
    made = country.load(Path("la"))
    assert [(p.code, p.place) for p in rules.judge(made, DATE) if p.severity is Severity.ERROR] == []
    assert {name: s.spec.pool for name, s in made.segments.items()} == {
        "tsl-a01": "10.0.0.0/24",
        "tsl-a02": "10.0.1.0/24",
    }
    assert made.links["a01-a02"].spec.via == "direct"
    assert codes(new("country", "--code la --title-vi X", "la")) == [("GC-NEW-006", "la")]


def test_a_segment_takes_the_next_free_network_and_says_so(new: New, folder: Path) -> None:
    written(new("tenant", H29))
    written(new("segment", "--tenant h29 --tier-level I --allocation CPQH-1 --reason Gần-nhất"))
    spec = country.load(folder).segments["tsl-h29"].spec
    assert (spec.pool, spec.allocated) == ("10.80.0.0/24", DATE)
    assert spec.reason is not None
    assert "next free /24 in 10.80.0.0/13" in spec.reason
    assert spec.reason.endswith("; Gần-nhất")


def test_a_territory_is_found_by_its_name_below_the_body_above(new: New, folder: Path) -> None:
    asked = "--code H41.900 --title-vi Ủy-ban-nhân-dân-Phường-Trường-Vinh --tier commune --administrative-unit "
    refused = new("agency", asked + "truong-vinh")
    assert isinstance(refused.exception, UsageError)
    (problem,) = refused.exception.problems
    assert (problem.code, problem.place and problem.place.file) == ("GC-NEW-002", "--administrative-unit")
    assert "(Phường Trường Vinh)" in problem.fix.vi
    elsewhere = new("agency", asked + "00070")
    assert codes(elsewhere) == [("GC-NEW-002", "--administrative-unit")], "a ward of Hanoi is none of Nghe An"
    new("agency", asked + problem.fix.en.split("'")[1])
    assert country.load(folder).agencies["h41-900"].spec.administrative_unit == "16690"


def test_a_network_that_is_full_is_said_plainly(new: New) -> None:
    written(new("tenant", H29))
    found = new("segment", "--tenant h29 --tier-level I --allocation CPQH-1 --prefix 13")
    assert [code for code, _ in codes(found)] == ["GC-ADDR-008"]


def test_a_link_follows_the_connection_table(new: New, folder: Path) -> None:
    for code in ("H29", "G12"):
        written(new("tenant", H29.replace("H29", code) + " --cpu 50m --pods 8 --memory 256Mi"))
        written(new("segment", f"--tenant {code.lower()} --tier-level I --allocation CPQH-1"))
    consent = "--approval-from CV-1 --approval-to CV-2 --kind administrative --purpose-vi X"
    text = written(new("link", f"--from H29 --to H41 {consent}"))
    assert "via: lgsp\n  platform: lgsp-h41\n" in text, "provinces are never linked directly"
    assert "via: direct\n" in written(new("link", f"--from G12 --to G09 {consent}"))
    refused = new("link", f"--from H29 --to G12 --via direct {consent}")
    assert codes(refused) == [("GC-NEW-002", "--via")]
    assert isinstance(refused.exception, GovCloudError)
    assert refused.exception.problems[0].allowed == "lgsp, ngsp, ndxp", "only legal ways are offered"


def test_on_a_terminal_only_what_is_refused_is_asked_again(
    new: New, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_on_terminal", lambda: True)
    asked: list[str] = []
    replies = {
        "the most protected": ["privat", "private"],
        "answers to change": ["cpus", "cpu"],
        "processors": ["50", "100m"],
    }

    def reply(question: str) -> str:
        asked.append(question)
        waiting = next((r for start, r in replies.items() if question.startswith(start)), [])
        return waiting.pop(0) if waiting else ""

    monkeypatch.setattr("builtins.input", reply)
    result = new("tenant", "--agency H29 --purpose-vi X --people 2000")
    assert "GC-QUOTA-002" in result.output, "50 processors are more than the cloud has"
    assert "cpus: did you mean 'cpu'" in result.output
    assert [q for q in asked if asked.count(q) > 1] == [q for q in asked if any(q.startswith(r) for r in replies)]
    spec = country.load(folder).tenants["h29"].spec
    assert (spec.environments["prod"].quota.cpu, spec.criteria.data_subjects.basic) == (100, 2000)


def test_who_gives_up_can_repeat_all_answers(new: New, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_on_terminal", lambda: True)
    options = (
        "--agency H29 --purpose-vi Lưu-trữ --information private --people 2000 --procedures --cpu 50 --bucket a=1Gi"
    )
    result = new("tenant", options, typed="\n" * 40)
    assert not (folder / "tenants/h29").exists()
    command = shlex.split(result.output.splitlines()[-1])
    assert command[:5] == ["govcloud", "new", "tenant", "--country", "vn"]
    monkeypatch.setattr(answers, "_on_terminal", lambda: False)
    again = new("tenant", shlex.join(command[5:]).replace("--cpu 50", "--cpu 50m"))
    assert "level 3" in again.output
    assert "a=1Gi" in command
    assert (folder / "tenants/h29/tenant.yaml").exists()


def test_an_option_that_does_not_fit_is_asked_for_on_a_terminal(
    new: New, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_on_terminal", lambda: True)
    result = new("tenant", f"{H29.replace('private', 'privat')} --dry-run", typed="\n\nprivate" + "\n" * 40)
    assert "GC-NEW-002" in result.output
    assert "information: private" in result.output


def test_every_quantity_can_be_asked_for(new: New, folder: Path) -> None:
    further = "--gpu 0 --namespaces 4 --objects 1000 --addresses 0 --budget-addresses 256"
    written(new("tenant", f"{H29} {further}"))
    spec = country.load(folder).tenants["h29"].spec
    assert (spec.environments["prod"].quota.namespaces, spec.quota.namespaces) == (4, 5), "one is for a gateway"
    assert (spec.quota.objects, spec.quota.addresses, spec.quota.gpu) == (1000, 256, 0)


def test_codes_are_taken_in_either_case_and_numbers_as_people_write_them(new: New, folder: Path) -> None:
    for people in ("2.000", "2,000"):
        result = new("tenant", f"--agency h29 --purpose-vi X --information private --people {people}")
        written(result)
        spec = country.load(folder).tenants["h29"].spec
        assert (spec.agency, spec.criteria.data_subjects.basic) == ("H29", 2000)
        (folder / "tenants/h29/tenant.yaml").unlink()
    refused = new("tenant", "--agency h29 --purpose-vi X --information private --people 2.00")
    assert ("GC-FIELD-003", "--people") in codes(refused)
    two = new("tenant", "--agency h29 --purpose-vi X --information private --people 1 --cpu 0.100 --budget-cpu 0.200")
    written(two)
    assert country.load(folder).tenants["h29"].spec.environments["prod"].quota.cpu == 100, (
        "a part is no group of digits"
    )


def test_an_agency_that_is_not_declared_is_told_what_to_do_first(new: New) -> None:
    result = new("tenant", "--agency G99 --purpose-vi X --information private --people 1")
    assert isinstance(result.exception, GovCloudError)
    assert "declare the agency first: `govcloud new agency`" in result.exception.problems[0].fix.en
    assert "govcloud new agency" in result.exception.problems[0].fix.vi


def test_the_step_after_is_named(new: New) -> None:
    agency = new("agency", "--code H28 --title-vi X --tier province")
    assert "then ask for its tenant: govcloud new tenant --agency H28" in agency.output, agency.output
