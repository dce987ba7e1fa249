"""For a name that is not declared, nothing is offered or listed that belongs to another body."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, declared, link, platform, segment, tenant

from govcloud.country import Country
from govcloud.draft import link as link_form
from govcloud.draft import segment as segment_form
from govcloud.draft.form import answered
from govcloud.draft.question import Situation
from govcloud.rules import addresses, links, references
from govcloud_base.errors import GovCloudError, Problem

DAY = datetime.date(2026, 11, 22)


def made(*documents: dict[str, Any]) -> Country:
    bodies = [
        agency("G09", "ministry"),
        agency("H41"),
        agency("H41.5", "province-unit", "H41"),
        agency("H41.101", "commune", "H41"),
        agency("H42"),
        agency("H42.101", "commune", "H42"),
    ]
    return country([cloud(), *bodies, *(tenant(body["spec"]["code"]) for body in bodies), *documents])


def only(found: Country, code: str) -> Problem:
    (problem,) = (p for p in references.judge(found, DAY) if p.code == code)
    return problem


def waiver(name: str) -> dict[str, Any]:
    spec = {
        "control": "NET-04",
        "tenant": name,
        "reason": "The importer moves soon",
        "author": "cto",
        "approver": "ciso",
        "expires": DAY,
    }
    return declared("Waiver", "net-04", spec)


@pytest.mark.parametrize(
    ("name", "written", "offered"),
    [
        ("tsl-h41-101", "h42-101x", "h41-101"),
        ("tsl-h41-101", "h41-1o1", "h41-101"),
        ("tsl-new", "h41-1o1", "h41-101"),
        ("tsl-new", "h4l", None),
        ("tsl-new", "h4-101", None),
    ],
)
def test_a_segment_is_offered_the_tenants_of_its_body(name: str, written: str, offered: str | None) -> None:
    new = segment("H41", "10.80.1.0/24", tenant=written)
    new["metadata"]["name"] = name
    problem = only(made(new), "GC-REF-003")
    for text in (problem.fix.en, problem.fix.vi):
        assert (repr(offered) in text) if offered else ("h41" not in text and "h42" not in text)
    assert problem.allowed == ("h41, h41-101, h41-5" if offered else None)
    if not offered:
        assert "agency's code" in problem.fix.en


def test_a_waiver_is_offered_the_tenants_of_the_body_that_it_names() -> None:
    assert "'h41-101'" in only(made(waiver("h41-1010")), "GC-REF-003").fix.en
    unknown = only(made(waiver("h4x-101")), "GC-REF-003")
    assert (unknown.allowed, "did you mean" in unknown.fix.en) == (None, False)


def test_a_tenant_is_offered_platforms_that_it_may_use() -> None:
    own, foreign = platform("analytics-h41", "H41", "analytics"), platform("analytics-h42", "H42", "analytics")
    problem = only(made(foreign, tenant("H41.101", platforms=["analytics-h4"])), "GC-REF-004")
    assert (problem.allowed, "did you mean" in problem.fix.en) == (None, False)
    assert "of your own body" in problem.fix.en
    problem = only(made(own, foreign, tenant("H41.101", platforms=["analytics-h4"])), "GC-REF-004")
    assert (problem.allowed, "'analytics-h41'" in problem.fix.en) == ("analytics-h41", True)
    opened = platform("analytics-h42", "H42", "analytics", consumers={"tiers": ["commune"]})
    problem = only(made(opened, tenant("H41.101", platforms=["analytics-h4"])), "GC-REF-004")
    assert "'analytics-h42'" in problem.fix.en
    national = platform("dan-cu", "G09", "database", nationalDatabase=True)
    problem = only(made(foreign, national, tenant("H41.101", platforms=["dan-cuu"])), "GC-REF-004")
    assert (problem.allowed, "'dan-cu'" in problem.fix.en) == ("dan-cu", True)
    closed = platform("dan-cu", "G09", "database", nationalDatabase=True, consumers={"tiers": ["ministry"]})
    assert only(made(closed, tenant("H41.101", platforms=["dan-cuu"])), "GC-REF-004").allowed is None


def test_a_platform_is_offered_what_its_owner_may_use_and_never_itself() -> None:
    foreign = platform("soc-h42", "H42", "soc")
    lone = platform("soc-h41", "H41", "soc", dependsOn=["soc-h4"])
    assert only(made(foreign, lone), "GC-REF-004").allowed is None


def test_a_link_is_offered_platforms_that_may_carry_it() -> None:
    parts = [
        platform("lgsp-h41", "H41"),
        platform("lgsp-h42", "H42"),
        platform("lgsp-h41-5", "H41.5"),
        platform("lgsp-h41-test", "H41", environment="test"),
        platform("ndxp", "G09", "ndxp"),
    ]
    problem = only(made(*parts, link("G09", "H41", "lgsp", platform="lgsp-h4")), "GC-REF-004")
    assert (problem.allowed, "'lgsp-h41'" in problem.fix.en) == ("lgsp-h41", True)
    problem = only(made(*parts, link("G09", "H41", "ndxp", platform="ndpx")), "GC-REF-004")
    assert problem.allowed == "ndxp"
    wrong = [
        p
        for p in links.judge(made(*parts, link("G09", "H41", "lgsp", platform="lgsp-h42")), DAY)
        if p.code == "GC-LINK-007"
    ]
    assert [p.allowed for p in wrong] == ["lgsp-h41"]


def test_a_tenant_is_offered_the_agency_of_its_folder_and_no_cloud_of_another() -> None:
    spoilt = tenant("H41")
    spoilt["spec"]["agency"] = "H49"
    assert only(made(spoilt), "GC-REF-001").fix.en == "did you mean 'H41'?"
    elsewhere = tenant("H77")
    problem = only(made(elsewhere), "GC-REF-001")
    assert (problem.allowed, "folder belongs" in problem.fix.en) == (None, True)
    problem = only(made(cloud("cgc-h42", dedicatedTo="H42"), tenant("H41", cloud="cgc-h4")), "GC-REF-002")
    assert problem.allowed == "cgc"
    assert "h42" not in problem.fix.en


def test_nobody_is_offered_a_merger_with_itself() -> None:
    problem = only(made(agency("H41.101", "commune", "H41", mergedInto="H41.1010")), "GC-REF-001")
    assert "'H41.101'" not in problem.fix.en


def test_a_pool_is_inherited_from_who_was_merged_into_the_body() -> None:
    gone = agency("H98", validFrom="2020-01-01", validTo="2025-06-30", mergedInto="H41")
    old = {"pool": "10.80.9.0/24", "allocation": "CPQH", "from": "H99"}
    found = addresses.judge(made(gone, segment("H41", "10.80.1.0/24", inherited=[old])), DAY)
    assert [(p.allowed, p.fix.en) for p in found if p.code == "GC-REF-001"] == [("H98", "did you mean 'H98'?")]


def test_a_new_segment_is_offered_the_tenants_of_the_body_that_was_named() -> None:
    def asked(written: str) -> Problem:
        with pytest.raises(GovCloudError) as caught:
            answered(segment_form.FORM, Situation(made(), DAY, {}), {"tenant": written})
        return next(p for p in caught.value.problems if p.code == "GC-NEW-002")

    assert "'h41-101'" in asked("h41-1o1").fix.en
    assert (asked("h4x").allowed, "did you mean" in asked("h4x").fix.en) == (None, False)


def test_a_new_link_knows_only_platforms_that_may_carry_it() -> None:
    found = made(platform("lgsp-h41", "H41"), platform("lgsp-h42", "H42"))
    given = {"from": "G09", "to": "H41", "kind": "administrative", "via": "lgsp", "platform": "lgsp-h42"}
    with pytest.raises(GovCloudError) as caught:
        answered(link_form.FORM, Situation(found, DAY, {}), given)
    problem = next(p for p in caught.value.problems if p.code == "GC-NEW-002")
    assert problem.allowed == "lgsp-h41"
    situation = Situation(found, DAY, {k: v for k, v in given.items() if k != "platform"})
    (question,) = (q for q in link_form.FORM.questions if q.flag == "platform")
    assert question.propose(situation) == "lgsp-h41"
