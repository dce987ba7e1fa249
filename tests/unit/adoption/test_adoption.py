"""What runs becomes declarations; what nobody wrote down stays a blank that `validate` reports."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from govcloud import country
from govcloud import render as rendering
from govcloud.adoption.found import Bucket, Keys, Namespace, Owner
from govcloud.adoption.limits import LiveQuota
from govcloud.adoption.tenants import Findings, adopt, differences
from govcloud.cli import import_ as command
from govcloud.country.fields import BLANK
from govcloud.country.reader import read_bytes
from govcloud_base.errors import GovCloudError, UsageError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def declared() -> country.Country:
    return country.load(ROOT / "tests" / "fixtures" / "country")


def running(declared: country.Country, *stacks: str) -> tuple[list[Namespace], list[Bucket]]:
    """Return what a cloud shows on which the stacks were provisioned."""
    namespaces: dict[str, Namespace] = {}
    buckets: list[Bucket] = []
    hard: dict[str, dict[str, str]] = {}
    for stack in stacks:
        rendered = rendering.stack(declared, stack)
        for manifest in rendered.manifests.values():
            metadata = manifest["metadata"]
            if manifest["kind"] == "ResourceQuota":
                hard[metadata["namespace"]] = manifest["spec"]["hard"]
            if manifest["kind"] == "Namespace":
                namespaces[metadata["name"]] = Namespace(metadata["name"], metadata["labels"])
        if isinstance(rendered, rendering.TenantManifests):
            buckets += [Bucket(b.name, b.tags, b.versioning, b.quota_bytes) for b in rendered.buckets]
    return [Namespace(n.name, n.labels, (LiveQuota("zone", hard[n.name]),)) for n in namespaces.values()], buckets


def found(declared: country.Country, *stacks: str, keys: Keys | None = None) -> Findings:
    namespaces, buckets = running(declared, *stacks)
    levels = declared.law.levels(declared.spec.regime)
    return adopt(namespaces, buckets, keys or Keys(), country="vn", cloud="cgc-hn1", levels=levels)


def test_what_was_provisioned_is_found_as_it_was_declared(declared: country.Country) -> None:
    (tenant,) = found(declared, "tenant.h41", "segment.tsl-h41", "platform.lgsp-h41").tenants
    value = read_bytes(tenant.text.encode(), "x").value
    assert differences(tenant.spec, declared.documents["Tenant", "h41"].value["spec"]) == []
    assert (value["metadata"]["name"], value["spec"]["agency"], value["spec"]["level"]) == ("h41", "H41", 3)
    assert value["spec"]["environments"]["prod"]["quota"]["cpu"] == "350m"
    assert value["spec"]["storage"]["buckets"]["records"] == {
        "class": "private",
        "personalData": True,
        "versioning": True,
        "quota": "4Gi",
    }
    assert str(tenant.path) == "tenants/h41/tenant.yaml"


def test_nothing_is_guessed(declared: country.Country) -> None:
    (tenant,) = found(declared, "tenant.h41").tenants
    assert {"purpose", "criteria", "lifecycle.reviewBy"} <= set(tenant.blanks)
    bare = [Namespace("old-portal", {"team": "web", "stage": "prod"})]
    keys = Keys(tenant="team", environment="stage")
    (other,) = adopt(bare, [], keys, country="vn", cloud=None, levels=None).tenants
    assert {"agency", "level", "cloud", "quota.cpu", "environments.prod.quota.memory"} <= set(other.blanks)
    assert other.spec["level"] == BLANK


def test_validate_reports_every_blank_at_its_line(declared: country.Country, tmp_path: Path) -> None:
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", folder)
    (tenant,) = found(declared, "tenant.h41").tenants
    file = folder / tenant.path
    file.write_text(tenant.text)
    with pytest.raises(GovCloudError) as caught:
        country.load(folder, ROOT / "policies")
    assert {p.code for p in caught.value.problems} == {"GC-FIELD-007"}
    lines = file.read_text().splitlines()
    assert all(p.place and "'?'" in lines[p.place.line - 1] for p in caught.value.problems)
    assert len(caught.value.problems) == len(tenant.blanks)


def test_what_has_no_label_has_no_owner_unless_somebody_names_one(declared: country.Country) -> None:
    strays = [Namespace("h41-prod-web", {}), Namespace("kube-system", {}), Namespace("default", {})]
    photos = [Bucket("vn-h41-prod-photos", {}, True)]
    nothing = adopt(strays, photos, Keys(), country="vn", cloud=None, levels=None)
    assert (nothing.tenants, nothing.ownerless) == ((), ("namespace/h41-prod-web", "bucket/vn-h41-prod-photos"))
    half = [Namespace("half", {"govcloud.gov.vn/tenant": "h41"})]
    assert adopt(half, [], Keys(), country="vn", cloud=None, levels=None).ownerless == ("namespace/half",)
    keys = Keys(assigned={"vn-h41-prod-photos": Owner("h41", "H41", "prod", None, None)})
    (tenant,) = adopt(strays, photos, keys, country="vn", cloud=None, levels=None).tenants
    assert list(tenant.spec["storage"]["buckets"]) == ["photos"]


def test_contradictions_and_names_that_cannot_stay_are_said(declared: country.Country) -> None:
    labels = {"t": "h41", "e": "prod", "z": "srv"}
    keys = Keys(tenant="t", environment="e", zone="z", agency="a", level="l")
    rooms = [
        Namespace("portal", {**labels, "a": "H41", "l": "2"}),
        Namespace("h41-prod-db", {**labels, "z": "db", "a": "H29", "l": "3"}),
    ]
    attic = [Bucket("attic", labels, None)]
    (tenant,) = adopt(rooms, attic, keys, country="vn", cloud=None, levels=None).tenants
    said = " ".join(note.en for note in tenant.notes)
    assert "contradict each other on agency: H29, H41" in said
    assert "contradict each other on level: 2, 3" in said
    assert "namespace portal would be called h41-prod-srv" in said
    assert "bucket attic is not named vn-h41-prod-" in said
    assert (tenant.spec["agency"], tenant.spec["level"]) == (BLANK, BLANK)


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (("level",), 2, "level: 2 declared, 3 live"),
        (("environments", "prod", "quota", "cpu"), "300m", "environments.prod.quota.cpu: 300m declared, 350m live"),
        (("quota", "pods"), 3, "quota.pods: 3 declared, 35 live"),
        (("storage", "buckets", "records", "quota"), "3Gi", "storage.buckets.records.quota: 3Gi declared, 4Gi live"),
        (
            ("storage", "buckets", "records", "class"),
            "open",
            "storage.buckets.records.class: open declared, private live",
        ),
    ],
)
def test_a_declaration_that_says_something_else_is_noticed(
    declared: country.Country, path: tuple[str, ...], value: Any, shown: str
) -> None:
    (tenant,) = found(declared, "tenant.h41").tenants
    spec: dict[str, Any] = dict(declared.documents["Tenant", "h41"].value["spec"])
    node = spec
    for step in path[:-1]:
        node[step] = dict(node[step])
        node = node[step]
    node[path[-1]] = value
    assert differences(tenant.spec, spec) == [shown]


def test_the_same_amount_in_other_units_is_no_difference(declared: country.Country) -> None:
    (tenant,) = found(declared, "tenant.h41").tenants
    live = {"environments": {"prod": {"quota": tenant.spec["environments"]["prod"]["quota"]}}}
    written = {
        "cpu": "0.35",
        "memory": "1376256Ki",
        "storage": "7168Mi",
        "pods": 35,
        "buckets": 9,
        "objectStorage": "1Ti",
    }
    assert differences(live, {"environments": {"prod": {"quota": written}}}) == []


def test_disk_is_stated_where_it_is_not_what_pods_and_level_bring(declared: country.Country) -> None:
    namespaces, _ = running(declared, "tenant.h41")
    levels = declared.law.levels(declared.spec.regime)

    def disk(found: list[Namespace]) -> Any:
        (tenant,) = adopt(found, [], Keys(), country="vn", cloud=None, levels=levels).tenants
        return tenant.spec["environments"]["prod"]["quota"].get("ephemeralStorage")

    assert disk(namespaces) is None
    first, *others = namespaces
    wider = {**first.quotas[0].hard, "limits.ephemeral-storage": "10Gi"}
    assert disk([Namespace(first.name, first.labels, (LiveQuota("zone", wider),)), *others]) == "17920Mi"


@pytest.fixture
def run(declared: country.Country, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Return the command on a cloud that runs h41 and one stray namespace."""
    namespaces, buckets = running(declared, "tenant.h41")
    namespaces.append(Namespace("stray", {}))
    monkeypatch.setattr(command, "enter_cloud", lambda _: None)
    monkeypatch.setattr(command, "contexts", lambda: frozenset({"govcloud-local"}))
    monkeypatch.setattr(command, "_namespaces", lambda *_: namespaces)
    monkeypatch.setattr(command, "_buckets", lambda *_: buckets)
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(command.import_)

    def call(*options: str) -> Result:
        base = [
            "--country",
            str(ROOT / "tests" / "fixtures" / "country"),
            "--to",
            "out",
            "--from",
            "kubernetes",
            "--from",
            "s3",
        ]
        return CliRunner().invoke(app, [*base, *options], standalone_mode=False)

    yield call


