"""Changes as they come in, and the tier that a careful person would give each."""

from __future__ import annotations

import re

from review_repository import COMMUNE, H41, Repo

from govcloud.review.markdown import markdown
from govcloud_base.errors import Language, Severity


def approvers(repo: Repo, agency: str | None = None) -> list[str]:
    return [a.id for a in repo.review(agency=agency).approvers]


def test_more_within_the_agencys_own_budget_needs_nobody(repo: Repo) -> None:
    repo.replace(COMMUNE, "quota: {cpu: 250m, memory: 960Mi", "quota: {cpu: 240m, memory: 928Mi")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "cpu: 240m, memory: 928Mi", "cpu: 250m, memory: 960Mi")
    review = repo.review(agency="H41.101")
    assert (review.tier, review.approvers, review.author) == ("auto", (), "H41.101")
    assert {(b.name, b.resource, b.remaining) for b in review.budgets} == {
        ("h41-101", "cpu", 0),
        ("h41-101", "memory", 0),
    }


def test_a_flow_inside_a_tenant_needs_a_second_person_of_the_agency(repo: Repo) -> None:
    repo.replace(H41, "{from: int, to: [srv], ports: [8080]}", "{from: int, to: [srv], ports: [8080, 8081]}")
    review = repo.review()
    assert review.tier == "peer"
    assert [p.what.en for p in review.gained] == ["zone int → zone srv of h41 (prod), TCP 8081"]
    assert [(a.id, a.another_person) for a in review.approvers] == [("H41", True)]


def test_a_way_from_the_edge_to_the_data_needs_the_security_unit(repo: Repo) -> None:
    repo.replace(H41, "{from: edge, to: [dmz], ports: [443, 8443]}", "{from: edge, to: [dmz, db], ports: [443, 8443]}")
    review = repo.review()
    assert review.tier == "parties"
    assert [a.id for a in review.approvers] == ["H41", "security-unit"]


def test_data_for_another_agency_needs_the_security_unit_in_an_old_bucket_and_in_a_new_one(repo: Repo) -> None:
    grant = "{to: h41, link: h41-h41-101, access: read, prefix: outbox/}"
    repo.replace(
        COMMUNE,
        "storage:\n    buckets:\n",
        f"storage:\n    buckets:\n      out: {{class: shared, quota: 1Mi, grants: [{grant}]}}\n",
    )
    review = repo.review()
    assert [p.what.en for p in review.gained] == ["h41 reads out/outbox/* of h41-101, as long as h41-h41-101"]
    assert review.tier == "parties"
    assert [a.id for a in review.approvers] == ["H41.101", "security-unit"]

    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "prefix: outbox/}", "prefix: outbox/, until: 2027-01-31}")
    longer = repo.review()
    assert [p.what.en for p in longer.gained] == ["h41 reads out/outbox/* of h41-101, until 2027-01-31"]
    assert longer.tier == "parties"

    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, f", grants: [{grant[:-1]}, until: 2027-01-31}}]", "")
    taken = repo.review(agency="H41.101")
    assert (taken.gained, taken.tier) == ((), "auto")
    assert [p.what.en for p in taken.lost] == ["h41 reads out/outbox/* of h41-101, until 2027-01-31"]


def test_a_link_to_another_agency_needs_its_consent_and_the_networks(repo: Repo) -> None:
    text = (repo.root / "stacks/vn/links/g09-h41.yaml").read_text(encoding="utf-8")
    repo.git("rm", "--quiet", "stacks/vn/links/g09-h41.yaml")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.write("stacks/vn/links/g09-h41.yaml", text)
    review = repo.review(agency="G09")
    assert review.tier == "parties"
    assert [a.id for a in review.approvers] == ["H41", "network-authority"]
    assert [p.source for p in review.gained if p.kind == "agencies"] == ["G09", "H41"]
    assert "through lgsp-h41: its gateway only" in review.gained[0].what.en
    assert review.edits == ()  # without the link nothing of the change is left


def test_a_lower_level_goes_to_the_board_and_is_called_a_weakening(repo: Repo) -> None:
    repo.replace(COMMUNE, "level: 2", "level: 3")
    repo.replace(COMMUNE, "cpu: 250m", "cpu: 249m")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "level: 3", "level: 2")
    repo.replace(COMMUNE, "    prod:\n", "    prod:\n      zones: {db: {}, mgt: {}}\n")
    review = repo.review()
    assert review.tier == "board"
    assert [p.code for p in review.weakenings] == ["GC-WEAK-001"]
    assert "security-board" in [a.id for a in review.approvers]
    assert review.resources is not None
    assert review.resources.lost == ()


def test_zones_that_vanish_with_a_level_take_their_volumes_along(repo: Repo) -> None:
    repo.replace(COMMUNE, "level: 2", "level: 3")
    repo.replace(COMMUNE, "cpu: 250m", "cpu: 249m")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "level: 3", "level: 2")
    review = repo.review()
    assert review.tier == "refused"
    found = [p for p in review.introduced if p.code == "GC-LOSS-004"]
    assert [p.value for p in found] == ["db, mgt"]
    assert found[0].fix.en == "keep them: write db: {}, mgt: {} under environments.prod.zones"


