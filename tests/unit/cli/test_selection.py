"""Which stacks a command takes: those of the clouds at hand; what is out of reach is named or refused, never tried."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path

import pytest

from govcloud import cli, country, render
from govcloud.cli.selection import left_to, select
from govcloud.clouds.contexts import contexts
from govcloud.country import Country
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, UsageError

ROOT = Path(__file__).parents[3]
HERE, THERE = "govcloud-local", "agc-hcm"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return a country with a second cloud, to which a unit of the ministry has moved."""
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", folder)
    cloud = (folder / "clouds" / "cgc-hn1.yaml").read_text(encoding="utf-8")
    cloud = cloud.replace("name: cgc-hn1", "name: agc-hcm1").replace(HERE, THERE)
    cloud = cloud.replace("AWS_ENDPOINT_URL_S3", "GOVCLOUD_AGC_HCM1_AWS_ENDPOINT_URL_S3")
    (folder / "clouds" / "agc-hcm1.yaml").write_text(cloud, encoding="utf-8")
    tenant = folder / "tenants" / "g09-20" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace("cgc-hn1", "agc-hcm1"), encoding="utf-8")
    return folder


@pytest.fixture
def declared(two: Path) -> Country:
    return country.load(two, ROOT / "policies")


def named(declared: Country, *names: str, known: set[str] | None, cloud: str | None = None) -> set[str]:
    return {str(stack) for stack in select(declared, names, known, cloud).stacks}


def test_without_names_the_clouds_at_hand_are_taken(declared: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    selection = select(declared, (), {HERE, "kind"})
    assert {str(s) for s in selection.stacks} == set(declared.stacks()) - {
        "cluster.agc-hcm1",
        "tenant.g09-20",
        "segment.tsl-g09-20",
    }
    assert selection.remark(declared) == "Left out, as the kubeconfig has no context for them: agc-hcm1 (agc-hcm)"
    both = select(declared, (), {HERE, THERE})
    assert {str(s) for s in both.stacks} == set(declared.stacks())
    assert both.remark(declared) is None


def test_one_cloud_can_be_asked_for(declared: Country) -> None:
    wanted = {"cluster.agc-hcm1", "tenant.g09-20", "segment.tsl-g09-20"}
    assert named(declared, known={HERE, THERE}, cloud="agc-hcm1") == wanted
    assert named(declared, known=None, cloud="agc-hcm1") == wanted
    with pytest.raises(CloudError, match="GC-STACK-005"):
        select(declared, (), {HERE}, "agc-hcm1").require()
    with pytest.raises(UsageError, match="agc-hcm1"):
        select(declared, (), {HERE}, "agc-hcm")


def test_a_named_stack_out_of_reach_is_refused_with_the_fix(declared: Country) -> None:
    assert named(declared, "tenant.h41", known={HERE}) == {"tenant.h41"}
    with pytest.raises(CloudError) as refused:
        select(declared, ("segment.tsl-g09-20",), {HERE}).require()
    mixed = select(declared, ("tenant.h41", "segment.tsl-g09-20"), {HERE}).require()
    assert [str(stack) for stack in mixed.stacks] == ["tenant.h41"]
    assert mixed.clouds == {"cgc-hn1"}
    assert mixed.away == refused.value.problems
    (problem,) = refused.value.problems
    assert (problem.code, problem.value) == ("GC-STACK-005", THERE)
    assert "tsl-g09-20" in problem.message.en
    assert THERE in problem.fix.vi


def test_a_stack_of_another_cloud_than_asked_is_refused(declared: Country) -> None:
    with pytest.raises(UsageError, match="GC-STACK-004"):
        select(declared, ("tenant.g09-20",), {HERE, THERE}, "cgc-hn1")


def test_every_mistake_is_named_at_once(declared: Country) -> None:
    with pytest.raises(GovCloudError) as refused:
        select(declared, ("tenant.h4l", "tenant.g99"), {HERE}, "nowhere")
    assert [p.code for p in refused.value.problems] == ["GC-STACK-002", "GC-STACK-002", "GC-STACK-003"]


def test_a_country_within_a_cloud_keeps_what_lies_there(declared: Country) -> None:
    part = declared.within({"cgc-hn1"})
    assert set(part.tenants) == {"g09", "h41", "h41-101"}
    assert set(part.links) == set(declared.links)
    assert set(part.agencies) == set(declared.agencies)
    assert not declared.within({"agc-hcm1"}).links


def test_a_platform_that_waits_is_not_called_unknown(two: Path) -> None:
    file = two / "platforms" / "lgsp-h41.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new, code in (
        ("  level: 3\n", "  level: 3\n  state: planned\n", "GC-STACK-006"),
        ("  kind: lgsp\n", "  kind: analytics\n", "GC-STACK-007"),
    ):
        file.write_text(text.replace(old, new))
        declared = country.load(two, ROOT / "policies").on(datetime.date(2026, 11, 22))
        with pytest.raises(UsageError) as refused:
            select(declared, ["platform.lgsp-h41"], None)
        (problem,) = refused.value.problems
        assert problem.code == code
        assert "is declared, but" in problem.message.en
        assert problem.place and problem.place.file.endswith("lgsp-h41.yaml")
        with pytest.raises(UsageError, match=code):
            render.stack(declared, "platform.lgsp-h41")


def test_the_list_shows_what_up_would_take(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(f"contexts: [{{name: {THERE}}}]", encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setattr(sys, "argv", ["govcloud", "up", "--list", "--country", str(two)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    assert capsys.readouterr().out.split() == ["cluster.agc-hcm1", "tenant.g09-20", "segment.tsl-g09-20"]


def test_contexts_are_read_as_kubectl_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, spoilt = (tmp_path / name for name in ("one", "two", "spoilt"))
    one.write_text("contexts:\n- {name: a, context: {}}\n", encoding="utf-8")
    two.write_text("contexts:\n", encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", f"{one}:{two}:{tmp_path / 'none'}:")
    assert contexts() == {"a"}
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert contexts() == frozenset()
    for content in ("{", "contexts: [1]", "- a", "\x00"):
        spoilt.write_text(content, encoding="utf-8")
        with pytest.raises(EnvironmentProblem, match="GC-FLEET-005"):
            contexts(str(spoilt))


def test_a_tenant_that_is_left_out_is_told_with_whom_to_ask() -> None:
    reference = country.load(ROOT / "stacks" / "vn", ROOT / "policies")
    said = left_to(reference, "h37")
    assert "h37" in said.en and "ungcuu@h37.example.gov.vn" in said.en
    assert reference.agencies_by_code["H37"].spec.title.vi in said.vi and "ungcuu@h37.example.gov.vn" in said.vi


def test_where_no_cloud_is_at_hand_nothing_is_not_all_as_declared(declared: Country) -> None:
    with pytest.raises(CloudError) as raised:
        select(declared, [], set()).require()
    assert [p.code for p in raised.value.problems] == ["GC-STACK-005"] * len(declared.clouds)
