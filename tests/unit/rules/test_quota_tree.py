"""The quota tree: laws that hold for every tree, and what is said where one is broken."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_country import CAPACITY, QUOTA, agency, cloud, country, platform, segment, tenant

from govcloud.country import Country
from govcloud.model.quota import Quota
from govcloud.rules import quotas
from govcloud.rules.budgets import budgets
from govcloud_base.errors import Problem

DAY = datetime.date(2026, 11, 22)
FIELDS = {"object_storage": "objectStorage"}
AMOUNTS = st.integers(min_value=0, max_value=5)
SPELLINGS = {
    "cpu": ("{}", "{}000m", "{}e0"),
    "memory": ("{}Gi", "{}GiB", "{}Gi"),
    "storage": ("{}Gi", "{}GiB", "{}Gi"),
    "object_storage": ("{}Gi", "{}GiB", "{}Gi"),
}


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def judged(made: Country) -> list[Problem]:
    return list(quotas.judge(made, DAY))


def written(resource: str, amount: int, spelling: int = 0) -> str | int:
    forms = SPELLINGS.get(resource)
    return forms[spelling % 3].format(amount) if forms else amount


def tree(resource: str, top: int, children: list[int], spelling: int = 0) -> Country:
    """Return a province with `top` of one resource and communes that ask for `children` of it; plenty of the rest."""
    plenty = {field: 10**6 if field in ("cpu", "pods", "buckets") else "1Ti" for field in CAPACITY} | {"gpu": 1000}
    field = FIELDS.get(resource, resource)
    documents = [cloud(capacity=plenty), agency("H41")]
    documents.append(
        tenant("H41", plenty | {field: written(resource, top)}, environments={"prod": {"quota": QUOTA | {field: 0}}})
    )
    for number, amount in enumerate(children, 101):
        asked = QUOTA | {field: written(resource, amount, spelling + number)}
        documents += [agency(f"H41.{number}", "commune", "H41"), tenant(f"H41.{number}", asked)]
    return country(documents)


def verdict(made: Country) -> set[tuple[str, str]]:
    """Return which budgets are overdrawn: those of the province, by field."""
    return {
        (p.code, str(p.value)) for p in judged(made) if p.code == "GC-QUOTA-001" and p.message.en.startswith("h41 ")
    }


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([r for r in Quota.RESOURCES if r not in ("namespaces", "addresses", "objects")]), st.data())
def test_children_fit_exactly_when_their_sum_does(resource: str, data: st.DataObject) -> None:
    children = data.draw(st.lists(AMOUNTS, min_size=1, max_size=5))
    top = data.draw(st.integers(0, 25))
    made = tree(resource, top, children, data.draw(st.integers(0, 2)))
    assert bool(verdict(made)) == (sum(children) > top)


@settings(max_examples=40, deadline=None)
@given(st.lists(AMOUNTS, min_size=2, max_size=5), st.integers(0, 20), st.randoms(use_true_random=False))
def test_the_order_of_children_decides_nothing(children: list[int], top: int, random: Any) -> None:
    shuffled = list(children)
    random.shuffle(shuffled)
    assert verdict(tree("cpu", top, children)) == verdict(tree("cpu", top, shuffled))


@settings(max_examples=40, deadline=None)
@given(st.lists(AMOUNTS, min_size=2, max_size=5), st.integers(0, 20), st.data())
def test_moving_a_unit_between_children_never_changes_the_parents_verdict(
    children: list[int], top: int, data: st.DataObject
) -> None:
    giver = data.draw(st.sampled_from(range(len(children))))
    taker = data.draw(st.sampled_from([n for n in range(len(children)) if n != giver]))
    moved = list(children)
    if moved[giver]:
        moved[giver] -= 1
        moved[taker] += 1
    assert verdict(tree("memory", top, children)) == verdict(tree("memory", top, moved))


@settings(max_examples=40, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_what_is_given_away_is_the_sum_of_what_is_held(children: list[int]) -> None:
    made = tree("cpu", 3, children)
    budget = budgets(made, DAY)["Tenant", "h41"]
    for resource in Quota.RESOURCES:
        assert budget.given(resource) == sum(amount for _, amount in budget.largest(resource))
    assert budget.remaining("cpu") == 3000 - 1000 * sum(children)
    assert budget.remaining("namespaces") is None


def test_one_step_over_is_named_with_who_holds_it_and_what_remains() -> None:
    assert verdict(tree("memory", 3, [1, 1, 1])) == set()
    over = judged(tree("memory", 3, [1, 2, 1]))
    problem = next(p for p in over if p.message.en.startswith("h41 "))
    assert "1Gi too much (tenant h41-102 2Gi, tenant h41-101 1Gi, tenant h41-103 1Gi)" in problem.message.en
    assert "the others leave 1Gi for tenant h41-102" in problem.fix.en
    assert "các phần khác chừa lại 1Gi" in problem.fix.vi
    assert (problem.value, problem.allowed) == ("4Gi", "<= 3Gi")


def test_many_holders_are_counted_and_not_all_named() -> None:
    problem = next(p for p in judged(tree("pods", 3, [10] * 12)) if p.message.en.startswith("h41 "))
    assert "and 4 more" in problem.message.en
    assert "và 4 nơi khác" in problem.message.vi


def a_province(top: dict[str, Any], *documents: dict[str, Any], capacity: dict[str, Any] | None = None) -> Country:
    """Return a province with 2 environments' worth of quota, a commune, a segment and an LGSP."""
    wide = {"cpu": 9, "memory": "9Gi", "storage": "9Gi", "pods": 99, "buckets": 9, "objectStorage": "99Gi"}
    return country(
        [
            cloud(capacity=CAPACITY | (capacity or {})),
            agency("H41"),
            agency("H41.101", "commune", "H41"),
            tenant("H41", wide | top, environments={"prod": {"quota": QUOTA}}),
            segment("H41", "10.80.1.0/24"),
            platform("lgsp-h41", "H41"),
            *documents,
        ]
    )


