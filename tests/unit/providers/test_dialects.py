"""What can be declared as a store's dialect is what an adapter speaks."""

from __future__ import annotations

import pkgutil

import pytest

from govcloud.model.dialect import COUNTING, DIALECTS
from govcloud.providers.storage import adapters
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud_base.errors import EnvironmentProblem, UsageError

LACKING: dict[str, str] = {**dict.fromkeys(DIALECTS, "GC-STORE-002"), "seaweedfs": "GC-STORE-017"}
"""What each says where nothing is set."""


def test_each_dialect_has_an_adapter_and_each_adapter_can_be_declared() -> None:
    assert sorted(module.name for module in pkgutil.iter_modules(adapters.__path__)) == sorted(DIALECTS)


@pytest.mark.parametrize("name", DIALECTS)
def test_an_adapter_says_what_its_administration_lacks(name: str) -> None:
    with pytest.raises(EnvironmentProblem) as raised:
        adapters.adapter_named(Endpoint("https://store.test", "vn-hn-1", name, None), {})
    assert [problem.code for problem in raised.value.problems] == [LACKING[name]]


def test_a_dialect_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        adapters.adapter_named(Endpoint("https://store.test", "vn-hn-1", "swift", None), {})
    (problem,) = raised.value.problems
    assert (problem.code, problem.value, problem.allowed) == ("GC-STORE-016", "swift", ", ".join(DIALECTS))


def test_declarations_know_which_servers_count_objects() -> None:
    shell = {f"GOVCLOUD_SEAWEEDFS_{name}": "x" for name in ("CONFIG", "MASTER", "FILER")}
    made = {
        name: adapters.adapter_named(
            Endpoint("https://store.test", "vn-hn-1", name, AccessKey("GC1", "secret-of-it")), shell
        )
        for name in DIALECTS
    }
    assert {name for name, adapter in made.items() if adapter.counts_objects} == COUNTING
