"""Rules that one replaced line cannot show: added files, other dates, places in the tree, exact arithmetic."""

from __future__ import annotations

import datetime
import ipaddress
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud import country, rules
from govcloud.rules import levels, links, network
from govcloud_base.errors import GovCloudError, Problem, Severity

Findings = Callable[..., list[Problem]]
ROOT = Path(__file__).parents[3]


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def copy(source: Path, target: Path, *changes: tuple[str, str]) -> None:
    shutil.copy(source, target)
    for old, new in changes:
        edit(target, old, new)


def test_an_agency_writes_only_below_its_own_path(folder: Path, findings: Findings) -> None:
    (folder / "tenants" / "h41-101" / "tenant.yaml").rename(folder / "tenants" / "h41" / "commune.yaml")
    assert codes(findings()) == ["GC-OWNER-001"]


def test_an_agency_cannot_declare_what_is_central(folder: Path, findings: Findings) -> None:
    (folder / "links" / "g09-h41.yaml").rename(folder / "tenants" / "h41" / "link.yaml")
    assert codes(findings()) == ["GC-OWNER-002"]


def test_a_tenant_has_the_name_of_its_agency(folder: Path, findings: Findings) -> None:
    edit(folder / "tenants" / "g09-20" / "tenant.yaml", "name: g09-20", "name: archive")
    edit(folder / "segments" / "tsl-g09-20.yaml", "tenant: g09-20", "tenant: archive")
    assert codes(findings()) == ["GC-OWNER-003"]


def test_links_twins_and_foreign_files_are_refused(folder: Path, findings: Findings) -> None:
    (folder / "agencies" / "x.yaml").symlink_to("/etc/hostname")
    copy(folder / "country.yaml", folder / "COUNTRY.yaml")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "README.md").write_text("x", encoding="utf-8")
    assert sorted(codes(findings())) == ["GC-FOLDER-002", "GC-FOLDER-003", "GC-FOLDER-004"]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(GovCloudError) as caught:
        country.load(tmp_path / "nowhere")
    assert codes(list(caught.value.problems)) == ["GC-FOLDER-001"]


def test_all_files_are_read_before_anything_is_reported(folder: Path, findings: Findings) -> None:
    for name in ("g09", "h41"):
        edit(folder / "tenants" / name / "tenant.yaml", "level: 3", "level: three")
    assert codes(findings()) == ["GC-FIELD-003", "GC-FIELD-003"]


def test_ancestors_in_a_circle_are_named(folder: Path, findings: Findings) -> None:
    unit = folder / "agencies" / "g09-20.yaml"
    edit(unit, "parent: G09", "parent: G09.21")
    copy(
        unit,
        folder / "agencies" / "g09-21.yaml",
        ("g09-20", "g09-21"),
        ("G09.20", "G09.21"),
        ("parent: G09.21", "parent: G09.20"),
    )
    assert set(codes(findings())) >= {"GC-AGENCY-005"}


def test_one_segment_and_one_platform_of_a_kind(folder: Path, findings: Findings) -> None:
    copy(
        folder / "segments" / "tsl-h41.yaml",
        folder / "segments" / "two.yaml",
        ("tsl-h41", "two"),
        ("10.80.41", "10.80.43"),
    )
    copy(folder / "platforms" / "lgsp-h41.yaml", folder / "platforms" / "two.yaml", ("name: lgsp-h41", "name: two"))
    found = codes(findings())
    assert found.count("GC-SEGMENT-001") == 1
    assert found.count("GC-PLATFORM-002") == 1


def test_pools_clear_of_reserved_ranges(folder: Path, findings: Findings) -> None:
    edit(folder / "country.yaml", "reservedNetworks: [", "reservedNetworks: [10.80.0.0/22, ")
    assert codes(findings()) == ["GC-ADDR-003", "GC-ADDR-003"]


def test_a_wide_pool_is_the_one_that_overlaps_all_that_it_holds(folder: Path, findings: Findings) -> None:
    edit(folder / "segments" / "tsl-h41.yaml", "10.80.41.0/24", "10.80.40.0/21")
    edit(folder / "segments" / "tsl-g09.yaml", "10.80.1.0/24", "10.80.41.0/24")
    (problem,) = findings()
    assert problem.code == "GC-ADDR-004"
    assert problem.place is not None
    assert problem.place.file == "segments/tsl-h41.yaml"
    assert problem.message.en == "overlaps 10.80.41.0/24 of tsl-g09, 10.80.42.0/24 of tsl-h41-101"


