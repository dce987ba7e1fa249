"""Quotas as servers spell them become the amounts of a draft, or a blank with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud import country
from govcloud.adoption.found import Keys, Namespace, Owner
from govcloud.adoption.limits import LiveQuota, limits
from govcloud.adoption.tenants import Adopted, adopt
from govcloud.country.fields import BLANK

ROOT = Path(__file__).parents[3]


def drafted(*namespaces: Namespace) -> Adopted:
    """Return the one tenant that is drafted from namespaces of g82's production."""
    levels = country.load(ROOT / "tests" / "fixtures" / "country").law.levels("nd331-2026")
    assigned = {n.name: Owner("g82", "G82", "prod", "srv", None) for n in namespaces}
    (tenant,) = adopt(namespaces, [], Keys(assigned=assigned), country="vn", cloud=None, levels=levels).tenants
    return tenant


def namespace(*hards: dict[str, str], name: str = "old", scopes: tuple[str, ...] = ()) -> Namespace:
    return Namespace(name, {}, tuple(LiveQuota(f"q{n}", hard, scopes) for n, hard in enumerate(hards)))


@pytest.mark.parametrize(
    ("hard", "draft"),
    [
        ({"pods": "1k", "requests.cpu": "4", "limits.memory": "12Gi"}, {"pods": 1000, "cpu": "4", "memory": "12Gi"}),
        ({"pods": "1Ki"}, {"pods": 1024}),
        ({"pods": "2e3"}, {"pods": 2000}),
        ({"pods": "0"}, {"pods": 0}),
        ({"pods": "10M"}, {"pods": 10_000_000}),
        ({"cpu": "1500m", "requests.storage": "12884901888"}, {"cpu": "1500m", "storage": "12Gi"}),
        ({"limits.memory": "1024000m"}, {"memory": "1Ki"}),
        ({"limits.memory": "8Ei"}, {"memory": "?"}),
        ({"requests.storage": "10E"}, {"storage": "?"}),
        ({"requests.storage": "999999999999999999E"}, {"storage": "?"}),
        ({"pods": "10E"}, {"pods": "?"}),
        ({"pods": "1500m"}, {"pods": "?"}),
        ({"requests.cpu": "100u"}, {"cpu": "?"}),
        ({"limits.memory": "1m"}, {"memory": "?"}),
        ({"limits.memory": "none"}, {"memory": "?"}),
    ],
)
def test_the_servers_own_spellings_are_read_and_what_cannot_be_said_is_a_blank_with_its_reason(
    hard: dict[str, str], draft: dict[str, Any]
) -> None:
    tenant = drafted(namespace(hard))
    quota = tenant.spec["environments"]["prod"]["quota"]
    assert {resource: quota[resource] for resource in draft} == draft
    reasons = [note for note in tenant.notes if "ResourceQuota old/q0" in note.en and "ResourceQuota old/q0" in note.vi]
    assert len(reasons) == list(draft.values()).count(BLANK)


def test_one_bad_quota_takes_nothing_from_the_others() -> None:
    tenant = drafted(namespace({"requests.storage": "1Gi", "pods": "7"}, {"requests.storage": "10E", "pods": "?"}))
    quota = tenant.spec["environments"]["prod"]["quota"]
    assert (quota["storage"], quota["pods"]) == ("1Gi", 7)
    assert [note.en for note in tenant.notes if "ResourceQuota" in note.en] == [
        "ResourceQuota old/q1: pods is '?': more, or finer, than a declaration can say"
    ]


def test_a_quota_of_some_pods_is_no_limit_of_the_namespace() -> None:
    tenant = drafted(namespace({"pods": "2", "requests.cpu": "1"}, scopes=("BestEffort",)))
    assert tenant.spec["environments"]["prod"]["quota"]["pods"] == BLANK
    assert any("speaks of some pods only (BestEffort)" in note.en for note in tenant.notes)


def test_a_sum_that_no_declaration_can_say_is_a_blank() -> None:
    rooms = [namespace({"requests.storage": "5E", "pods": "6M"}, name=name) for name in ("one", "two")]
    quota = drafted(*rooms).spec["environments"]["prod"]["quota"]
    assert (quota["storage"], quota["pods"]) == (BLANK, BLANK)


def test_namespaces_of_one_zone_are_all_counted() -> None:
    rooms = [namespace({"pods": "6", "requests.cpu": "1"}, name=name) for name in ("one", "two")]
    tenant = drafted(*rooms)
    assert tenant.spec["environments"]["prod"]["quota"]["pods"] == tenant.spec["quota"]["pods"] == 12
    assert sum("would be called g82-prod-srv" in note.en for note in tenant.notes) == 2


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["pods", "requests.cpu", "cpu", "limits.memory", "requests.storage", "count/secrets"]),
            st.one_of(st.text(max_size=12), st.from_regex(r"-?[0-9]{1,20}(m|k|Ki|E|Ei|e[0-9]{1,12})?", fullmatch=True)),
        ),
        max_size=4,
    )
)
def test_no_quota_ends_the_import(hards: list[dict[str, str]]) -> None:
    found = limits("n", [LiveQuota(str(n), hard) for n, hard in enumerate(hards)])
    assert all(isinstance(amount, int) and amount >= 0 for amount in found.amounts.values())
