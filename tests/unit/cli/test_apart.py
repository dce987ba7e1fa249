"""What commands on live clouds say of a tenant of which a file cannot be read: left out by name, not taken for gone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import little_api_server
import pytest
from little_api_server import LittleApiServer, kubeconfig

from govcloud import country, render
from govcloud.cli import at_hand, drift
from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.fleet.drift import Difference
from govcloud.holdings.place import declared_buckets, meant
from govcloud.providers.storage import strangers
from govcloud.stack import StackName

ROOT = Path(__file__).parents[3]
Govcloud = Callable[..., Any]
OWN = {"tenant.h41-101", "segment.tsl-h41-101"}
ASKED = "ask People's Committee of Thanh Vinh ward"


@pytest.fixture
def server() -> Iterator[LittleApiServer]:
    with little_api_server.running() as running:
        yield running


@pytest.fixture(autouse=True)
def spoilt(tmp_path: Path, server: LittleApiServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a country with a file that cannot be read, in a shell that knows its cloud."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_", "KUBE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(at_hand, "offered", lambda: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "kubeconfig").write_text(kubeconfig(server.address, "govcloud-local"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", folder)
    file = folder / "tenants" / "h41-101" / "tenant.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "bad: [\n", encoding="utf-8")
    return folder


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the stacks that drift looked at, on a cloud that is as declared."""
    found: list[str] = []

    def same(declared: Country, stack: StackName, connection: Connection) -> list[Difference]:
        assert render.stack(declared, str(stack))
        found.append(str(stack))
        return []

    monkeypatch.setattr(drift, "differences", same)
    return found


def test_drift_looks_at_the_others_and_ends_with_1(govcloud: Govcloud, spoilt: Path, looked: list[str]) -> None:
    said = govcloud("drift", "--country", str(spoilt))
    assert said.code == 1
    assert set(looked) == set(country.known(spoilt, ROOT / "policies").stacks()) - OWN
    assert f"0 differences in {len(looked)} stacks" in said.out
    assert "h41-101: stacks left out" in said.err and ASKED in said.err
    assert "GC-READ-005" in said.err and "tenants/h41-101/tenant.yaml" in said.err
    told = json.loads(govcloud("drift", "--country", str(spoilt), "--format", "json").out)
    assert {stack for stack, rows in told["stacks"].items() if rows is None} == OWN
    assert (told["complete"], [problem["scope"] for problem in told["problems"]]) == (False, ["h41-101"])


def test_drift_of_named_stacks_of_others_says_nothing_of_it(
    govcloud: Govcloud, spoilt: Path, looked: list[str]
) -> None:
    said = govcloud("drift", "--country", str(spoilt), "segment.tsl-h41", "tenant.g09")
    assert (said.code, looked) == (0, ["segment.tsl-h41", "tenant.g09"])
    assert "h41-101" not in said.err


@pytest.mark.parametrize(
    "command",
    [
        ("up", "tenant.h41-101"),
        ("up", "tenant.h41", "segment.tsl-h41-101"),
        ("drift", "tenant.h41-101"),
        ("destroy", "segment.tsl-h41-101"),
        ("verify", "--tenant", "h41-101"),
        ("render", "tenant.h41-101"),
    ],
    ids=" ".join,
)
def test_its_own_stacks_are_refused_by_name_before_anything_is_touched(
    command: tuple[str, ...], govcloud: Govcloud, spoilt: Path, server: LittleApiServer
) -> None:
    said = govcloud(*command, "--country", str(spoilt))
    assert said.code == 1
    assert "GC-READ-005" in said.err and "tenants/h41-101/tenant.yaml" in said.err and ASKED in said.err
    assert {method for _, method, path in server.asked if "review" not in path} <= {"GET"}


def test_a_verification_that_left_a_tenant_out_has_not_passed(govcloud: Govcloud, spoilt: Path) -> None:
    said = govcloud("verify", "--country", str(spoilt), "--format", "json", "NONE-01", "--tenant", "h41")
    assert said.code == 2 and "GC-AUDIT-003" in said.err
    said = govcloud("verify", "--country", str(spoilt), "--format", "json", "--agency", "H41", "TEN-01.territory")
    told = json.loads(said.out)
    assert (told["unread"], told["complete"]) == (["h41-101"], False)
    assert "h41-101" in [problem["scope"] for problem in told["problems"]]
    assert told["verdict"] in ("ERROR", "FAIL") and said.code in (1, 4)
    assert "h41-101: stacks left out" in said.err and "GC-READ-005" in said.err


def test_validate_tells_as_before_of_every_file(govcloud: Govcloud, spoilt: Path) -> None:
    (spoilt / "links" / "g09-h41.yaml").write_text("a: [", encoding="utf-8")
    both = govcloud("validate", str(spoilt), "--format", "json")
    (spoilt / "links" / "g09-h41.yaml").unlink()
    one = govcloud("validate", str(spoilt), "--format", "json")
    assert (both.code, one.code) == (1, 1)
    assert {p["file"].rpartition("/vn/")[2] for p in json.loads(both.out)["problems"]} == {
        "links/g09-h41.yaml",
        "tenants/h41-101/tenant.yaml",
    }
    (problem,) = json.loads(one.out)["problems"]
    assert problem["scope"] is None and "ask" not in problem["fix"]["en"]


def test_nothing_that_lives_of_it_is_a_strangers(spoilt: Path) -> None:
    found = country.known(spoilt, ROOT / "policies")
    assert "h41-101" in strangers.owners(found, "cgc-hn1")
    assert "h41-101" in found.within({"cgc-hn1"}).tenants
    assert found.within({"cgc-hn1"}).links == found.links


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "run", "h41-101"),
        ("backup", "list", "h41-101"),
        ("storage", "export", "h41-101", "--to", "bags"),
        ("storage", "migrate", "h41-101", "--to", "cgc-hn1"),
        ("storage", "ls", "h41-101"),
        ("storage", "usage", "h41-101"),
    ],
    ids=" ".join,
)
def test_a_command_about_its_buckets_says_what_cannot_be_read(
    govcloud: Govcloud, spoilt: Path, words: tuple[str, ...]
) -> None:
    said = govcloud(*words, "--country", str(spoilt))
    assert said.code == 1
    assert "GC-READ-005" in said.err and ASKED in said.err
    assert said.err.count("error GC-") == 1


def test_buckets_of_the_others_are_found_beside_it(spoilt: Path) -> None:
    declared = country.remembered(spoilt)
    assert "h41-101" in declared.unread
    assert {bucket.tenant for bucket in declared_buckets(declared)} == {"g09", "g09-20", "h41"}
    assert meant(declared, "vn-h41-prod-records").bucket == "vn-h41-prod-records"


def test_backups_of_the_whole_country_do_not_end_well_without_it(govcloud: Govcloud, spoilt: Path) -> None:
    said = govcloud("backup", "run", "--all", "--due", "--country", str(spoilt))
    assert (said.code, said.out) == (1, "")
    assert "GC-READ-005" in said.err and ASKED in said.err