def test_two_declarations_never_name_one_bucket(folder: Path, findings: Findings) -> None:
    """Tenant h41 with environment a1 and bucket prod-x would meet tenant h41-a1 with prod and x."""
    for part in ("agencies", "tenants", "segments"):
        for path in (folder / part).rglob("*"):
            if path.is_file() and "h41-101" in str(path):
                edit(path, "h41-101", "h41-a1")
                path.write_text(path.read_text(encoding="utf-8").replace("H41.101", "H41.A1"), encoding="utf-8")
                if part == "agencies":
                    path.rename(path.with_name("h41-a1.yaml"))
    (folder / "tenants" / "h41-101").rename(folder / "tenants" / "h41-a1")
    (folder / "links" / "h41-h41-101.yaml").unlink()
    edit(folder / "tenants" / "h41-a1" / "tenant.yaml", "      records:", "      x:")
    edit(folder / "tenants" / "h41" / "tenant.yaml", "      records:", "      prod-x:")
    edit(folder / "tenants" / "h41" / "tenant.yaml", "    prod:\n", "    a1:\n")
    for path in (folder / "segments" / "tsl-h41.yaml", folder / "platforms" / "lgsp-h41.yaml"):
        edit(path, "\nspec:\n", "\nspec:\n  environment: a1\n")
    (folder / "links" / "g09-h41.yaml").unlink()
    assert codes(findings()) == ["GC-NAME-002"]


def test_environments_and_clouds_do_not_mix(folder: Path, findings: Findings) -> None:
    copy(folder / "clouds" / "cgc-hn1.yaml", folder / "clouds" / "cgc-hcm.yaml", ("name: cgc-hn1", "name: cgc-hcm"))
    edit(folder / "tenants" / "g09" / "tenant.yaml", "cloud: cgc-hn1", "cloud: cgc-hcm")
    # One variable leads both to one store: no second one, to which a backup could go.
    assert sorted(codes(findings())) == ["GC-CLOUD-015", "GC-LINK-011"]
    edit(folder / "clouds" / "cgc-hcm.yaml", "AWS_ENDPOINT_URL_S3", "HCM_STORE")
    # With a second store the two tenants of level 3 have where to put a backup.
    assert sorted(codes(findings())) == ["GC-BACKUP-001", "GC-BACKUP-001", "GC-LINK-011"]


def test_the_law_of_the_date_decides(folder: Path, findings: Findings) -> None:
    """A regime that is not in force, a tier that is gone: the same files, another day."""
    found = codes(findings(datetime.date(2026, 8, 18)))
    assert found.count("GC-LEVEL-005") == 4
    edit(folder / "agencies" / "h29.yaml", "tier: province", "tier: district\n  parent: H41")
    edit(folder / "agencies" / "h29.yaml", '"79"', '"414"')
    edit(folder / "agencies" / "h29.yaml", "2025-07-01", "2020-01-01")
    assert codes(findings()) == ["GC-AGENCY-003"]


def test_links_out_of_force_are_not_provisioned(folder: Path, findings: Findings) -> None:
    edit(folder / "links" / "h41-h41-101.yaml", "validFrom: 2026-10-15", "validFrom: 2026-10-15\n  validTo: 2026-11-20")
    found = findings()
    assert [(p.code, p.severity) for p in found] == [("GC-LINK-006", Severity.WARNING)]
    loaded = country.load(folder, ROOT / "policies")
    assert set(rules.require(loaded, datetime.date(2026, 11, 22)).links) == {"g09-h41"}
    assert set(rules.require(loaded, datetime.date(2026, 11, 20)).links) == {"g09-h41", "h41-h41-101"}