def test_a_declared_zone_that_vanishes_takes_its_volumes_along(repo: Repo) -> None:
    repo.replace(COMMUNE, "    prod:\n", "    prod:\n      zones: {log: {}}\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "      zones: {log: {}}\n", "")
    assert [p.code for p in repo.review().introduced] == ["GC-LOSS-004"]


def test_a_zone_without_volumes_may_go(repo: Repo) -> None:
    text = (repo.root / COMMUNE).read_text(encoding="utf-8")
    repo.write(COMMUNE, re.sub(r"(    prod:\n      quota: {.*?)storage: [0-9]+Gi", r"\1storage: 0", text, count=1))
    repo.replace(COMMUNE, "    prod:\n", "    prod:\n      zones: {log: {}}\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "      zones: {log: {}}\n", "")
    review = repo.review()
    assert (review.introduced, review.tier) == ((), "peer")


def test_a_platform_that_moves_leaves_its_volumes_behind(repo: Repo) -> None:
    platform = "stacks/vn/platforms/lgsp-h41.yaml"
    repo.replace(platform, "memory: 256Mi", "memory: 256Mi, storage: 1Gi")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(platform, "kind: lgsp", "kind: ngsp")
    assert "GC-LOSS-004" in [p.code for p in repo.review().introduced]


def test_databases_published_to_other_bodies_need_the_security_unit(repo: Repo) -> None:
    segment = "stacks/vn/segments/tsl-h41.yaml"
    repo.replace(segment, "spec:\n", "spec:\n  publishes: {zone: db, service: records, port: 5432}\n")
    review = repo.review()
    assert "security-unit" in [a.id for a in review.approvers]
    reasons = [r.what.en for r in review.reasons]
    assert any(r.startswith("the databases are published to other agencies: zone tsl → zone db") for r in reasons)
    assert any(r.startswith("another agency reaches a zone of data or management: G09") for r in reasons)


def test_who_decides_about_different_matters_must_all_agree(repo: Repo) -> None:
    """More budget is the parent's, the flow is the commune's: neither can agree for the other."""
    repo.replace(COMMUNE, "quota: {cpu: 280m", "quota: {cpu: 270m")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "quota: {cpu: 270m", "quota: {cpu: 280m")
    repo.replace(COMMUNE, "{from: edge, to: [dmz], ports: [", "{from: edge, to: [dmz], ports: [9443, ")
    review = repo.review()
    assert review.tier == "peer"
    assert [(a.id, [d.en for d in a.decides]) for a in review.approvers] == [
        ("H41", ["more budget is asked for"]),
        ("H41.101", ["a flow between zones of the tenant opens"]),
    ]
    assert review.next_step.en == "Waits for everybody named above, each for their own matter."


def test_no_change_is_nothing_to_decide(repo: Repo) -> None:
    review = repo.review()
    assert (review.nothing, review.approvers, review.title.en) == (True, (), "nothing to decide")
    assert "nothing to decide" in markdown(review, Language.EN)
    repo.replace(COMMUNE, "cpu: 250m", "cpu: 0.25")
    assert not repo.review().nothing


def test_findings_stand_in_the_order_of_cause(repo: Repo) -> None:
    """Zones go with a level, and what is said of them is wrong; the level's own findings come first all the same."""
    repo.replace(H41, "level: 3", "level: 1")
    places = [p.place for p in repo.review().introduced]
    level = next(n for n, line in enumerate((repo.root / H41).read_text("utf-8").splitlines(), 1) if "level: 1" in line)
    assert len(places) > 5
    assert places[0] is not None
    assert (places[0].file, places[0].line) == (H41, level)
    near = [p is not None and p.file == H41 for p in places]
    assert near == sorted(near, reverse=True)


def test_somebody_elses_file_is_refused(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống cũ giải quyết")
    review = repo.review(agency="G09")
    assert (review.tier, review.approvers) == ("refused", ())
    assert [(p.code, p.place and p.place.file) for p in review.introduced] == [("GC-OWNER-010", H41)]


def test_ownership_is_judged_by_the_base(repo: Repo) -> None:
    """An agency that makes itself the owner of a folder has no right to it in the same change."""
    repo.replace("stacks/vn/agencies/g09.yaml", "path: tenants/g09", "path: tenants/h41")
    repo.replace("stacks/vn/agencies/h41.yaml", "path: tenants/h41", "path: tenants/g09")
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống cũ giải quyết")
    codes = [p.code for p in repo.review(agency="G09").introduced]
    assert codes.count("GC-OWNER-010") == 3
    assert codes.count("GC-OWNER-011") == 2


def test_what_decides_about_changes_moves_alone(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống cũ giải quyết")
    for file in (".github/workflows/review.yaml", "policies/review/mine.md", ".gitlab-ci.yml"):
        repo.write(file, "x\n")
    review = repo.review()
    assert review.tier == "refused"
    assert sorted(p.place.file for p in review.introduced if p.code == "GC-OWNER-011" and p.place) == [
        ".github/workflows/review.yaml",
        ".gitlab-ci.yml",
        "policies/review/mine.md",
    ]


def test_policy_alone_goes_to_the_board(repo: Repo) -> None:
    repo.git("rm", "--quiet", "policies/controls/NET-04.yaml")
    review = repo.review()
    assert review.tier == "board"
    assert [p.message.en for p in review.weakenings] == ["the control NET-04 is removed"]


def test_many_tenants_are_the_countrys_matter(repo: Repo) -> None:
    policy = "policies/review/review-2026.yaml"
    repo.replace(policy, "manyTenants: 20", "manyTenants: 3")
    repo.commit()
    repo.git("branch", "--force", "main")
    for tenant in ("g09", "h41", "h41-101"):
        repo.replace(f"stacks/vn/tenants/{tenant}/tenant.yaml", "purpose:\n    vi: ", "purpose:\n    vi: Nay là ")
    review = repo.review()
    assert review.tier == "board"
    assert any("touches many tenants: 3" in r.what.en for r in review.reasons)


def test_a_waiver_is_a_weakening_for_the_board(repo: Repo) -> None:
    repo.write(
        "stacks/vn/waivers/h41-net-04.yaml",
        "apiVersion: govcloud/v1\nkind: Waiver\nmetadata: {name: h41-net-04}\nspec:\n  control: NET-04\n"
        "  tenant: h41\n  reason: Until the new flows are measured, the old ones stay\n"
        "  author: h41 operator\n  approver: security unit\n  expires: 2027-01-31\n",
    )
    review = repo.review()
    assert (review.tier, [p.code for p in review.weakenings]) == ("board", ["GC-WEAK-005"])
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace("stacks/vn/waivers/h41-net-04.yaml", "2027-01-31", "2027-06-30")
    assert [p.code for p in repo.review().weakenings] == ["GC-WEAK-005"]
    repo.replace("stacks/vn/waivers/h41-net-04.yaml", "2027-06-30", "2026-12-31")
    shorter = repo.review()
    assert (shorter.tier, shorter.weakenings) == ("peer", ())


def test_a_base_that_is_already_wrong_does_not_condemn_the_change(repo: Repo) -> None:
    repo.replace(H41, "pods: 76", "pods: 70")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "en: One-stop desk", "en: One-stop shop")
    review = repo.review()
    assert (review.tier, review.introduced, review.standing) == ("auto", (), 1)
    repo.replace(H41, "pods: 70", "pods: 76")
    mended = repo.review()
    assert [p.code for p in mended.mended] == ["GC-QUOTA-001"]
    assert all(p.severity is Severity.ERROR for p in mended.mended)


def test_one_more_of_an_error_that_the_file_already_has_is_new(repo: Repo) -> None:
    repo.replace(H41, "{from: int, to: [srv], ports: [8080]}", "{from: int, to: [srv, nowhere], ports: [8080]}")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(H41, "{from: dmz, to: [srv]", "{from: dmz, to: [srv, nowhere]")
    review = repo.review()
    assert [p.code for p in review.introduced] == ["GC-ZONE-002"]
    assert (review.refused, review.standing) == (True, 1)


def test_an_edit_that_would_break_the_rules_is_not_offered(repo: Repo) -> None:
    """Half as many buckets again is what needs nobody, and is fewer than the change declares."""
    quota = "buckets: 2, objectStorage: 4Gi}\n      flows"
    repo.replace(COMMUNE, quota, quota.replace("2", "1"))
    repo.replace(COMMUNE, "en: One-stop desk", "en: One-stop shop")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, quota.replace("2", "1"), quota)
    repo.replace(COMMUNE, "en: One-stop shop", "en: One-stop desk")
    within = repo.review()
    assert (within.tier, [e.en for e in within.edits]) == (
        "peer",
        ["raise Tenant h41-101: environments.prod.quota.buckets to at most 1"],
    )
    repo.replace(COMMUNE, "quota: 2Gi}\n", "quota: 2Gi}\n      drafts: {class: private, quota: 1Gi}\n")
    needing = repo.review()
    assert (needing.tier, needing.edits) == ("peer", ())


def test_an_edit_takes_only_its_own_way_out_of_a_flow(repo: Repo) -> None:
    repo.replace(COMMUNE, "{from: edge, to: [dmz], ports: [443, 8443]}", "{from: edge, to: [dmz, srv], ports: [443]}")
    repo.replace(COMMUNE, "en: One-stop desk", "en: One-stop shop")
    review = repo.review()
    assert [e.en for e in review.edits] == ["leave out zone edge → zone srv of h41-101 (prod), TCP 443"]
