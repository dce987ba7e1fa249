"""Whatever is declared in whatever combination, a rule answers with problems and never with an exception."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from made_country import agency, cloud, country, declared, link, platform, segment, tenant
from pydantic import ValidationError

from govcloud import rules
from govcloud.rules import lifecycles, reachability
from govcloud_base.errors import Language

NAMES = ["h41", "h41-101", "g09", "lgsp-h41", "ndxp", "tsl-h41", "nowhere", "cgc"]
CODES = ["H41", "H41.101", "G09", "H99", "Z01"]
OTHERS: dict[str, list[Any]] = {
    "level": [1, 2, 5],
    "regime": ["nd85-2016", "nd331-2026", "nd1-1900"],
    "tier": ["province", "commune", "ministry", "external", "nowhere"],
    "kind": ["lgsp", "ndxp", "soc", "internal", "mandatory-sharing", "monitoring", "external", "CGC"],
    "via": ["direct", "lgsp", "ndxp", "ndop", "portal"],
    "state": ["requested", "trial", "active", "suspended", "halted", "exported", "removed"],
    "pool": ["10.80.0.0/13", "10.80.0.0/24", "fd00::/8", "::/0", "x"],
    "environment": ["prod", "test"],
    "zones": [["srv"], ["db", "nowhere"]],
    "consumers": ["linked", {"tiers": ["commune"]}, {"agencies": CODES}],
    "dependsOn": [[], NAMES],
    "platforms": [[], NAMES],
    "masterOf": [[], ["dan-cu"]],
    "datasets": [{}, {"dan-cu": {"master": True}, "x": {}}],
    "ends": [["H41", "H41"], ["G09", "Z01"], ["H99", "H41.101"]],
    "quota": [{}, {"cpu": 1, "gpu": 1, "namespaces": 0, "objects": 0, "addresses": 0}],
    "transition": [None, {"regime": "nd85-2016", "level": 1, "until": "2026-01-01"}],
    "validTo": ["2020-01-01", "2099-01-01"],
    "parent": CODES,
    "mergedInto": CODES,
    "inherited": [[], [{"pool": "10.80.9.0/24", "allocation": "CPQH", "from": "H99"}]],
    "plannedStops": [
        [],
        [{"announced": "2099-01-01", "first": "2026-01-01", "last": "2025-01-01", "reason": "abc", "fallback": "abc"}],
    ],
    "legalHold": [{"reference": "LĐ 1", "since": "2026-01-01"}],
    "since": ["2020-01-01", "2099-01-01"],
}
BASE = [
    cloud(),
    agency("G09", "ministry"),
    agency("H41"),
    agency("H41.101", "commune", "H41"),
    agency("Z01", "external"),
    tenant("G09"),
    tenant("H41"),
    tenant("H41.101"),
    segment("G09", "10.80.1.0/24"),
    segment("H41", "10.80.2.0/24"),
    platform("lgsp-h41", "H41"),
    platform("ndxp", "G09", "ndxp"),
    link("H41", "H41.101"),
    link("G09", "H41", "ndxp", platform="ndxp", listen=9001),
    declared(
        "Waiver",
        "net-04",
        {
            "control": "NET-04",
            "tenant": "h41",
            "reason": "x" * 20,
            "author": "a",
            "approver": "b",
            "expires": "2027-01-01",
        },
    ),
]
CHANGES = st.lists(
    st.tuples(st.integers(0, len(BASE) - 1), st.sampled_from(sorted(OTHERS)), st.integers(0, 9), st.booleans()),
    min_size=1,
    max_size=8,
)
DATES = st.dates(datetime.date(2019, 1, 1), datetime.date(2031, 1, 1))


def changed(documents: list[dict[str, Any]], changes: list[tuple[int, str, int, bool]]) -> list[dict[str, Any]]:
    """Return the documents with fields replaced, and sometimes left out, wherever they then still are declarations."""
    for place, field, choice, gone in changes:
        before = documents[place]
        after = copy.deepcopy(before)
        home = (
            after["spec"]["lifecycle"]
            if field in ("state", "plannedStops", "legalHold", "since") and "lifecycle" in after["spec"]
            else after["spec"]
        )
        values = OTHERS[field]
        home[field] = values[choice % len(values)]
        if gone:
            home.pop(field)
        documents[place] = after
        try:
            country([after])
        except ValidationError:
            documents[place] = before
    return documents


@settings(max_examples=40, deadline=None)
@given(CHANGES, CHANGES, DATES)
def test_rules_answer_with_problems(
    changes: list[tuple[int, str, int, bool]], more: list[tuple[int, str, int, bool]], date: datetime.date
) -> None:
    first = changed(list(BASE), changes)
    before, after = country(first), country(changed(list(first), more))
    for made in (before, after):
        for problem in rules.judge(made, date):
            assert all(problem.render(language) for language in Language)
    assert all(p.place for p in lifecycles.changed(before, after, date))
    gained = reachability.changes(reachability.relation(before, date), reachability.relation(after, date))
    assert not set(gained.gained) & set(gained.lost)
