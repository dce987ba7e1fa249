"""Parts of a review: data loss, cost, edits, and a comment that untrusted text cannot turn into something else."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction

import made_country
import pytest
from newcomer import DECLARATION
from review_repository import COMMUNE, DATE, H41, Repo

from govcloud.review import compare
from govcloud.review.approver import required
from govcloud.review.document import as_dict
from govcloud.review.markdown import MARKER, markdown, plain, vnd
from govcloud.review.tier import Reason
from govcloud.revision import pair
from govcloud_base.errors import Language, Place, Problem, Text

LINK = "stacks/vn/links/g09-h41.yaml"
CLOUD = "stacks/vn/clouds/cgc-hn1.yaml"
PRICES = "  prices: {cpu: 400000, memory: 90000.50, storage: 2000, objectStorage: 900, source: Bảng giá 2026}\n"


def test_budgets_are_called_as_files_call_them(repo: Repo) -> None:
    repo.replace(COMMUNE, "  level: 2", "  level: 3")
    said = markdown(repo.review(), Language.EN)
    assert "| h41-101 | ephemeralStorage |" in said
    assert "ephemeral_storage" not in said


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        (H41, "      records: {class", "      files: {class", "GC-LOSS-001"),
        (H41, "    prod:\n", "    production:\n", "GC-LOSS-001"),
        (H41, "      attachments: {class: private, personalData: true, quota: 4Gi}\n", "", "GC-LOSS-002"),
        ("stacks/vn/country.yaml", "name: vn", "name: vi", "GC-LOSS-001"),
        ("stacks/vn/platforms/lgsp-h41.yaml", "name: lgsp-h41", "name: lgsp-na", "GC-LOSS-001"),
        (H41, "state: active", "state: halted, since: 2026-11-20", "GC-LIFECYCLE-009"),
    ],
)
def test_what_would_delete_data_is_refused(repo: Repo, file: str, old: str, new: str, code: str) -> None:
    repo.replace(file, old, new)
    review = repo.review()
    assert review.refused
    assert code in [p.code for p in review.introduced]


def test_a_store_is_exchanged_only_while_nobody_writes(repo: Repo) -> None:
    files = [file for name in ("g09", "g09-20", "h41", "h41-101") if (file := f"stacks/vn/tenants/{name}/tenant.yaml")]
    repo.replace(CLOUD, "    endpointFrom: AWS_ENDPOINT_URL_S3\n", "    endpoint: https://s3.example.gov.vn\n")
    found = [p for p in repo.review().introduced if p.code == "GC-LOSS-005"]
    assert "h41" in [p.value for p in found]
    repo.replace(CLOUD, "    endpoint: https://s3.example.gov.vn\n", "    endpointFrom: AWS_ENDPOINT_URL_S3\n")
    for file in files:
        repo.replace(file, "  storage:\n", "  storage:\n    readOnly: true\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(CLOUD, "    endpointFrom: AWS_ENDPOINT_URL_S3\n", "    endpoint: https://s3.example.gov.vn\n")
    assert [p.value for p in repo.review().introduced if p.code == "GC-LOSS-005"] == []
    repo.replace(H41, "    readOnly: true\n", "")
    assert [p.value for p in repo.review().introduced if p.code == "GC-LOSS-005"] == ["h41"]


def test_a_tenant_leaves_only_after_off_boarding(repo: Repo) -> None:
    repo.git("rm", "--quiet", "-r", "stacks/vn/tenants/g09-20", "stacks/vn/segments/tsl-g09-20.yaml")
    assert "GC-LOSS-002" in [p.code for p in repo.review().introduced]


def test_cost_is_exact_and_told_by_tenant(repo: Repo) -> None:
    repo.replace(CLOUD, "  overcommit:", f"{PRICES}  overcommit:")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "quota: {cpu: 250m, memory: 960Mi", "quota: {cpu: 150m, memory: 448Mi")
    (cost,) = repo.review().costs or ()
    assert (cost.tenant, cost.change) == ("h41-101", -Fraction(40_000) - Fraction("45000.25"))
    assert "\\-" not in vnd(cost.change)
    assert vnd(cost.change) == "-85.000"
    assert vnd(Fraction(1234567, 2)) == "617.284"


def test_prices_that_no_source_confirms_are_an_illustration(repo: Repo) -> None:
    repo.replace(CLOUD, "  overcommit:", f"{PRICES.replace('source: Bảng giá 2026', 'provisional: true')}  overcommit:")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(COMMUNE, "cpu: 250m", "cpu: 249m")
    review = repo.review()
    assert "an illustration: no published source confirms these prices" in markdown(review, Language.EN)
    assert "chỉ để minh họa" in markdown(review, Language.VI)
    assert as_dict(review)["costs"][0]["provisional"] is True


def test_without_a_price_list_cost_is_unknown_and_not_zero(repo: Repo) -> None:
    repo.replace(COMMUNE, "cpu: 250m", "cpu: 249m")
    review = repo.review()
    assert review.costs is None
    assert "no price list" in markdown(review, Language.EN)


def test_the_smallest_edit_makes_it_automatic(repo: Repo) -> None:
    repo.replace(H41, "quota: {cpu: 350m", "quota: {cpu: 200m")
    repo.replace(H41, "quota: {cpu: 720m", "quota: {cpu: 900m")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(H41, "quota: {cpu: 200m", "quota: {cpu: 350m")
    review = repo.review(agency="H41")
    assert review.tier == "peer"
    assert [e.en for e in review.edits] == ["raise Tenant h41: environments.prod.quota.cpu to at most 300m"]
    repo.replace(H41, "quota: {cpu: 350m", "quota: {cpu: 300m")
    assert repo.review(agency="H41").tier == "auto"


def test_nobody_is_told_to_bend_the_level(repo: Repo) -> None:
    repo.write("stacks/vn/tenants/h29/tenant.yaml", TENANT)
    review = repo.review(agency="H29")
    assert (review.tier, [a.id for a in review.approvers], review.edits) == ("peer", ["cloud-operator"], ())


def test_a_standard_tenant_of_level_1_needs_nobody(repo: Repo) -> None:
    criteria = "{information: private, dataSubjects: {basic: 2000}}"
    text = TENANT.replace("level: 2", "level: 1").replace(criteria, "{information: public}")
    text = text.replace("{from: edge, to: [dmz], ports: [8443]}", "{from: edge, to: [int], ports: [8443]}")
    text = text.replace("        - {from: dmz, to: [srv], ports: [8080]}\n", "")
    repo.write("stacks/vn/tenants/h29/tenant.yaml", text)
    review = repo.review(agency="H29")
    assert review.introduced == ()
    assert (review.tier, review.approvers) == ("auto", ())
    repo.write("stacks/vn/tenants/h29/tenant.yaml", text.replace("pods: 20", "pods: 60"))
    larger = repo.review(agency="H29")
    assert larger.introduced == ()
    assert (larger.tier, [e.en for e in larger.edits]) == ("peer", ["ask for at most pods 50, in prod as well"])


TENANT = DECLARATION.replace("g82", "h29").replace("G82", "H29")
"""A tenant of level 2 that the country does not have yet."""


def test_untrusted_text_stays_text() -> None:
    hostile = "@gov/board <img src=x> [x](http://e.vn) `a` | b\n# c\u202e #12 www.e.vn ![x](y) &lt; \x1b[31m"
    shown = plain(hostile)
    for live in ("@g", "<i", "](h", "://", "\n", "\u202e", " #1", "www.", "\x1b"):
        assert live not in shown.replace("\\", "") or live in ("<i", "](h")
    assert "\\<" in shown
    assert "\\[" in shown
    assert "\\|" in shown


def test_a_comment_is_never_longer_than_a_forge_takes(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống", "vi: Các hệ thống")
    review = repo.review()
    problem = Problem("GC-A-001", Text("[" * 600, "[" * 600), Text("]" * 600, "]" * 600), Place("f" * 600))
    policy = review.policy
    reason = Reason(policy.unforeseen, problem.message, Place("*" * 600), None)
    hostile = dataclasses.replace(
        review, introduced=(problem,) * 30, weakenings=(problem,) * 30, reasons=(reason,) * 500
    )
    for language in Language:
        text = markdown(hostile, language)
        assert len(text) < 65_536
        assert "`govcloud review`" in text.splitlines()[-1], "it says that it was cut"
        assert text.count("</details>") >= text.count("<details>")


def test_who_made_a_change_is_not_passed_off_as_known(repo: Repo) -> None:
    repo.replace(H41, "vi: Hệ thống giải quyết", "vi: Hệ thống mới giải quyết")
    assert "from H41 (presumed from the files" in markdown(repo.review(), Language.EN)
    assert "của H41 (suy từ các tệp" in markdown(repo.review(), Language.VI)
    assert as_dict(repo.review())["authorPresumed"] is True
    assert "from H41, 2026" in markdown(repo.review(agency="H41"), Language.EN)


def test_whoever_is_only_presumed_has_not_consented(repo: Repo) -> None:
    repo.replace(LINK, "listen: 9041", "listen: 9042")
    found = pair(repo.root / "stacks" / "vn", "main", None, DATE)
    review = compare(found.base, found.head, found.files, DATE, "H41")
    assert found.base.country and found.head.country
    for presumed, expected in ((False, {"G09"}), (True, {"G09", "H41"})):
        asked = required(
            found.base.country, found.head.country, review.reasons, review.tier, "H41", review.policy, presumed
        )
        assert {a.id for a in asked} & {"G09", "H41"} == expected


def test_a_dataset_that_is_no_longer_personal_is_a_weakening(repo: Repo) -> None:
    repo.replace(H41, "  criteria:", "  datasets: {ho-so: {personalData: true}}\n  criteria:")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.replace(H41, "ho-so: {personalData: true}", "ho-so: {}")
    review = repo.review()
    assert [p.code for p in review.weakenings] == ["GC-WEAK-007"]
    assert review.tier == "board"


def test_a_child_on_another_cloud_asks_its_parent_and_that_clouds_operator() -> None:
    asked = [("H41", "cgc"), ("H41.101", "cgc2"), ("H41.102", "cgc")]
    made = made_country.country(
        [
            made_country.cloud(),
            made_country.cloud("cgc2"),
            *(made_country.agency(code, parent="H41" if "." in code else None) for code, _ in asked),
            *(made_country.tenant(code, cloud=site) for code, site in asked),
        ]
    )
    policy = made.law.review(DATE)
    assert policy is not None
    rule = next(r for r in policy.spec.changes if r.field == "spec.quota.*" and "budget" in r.approvers)
    for name, expected in (("h41", {"cloud-operator"}), ("h41-101", {"H41", "cloud-operator"}), ("h41-102", {"H41"})):
        reason = Reason(rule, Text("x", "x"), Place("x"), ("Tenant", name))
        assert {a.id for a in required(made, made, [reason], "peer", None, policy.spec)} == expected


@pytest.mark.parametrize("language", list(Language))
def test_the_comment_is_one_screen_with_the_verdict_first(repo: Repo, language: Language) -> None:
    repo.replace(H41, "{from: int, to: [srv], ports: [8080]}", "{from: int, to: [srv], ports: [8080, 8081]}")
    text = markdown(repo.review(), language)
    lines = text.splitlines()
    assert lines[0] == MARKER
    assert (
        lines[1]
        == {"en": "### GovCloud: those responsible", "vi": "### GovCloud: người phụ trách duyệt"}[language.value]
    )
    assert len(text.split("<details>")[0].splitlines()) <= 40


def test_json_is_plain_data(repo: Repo) -> None:
    repo.replace(H41, "{from: int, to: [srv], ports: [8080]}", "{from: int, to: [srv], ports: [8080, 8081]}")
    found = json.loads(json.dumps(as_dict(repo.review())))
    assert (found["tier"], found["automatic"], found["author"]) == ("peer", False, "H41")
    assert found["reachability"]["gained"][0]["vi"] == "vùng int → vùng srv của h41 (prod), TCP 8081"