# Level 2 has four zones; with the gateway and the LGSP that makes six namespaces. The commune adds four and a gateway.
COMMUNE = (tenant("H41.101"), segment("H41.101", "10.80.2.0/25"))


@pytest.mark.parametrize(
    ("top", "found"),
    [
        ({}, []),
        ({"namespaces": 11, "addresses": 384}, []),
        ({"namespaces": 10}, ["GC-QUOTA-001"]),
        ({"addresses": 383}, ["GC-QUOTA-001"]),
    ],
)
def test_namespaces_and_addresses_are_counted_below_every_limit(top: dict[str, Any], found: list[str]) -> None:
    assert codes(judged(a_province(top, *COMMUNE))) == found


# Ten pods of level 2 bring 192Mi each: the province's environment and the commune's weigh 1920Mi each.
@pytest.mark.parametrize(
    ("top", "commune", "found"),
    [
        ({}, {}, []),
        ({"ephemeralStorage": "3840Mi"}, {}, []),
        ({"ephemeralStorage": "3839Mi"}, {}, ["GC-QUOTA-001"]),
        ({"ephemeralStorage": "3839Mi"}, {"ephemeralStorage": "1919Mi"}, []),
        ({"ephemeralStorage": "3840Mi"}, {"ephemeralStorage": "1921Mi"}, ["GC-QUOTA-001"]),
        ({}, {"ephemeralStorage": "63Mi"}, ["GC-QUOTA-004"]),
        ({}, {"ephemeralStorage": "64Mi"}, []),
    ],
)
def test_disks_of_nodes_weigh_as_stated_else_as_pods_bring_them(
    top: dict[str, Any], commune: dict[str, Any], found: list[str]
) -> None:
    assert codes(judged(a_province(top, tenant("H41.101", QUOTA | commune)))) == found


def test_a_site_may_bound_the_disks_that_its_pods_fill() -> None:
    assert codes(judged(a_province({}, *COMMUNE, capacity={"ephemeralStorage": "3840Mi"}))) == []
    assert codes(judged(a_province({}, *COMMUNE, capacity={"ephemeralStorage": "3839Mi"}))) == ["GC-QUOTA-002"]


def test_a_limit_passes_over_budgets_that_state_none() -> None:
    """The commune's eleven namespaces weigh on the cloud although its province states no limit."""
    assert codes(judged(a_province({}, *COMMUNE, capacity={"namespaces": 11}))) == []
    assert codes(judged(a_province({}, *COMMUNE, capacity={"namespaces": 10}))) == ["GC-QUOTA-002"]


def test_a_stated_limit_weighs_as_asked_for() -> None:
    commune = tenant("H41.101", QUOTA | {"namespaces": 40}, environments={"prod": {"quota": QUOTA}})
    assert codes(judged(a_province({"namespaces": 46}, commune))) == []
    assert codes(judged(a_province({"namespaces": 45}, commune))) == ["GC-QUOTA-001"]


def test_six_addresses_of_version_six_weigh_nothing() -> None:
    made = a_province({"addresses": 256}, tenant("H41.101"), segment("H41.101", "fd00:80:1::/48"))
    assert codes(judged(made)) == []


