"""Commands say which cloud they work on before they do, and what is out of reach stops nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import little_api_server
import pytest
import yaml
from little_api_server import LittleApiServer, kubeconfig

from govcloud import country
from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.cli import at_hand
from govcloud.cli.concerns import tenants_of
from govcloud.cli.verify import Examiner
from govcloud_base.errors import Text, UsageError

ROOT = Path(__file__).parents[3]
COUNTRY = ROOT / "tests" / "fixtures" / "country"
HERE, THERE = "govcloud-local", "agc-hcm"
Govcloud = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[LittleApiServer]:
    with little_api_server.running() as running:
        yield running


@pytest.fixture(autouse=True)
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell that knows no cloud, on a machine without one."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_", "KUBE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(at_hand, "offered", lambda: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return a country with a second cloud, to which a unit of the ministry has moved."""
    folder = tmp_path / "vn"
    shutil.copytree(COUNTRY, folder)
    cloud = (folder / "clouds" / "cgc-hn1.yaml").read_text(encoding="utf-8")
    cloud = cloud.replace("name: cgc-hn1", "name: agc-hcm1").replace(HERE, THERE)
    (folder / "clouds" / "agc-hcm1.yaml").write_text(cloud, encoding="utf-8")
    tenant = folder / "tenants" / "g09-20" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace("cgc-hn1", "agc-hcm1"), encoding="utf-8")
    return folder


def _named(monkeypatch: pytest.MonkeyPatch, folder: Path, **contexts: str) -> None:
    for context, address in contexts.items():
        (folder / context).write_text(kubeconfig(address, context.replace("_", "-")), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(str(folder / context) for context in contexts))


@pytest.mark.parametrize("command", ["up", "destroy"])
def test_a_kubeconfig_without_a_backend_ends_a_run_after_the_cloud_is_named(
    command: str, govcloud: Govcloud, server: LittleApiServer, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local=server.address)
    folder = shell / "vn"
    shutil.copytree(COUNTRY, folder)
    if command == "destroy":
        tenant = folder / "tenants" / "g09-20" / "tenant.yaml"
        text = tenant.read_text(encoding="utf-8")
        tenant.write_text(text.replace("state: active", "state: removed"), encoding="utf-8")
    before = os.environ["KUBECONFIG"]
    said = govcloud(command, "tenant.g09-20", "--country", str(folder))
    assert said.code == 3
    assert "GC-FLEET-001" in said.err
    assert f"Cloud cgc-hn1: {server.address}, context govcloud-local" in said.out
    assert os.environ["KUBECONFIG"] == before
    assert {method for _, method, path in server.asked if "review" not in path} <= {"GET"}