def test_importing_twice_changes_nothing_and_never_overwrites_what_people_filled_in(run: Any, tmp_path: Path) -> None:
    first = run()
    assert first.exception is None, first.exception
    file = tmp_path / "out/tenants/h41/tenant.yaml"
    assert "written: out/tenants/h41/tenant.yaml" in first.output
    assert "  namespace/stray" in first.output
    assert "not known: purpose, criteria" in first.output
    assert "not read: flows between zones, segments and platforms" in first.output
    drafted = file.read_text()
    assert "unchanged: out/tenants/h41/tenant.yaml" in run().output
    file.write_text(drafted.replace("level: 3", "level: 2").replace("purpose: '?'", "purpose: {vi: Hồ sơ}"))
    kept = run().output
    assert "kept as it is: out/tenants/h41/tenant.yaml\n  level: 2 declared, 3 live\n" in kept
    assert "Hồ sơ" in file.read_text()


def test_a_wrong_option_is_explained(run: Any) -> None:
    for options, code in ((("--cloud", "cgc-hn"), "GC-IMPORT-002"), (("--assign", "x=H41"), "GC-IMPORT-003")):
        result = run(*options)
        assert isinstance(result.exception, UsageError)
        assert result.exception.problems[0].code == code
    assert "did you mean 'cgc-hn1'?" in str(run("--cloud", "cgc-hn").exception)
    assigned = run("--assign", "stray=H41/prod/srv")
    assert "namespace stray would be called h41-prod-srv" in assigned.output