def test_an_environment_needs_a_namespace_for_each_zone() -> None:
    assert codes(judged(a_province({}, tenant("H41.101", QUOTA | {"namespaces": 3})))) == ["GC-QUOTA-005"]


@pytest.mark.parametrize(
    ("objects", "limit", "found"),
    [(None, None, []), (10, 10, []), (11, 10, ["GC-QUOTA-003"]), (None, 10, ["GC-QUOTA-006"])],
)
def test_objects_are_limited_bucket_by_bucket(objects: int | None, limit: int | None, found: list[str]) -> None:
    bucket = {"quota": "1Gi"} | ({"objects": objects} if objects is not None else {})
    quota = QUOTA | ({"objects": limit} if limit is not None else {})
    asked = tenant("H41.101", QUOTA, environments={"prod": {"quota": quota}}, storage={"buckets": {"records": bucket}})
    assert codes(judged(a_province({}, asked))) == found


def test_a_bucket_far_below_a_limit_states_its_objects() -> None:
    asked = tenant("H41.101", storage={"buckets": {"records": {"quota": "1Gi"}}})
    assert codes(judged(a_province({"objects": 10}, asked))) == ["GC-QUOTA-006"]
    assert codes(judged(a_province({}, asked, capacity={"objects": 10}))) == ["GC-QUOTA-006"]


def test_removed_tenants_give_their_quota_back() -> None:
    def made(state: dict[str, Any]) -> Country:
        commune = tenant("H41.101", QUOTA | {"pods": 90}, lifecycle={"reviewBy": "2027-01-01"} | state)
        return a_province({}, commune)

    export = {"reference": "BB 1", "date": "2026-11-01"}
    assert codes(judged(made({"state": "active"}))) == ["GC-QUOTA-001"]
    assert codes(judged(made({"state": "removed", "export": export}))) == []


def test_agencies_in_a_circle_are_still_summed() -> None:
    made = country([cloud(), agency("H41", parent="H42"), agency("H42", parent="H41"), tenant("H41"), tenant("H42")])
    assert set(budgets(made, DAY)) == {("Tenant", "h41"), ("Tenant", "h42"), ("Cloud", "cgc")}


def two_sites(province: dict[str, Any], capacity: dict[str, Any] | None = None) -> Country:
    """Return a province on one cloud, its commune on another, and a village of that one back on the first."""
    asked = [("H41.101", "cgc2", 4), ("H41.101.1", "cgc", 1)]
    documents = [cloud(capacity=CAPACITY | (capacity or {})), cloud("cgc2"), agency("H41")]
    documents.append(tenant("H41", QUOTA | province, environments={"prod": {"quota": QUOTA}}))
    for code, site, cpu in asked:
        above = code.rpartition(".")[0]
        documents += [agency(code, "commune", above), tenant(code, QUOTA | {"cpu": cpu}, cloud=site)]
    return country(documents)


WIDE = {"memory": "9Gi", "storage": "9Gi", "pods": 99, "buckets": 9, "objectStorage": "99Gi"}


def test_a_child_on_another_cloud_draws_on_the_budget_above() -> None:
    problem = next(p for p in judged(two_sites(WIDE | {"cpu": 4})) if p.message.en.startswith("h41 "))
    assert (problem.code, problem.value, problem.allowed) == ("GC-QUOTA-001", "5", "<= 4")
    assert not any(p.message.en.startswith("h41 ") for p in judged(two_sites(WIDE | {"cpu": 5})))


def test_each_cloud_pays_for_what_lies_on_it() -> None:
    found = budgets(two_sites(WIDE | {"cpu": 6, "namespaces": 20}), DAY)
    first, second = (found["Cloud", name] for name in ("cgc", "cgc2"))
    # Of the province's six processors four lie elsewhere, one of which comes back through the village.
    assert {name: first.holders[name][0] for name in first.holders} == {"tenant h41": 2000, "tenant h41-101-1": 1000}
    assert {name: second.holders[name][0] for name in second.holders} == {"tenant h41-101": 3000}
    assert (first.given("namespaces"), second.given("namespaces")) == (20 - 8 + 4, 8 - 4)
    assert [p.code for p in judged(two_sites(WIDE | {"cpu": 6}, {"cpu": 2})) if p.code == "GC-QUOTA-002"]
    assert not [p.code for p in judged(two_sites(WIDE | {"cpu": 6}, {"cpu": 3})) if p.code == "GC-QUOTA-002"]
