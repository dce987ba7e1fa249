"""Many identities are read in one listing, few one by one, and nothing older than the last change of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from memory_adapter import MemoryAdapter

from govcloud.providers.storage import identity
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.everybody import Everybody
from govcloud.providers.storage.store import Store
from govcloud.render import storage

NAMES = [f"h{number}" for number in range(100)]


@dataclass
class Slow(MemoryAdapter):
    """A dialect that lists in bulk, and whose answers take time on a clock of their own."""

    lists_in_bulk: bool = True
    seconds: float = 0.0
    singles: int = 0
    listings: list[float] = field(default_factory=list)

    def identity(self, name: str) -> LiveIdentity | None:
        self.singles += 1
        self.seconds += 0.01
        return super().identity(name)

    def identities(self) -> tuple[LiveIdentity, ...]:
        self.seconds += 0.05
        self.listings.append(self.seconds)
        return super().identities()


@pytest.fixture
def slow() -> Slow:
    made = Slow()
    for name in NAMES:
        made.create_identity(name)
    return made


@pytest.fixture
def everybody(slow: Slow) -> Everybody:
    return Everybody(lambda: slow, lambda: slow.seconds)


def test_many_are_read_in_one_listing(slow: Slow, everybody: Everybody) -> None:
    assert [everybody.identity(name) for name in NAMES] == [slow.known[name] for name in NAMES]
    assert everybody.identity("nobody") is None

    assert slow.singles <= 11
    assert len(slow.listings) == 1


def test_few_are_read_one_by_one_however_often(slow: Slow, everybody: Everybody) -> None:
    for _ in range(20):
        for name in NAMES[:5]:
            everybody.identity(name)
        slow.seconds += 3

    assert slow.listings == []


def test_a_listing_answers_for_two_seconds(slow: Slow, everybody: Everybody) -> None:
    for name in NAMES:
        everybody.identity(name)
    slow.known["h0"] = replace(slow.known["h0"], enabled=False)

    slow.seconds += 2.1

    found = everybody.identity("h0")
    assert found is not None
    assert not found.enabled


def test_a_server_without_a_list_is_asked_for_each(slow: Slow, everybody: Everybody) -> None:
    slow.lists_in_bulk = False

    for name in NAMES:
        everybody.identity(name)

    assert (slow.singles, slow.listings) == (len(NAMES), [])


@pytest.mark.parametrize("change", ["create", "update", "delete", "shut_out"])
def test_what_this_process_changed_is_never_read_as_before(
    store: Store, adapter: MemoryAdapter, gate: Any, change: str
) -> None:
    document = storage.policy(["vn-h41-prod-records"])
    spec = identity.IdentitySpec("h41-prod", json.dumps(document), ("vn-h41-prod-records",))
    issued = identity.create(store, spec)
    if change == "create":
        adapter.known.pop("h41-prod")
    adapter.lists_in_bulk = True
    store.everybody._spent = float("inf")  # the next read lists
    store.everybody._since = float("inf")  # and its listing does not grow old
    before = identity.read(store, issued)
    assert (before is None) == (change == "create")

    match change:
        case "create":
            issued = identity.create(store, spec)
            assert identity.read(store, issued) == issued
        case "update":
            issued = identity.update(store, issued, replace(spec, rotation="2"))
            assert identity.read(store, issued) == issued
        case "delete":
            gate.answers = {"": "InvalidAccessKeyId"}
            identity.delete(store, issued)
            assert identity.read(store, issued) is None
        case _:
            identity.shut_out(store, "h41-prod")
            assert identity.read(store, issued) != issued
