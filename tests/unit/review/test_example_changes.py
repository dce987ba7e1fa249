"""Changes as they come in, and the tier that a careful person would give each."""

from __future__ import annotations

from review_repository import COMMUNE, H41, Repo

from govcloud.errors import Severity


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
    review = repo.review()
    assert review.tier == "board"
    assert [p.code for p in review.weakenings] == ["GC-WEAK-001"]
    assert "security-board" in [a.id for a in review.approvers]
    assert [name for kind, name in review.resources.lost] == ["h41-101-prod-db", "h41-101-prod-mgt"]  # type: ignore[union-attr]


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