def test_each_cloud_that_does_not_answer_is_named_and_drift_ends_with_4(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9", agc_hcm="http://127.0.0.1:10")
    said = govcloud("drift", "--country", str(two))
    assert (said.code, said.out) == (4, "")
    assert said.err.count("GC-DRIFT-001") == 2
    for address in ("http://127.0.0.1:9", "http://127.0.0.1:10"):
        assert f"{address}, context" in said.err and f"{address}: 0 no answer: Connection refused" in said.err
    said = govcloud("drift", "--country", str(two), "--format", "json", "tenant.h41", "tenant.g09-20")
    told = json.loads(said.out)
    assert (said.code, told["stacks"]) == (4, {"tenant.h41": None, "tenant.g09-20": None})
    assert not told["complete"] and [row["examined"] for row in told["clouds"]] == [False, False]
    assert [problem["code"] for problem in told["problems"]] == ["GC-DRIFT-001"] * 2


def test_a_cloud_that_answers_and_then_cannot_be_read_was_not_examined(
    govcloud: Govcloud, server: LittleApiServer, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local=server.address)
    told = json.loads(govcloud("drift", "--country", str(COUNTRY), "--format", "json", "tenant.h41").out)
    (row,) = told["clouds"]
    assert (told["stacks"], row["examined"]) == ({"tenant.h41": None}, False)
    assert row["why"]["en"] and row["why"]["vi"]


def test_a_named_stack_out_of_reach_stops_nothing_else(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9")
    said = govcloud("drift", "--country", str(two), "tenant.h41", "tenant.g09-20")
    assert said.code == 4
    assert "GC-STACK-005" in said.err and "GC-DRIFT-001" in said.err


def test_a_verification_that_reaches_no_cloud_says_nothing_passed(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9", agc_hcm="http://127.0.0.1:10")
    said = govcloud("verify", "--country", str(two), "--format", "json", "--tenant", "g09-20")
    told = json.loads(said.out)
    (problem,) = told["problems"]
    assert problem["code"] == "GC-DRIFT-001"
    assert all("http://127.0.0.1:10" in problem["message"][tongue] for tongue in ("en", "vi"))
    unasked = {"en": "nobody asked for it", "vi": "không được yêu cầu"}
    assert (said.code, told) == (
        4,
        {
            "verdict": "ERROR",
            "complete": False,
            "left_out": 0,
            "unreached": ["agc-hcm1"],
            "unread": [],
            "clouds": [
                {"cloud": "agc-hcm1", "examined": False, "why": problem["message"]},
                {"cloud": "cgc-hn1", "examined": False, "why": unasked},
            ],
            "problems": [problem],
            "results": [],
        },
    )
    said = govcloud("verify", "--country", str(two), "--tenant", "g09-20", "--cloud", "cgc-hn1")
    assert said.code == 2 and "GC-STACK-004" in said.err


@pytest.mark.parametrize("command", ["drift", "verify"])
def test_what_a_program_keeps_names_the_cloud_that_was_left_out(
    command: str, govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9")
    told = json.loads(govcloud(command, "--country", str(two), "--format", "json").out)
    left, tried = told["clouds"]
    assert (left["cloud"], left["examined"], tried["examined"], told["complete"]) == ("agc-hcm1", False, False, False)
    assert "no context 'agc-hcm'" in left["why"]["en"] and "'agc-hcm'" in left["why"]["vi"]


def test_only_the_identities_are_opened_through_which_a_check_looks(
    govcloud: Govcloud, server: LittleApiServer, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local=server.address)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://127.0.0.1:9")
    for name in [name for name in os.environ if name.startswith(("GOVCLOUD_AUDITOR", "GOVCLOUD_TENANT"))]:
        monkeypatch.delenv(name)
    for words, seen in ((("TEN-01.territory",), set()), (("TEN-05.pod-hardening", "--tenant", "h41"), {"h41-admin"})):
        server.asked.clear()
        said = govcloud("verify", *words, "--country", str(COUNTRY))
        assert said.code == 1, said.err
        assert {name for name, _, _ in server.asked} == {"engineer", "auditor", *seen}


def test_an_identity_that_cannot_be_had_stops_its_own_checks_and_is_named(
    govcloud: Govcloud, server: LittleApiServer, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local=server.address)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://127.0.0.1:9")
    monkeypatch.setenv("GOVCLOUD_TENANT_KUBECONFIG_H41", str(shell / "nowhere"))
    said = govcloud("verify", "TEN-05.pod-hardening", "--country", str(COUNTRY), "--format", "json")
    told = json.loads(said.out)
    assert (said.code, told["verdict"], told["complete"]) == (4, "ERROR", False)
    assert [problem["code"] for problem in told["problems"]] == ["GC-AUDIT-001"]
    reasons = {row["subject"]: row["reason"]["en"] for row in told["results"]}
    assert "GC-AUDIT-001" in reasons.pop("h41")
    assert reasons and not any("GC-AUDIT-001" in reason for reason in reasons.values())


def test_what_a_person_keeps_says_so_as_well(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9")
    said = govcloud("verify", "--country", str(two))
    assert "2 declared clouds not examined, of which nothing is said" in said.out


@pytest.mark.parametrize("installed", [True, False])
def test_nobody_is_sent_to_a_command_that_is_not_installed(
    installed: bool, govcloud: Govcloud, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not installed:
        monkeypatch.setattr(metadata, "entry_points", lambda **_: ())
    nowhere = govcloud("drift", "--country", str(COUNTRY))
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9")
    silent = govcloud("drift", "--country", str(COUNTRY))
    assert (nowhere.code, silent.code) == (3, 4)
    assert "GC-FLEET-003" in nowhere.err and "GC-DRIFT-001" in silent.err
    assert ("govcloud local" in nowhere.err, "govcloud local" in silent.err) == (installed, installed)


def test_images_of_each_cloud_are_looked_at_from_here_and_from_within_whatever_is_out_of_reach(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cgc-hn1", "agc-hcm1"):
        file = two / "clouds" / f"{name}.yaml"
        declared = yaml.safe_load(file.read_text(encoding="utf-8"))
        declared["spec"]["images"] = {"registry": "localhost:1"}
        file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9")
    said = govcloud("images", "check", "agc-hcm1", "cgc-hn1", "--country", str(two), "--format", "json")
    assert said.code == 4
    assert {cloud: [row["ok"] for row in rows] for cloud, rows in json.loads(said.out).items()} == {
        "agc-hcm1": [False, False],
        "cgc-hn1": [False, False],
    }
    assert said.err.count("GC-IMAGE-014") == 2, said.err
    assert all(code in said.err for code in ("GC-CLOUD-011", "GC-STACK-005")), said.err


def test_the_kubeconfig_of_ones_home_counts_as_with_kubectl(govcloud: Govcloud, shell: Path) -> None:
    (shell / ".kube").mkdir()
    (shell / ".kube" / "config").write_text(kubeconfig("http://127.0.0.1:9", HERE), encoding="utf-8")
    said = govcloud("drift", "--country", str(COUNTRY))
    assert said.code == 4
    assert "Cloud cgc-hn1: http://127.0.0.1:9, context govcloud-local" in said.err


def test_an_import_from_one_of_several_clouds_names_it(
    govcloud: Govcloud, two: Path, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(monkeypatch, shell, govcloud_local="http://127.0.0.1:9", agc_hcm="http://127.0.0.1:10")
    said = govcloud("import", "--country", str(two), "--from", "kubernetes", "--to", str(shell / "out"))
    assert said.code == 2
    assert "GC-IMPORT-004" in said.err and "agc-hcm1, cgc-hn1" in said.err


def test_whose_tenants_an_agency_means() -> None:
    declared = country.load(COUNTRY, ROOT / "policies")
    assert tenants_of(declared, "g09", None) == {"g09", "g09-20"}
    assert tenants_of(declared, "G09.20", "H41") == {"g09-20", "h41"}
    for agency, tenant, codes in (
        ("G0", "h4", {"GC-CLI-012", "GC-CLI-013"}),
        ("G12", None, {"GC-CLI-014"}),
    ):
        with pytest.raises(UsageError) as refused:
            tenants_of(declared, agency, tenant)
        assert {problem.code for problem in refused.value.problems} == codes


def _check(name: str, *subjects: str) -> Check:
    passed = Finding(Text("x", "x"), Verdict.PASS, Text("x", "x"))
    return Check(name, ("TEN-01",), lambda _: subjects, lambda *_: Examination(1, (passed,)))


def test_what_was_not_asked_for_is_counted_and_not_said_to_pass() -> None:
    checks = (_check("a", "h41", "g09"), _check("b", "h41 > g09", "g09 > h41", "g09 > x"), _check("c", "cloud"))
    access = cast(Access, None)
    said: list[str] = []
    part = Examiner(checks, frozenset({"h41"})).examine(access, said.append, lambda _: None)
    assert [f"{r.id} {r.subject}" for r in part.results] == ["a h41", "b h41 > g09", "b g09 > h41"]
    assert (part.left_out, said) == (3, ["a [h41]", "b [h41 > g09]", "b [g09 > h41]"])
    whole = Examiner(checks, None).examine(access, said.append, lambda _: None)
    assert (len(whole.results), whole.left_out) == (6, 0)