def test_warnings_pass_and_errors_do_not(folder: Path) -> None:
    tenant = folder / "tenants" / "h41" / "tenant.yaml"
    edit(tenant, "levelDossier: HSCD-H41-2026", "levelDossier: 2031/QĐ-UBND")
    edit(tenant, "reviewBy: 2027-11-22", "reviewBy: 2026-11-21")
    loaded = country.load(folder, ROOT / "policies")
    day = datetime.date(2026, 11, 22)
    assert sorted(codes(rules.judge(loaded, day))) == ["GC-LIFECYCLE-002", "GC-RECORD-002"]
    assert rules.require(loaded, day).name == "vn"
    edit(tenant, "level: 3", "level: 2")
    with pytest.raises(GovCloudError):
        rules.require(country.load(folder, ROOT / "policies"), day)


WAIVER = """\
apiVersion: govcloud/v1
kind: Waiver
metadata:
  name: net-04-h41
spec:
  control: NET-04
  tenant: h41
  reason: The archive's importer moves in December; an IP filter protects until then.
  author: h41-cto
  approver: {approver}
  expires: {expires}
"""


@pytest.mark.parametrize(
    ("approver", "expires", "found"),
    [
        ("ciso", "2026-12-31", []),
        ("H41-CTO", "2026-12-31", ["GC-WAIVER-001"]),
        ("ciso", "2026-11-21", ["GC-WAIVER-002"]),
    ],
)
def test_waivers_need_another_approver_and_an_end(
    folder: Path, findings: Findings, approver: str, expires: str, found: list[str]
) -> None:
    (folder / "waivers").mkdir()
    (folder / "waivers" / "w.yaml").write_text(WAIVER.format(approver=approver, expires=expires), encoding="utf-8")
    assert codes(findings()) == found


def test_the_highest_criterion_wins(folder: Path) -> None:
    loaded = country.load(folder, ROOT / "policies")
    level, reasons = levels.computed(loaded, loaded.tenants["h41"])
    assert level == 3
    assert {r.level for r in reasons} == {3}
    assert levels.computed(loaded, loaded.tenants["h41-101"])[0] == 2


def test_bodies_are_told_apart(folder: Path) -> None:
    loaded = country.load(folder, ROOT / "policies")
    ours = loaded.agencies
    assert links.same_body(loaded, ours["h41"], ours["h41-101"])
    assert not links.same_body(loaded, ours["g09-20"], ours["h41-101"])


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_pools_are_read_as_written(address: int, length: int) -> None:
    text = f"{ipaddress.IPv4Address(address)}/{length}"
    wanted = ipaddress.IPv4Network((address, length), strict=False)
    if int(wanted.network_address) == address:
        assert network.parse(text) == wanted
    else:
        with pytest.raises(ValueError, match="host bits"):
            network.parse(text)


@pytest.mark.parametrize(
    "text", ["10.0.0.0", "10.0.0.0/0.255.255.255", "::ffff:10.0.0.0/104", "10.0.0.0/٨", "10.0.0.0/"]
)
def test_disguised_pools_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        network.parse(text)


def test_a_planned_platform_carries_no_link_and_is_not_provisioned(folder: Path, findings: Findings) -> None:
    edit(folder / "platforms" / "lgsp-h41.yaml", "  level: 3", "  state: planned\n  level: 3")
    assert codes(findings()) == ["GC-LINK-013"]
    (folder / "links" / "g09-h41.yaml").unlink()
    loaded = country.load(folder, ROOT / "policies")
    assert "platform.lgsp-h41" not in loaded.stacks()
    assert not rules.require(loaded, datetime.date(2026, 11, 22)).platforms


def test_kinds_without_a_blueprint_are_never_provisioned(folder: Path, findings: Findings) -> None:
    copy(
        folder / "platforms" / "lgsp-h41.yaml",
        folder / "platforms" / "analytics-h41.yaml",
        ("name: lgsp-h41", "name: analytics-h41"),
        ("kind: lgsp", "kind: analytics"),
        ("{cpu: 60m, memory: 256Mi, pods: 6}", "{}"),
    )
    assert findings() == []
    assert "platform.analytics-h41" not in country.load(folder, ROOT / "policies").stacks()


def test_a_pool_has_an_address_for_each_network_point(folder: Path, findings: Findings) -> None:
    segment = folder / "segments" / "tsl-h41.yaml"
    edit(segment, "  zones:", "  endpoints: 254\n  zones:")
    assert findings() == []
    edit(segment, "endpoints: 254", "endpoints: 255")
    (problem,) = findings()
    assert (problem.code, problem.allowed) == ("GC-ADDR-009", "<= 254")
