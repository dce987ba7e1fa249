"""An object store and a dialect in memory, which can be told to misbehave as real servers do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from memory_adapter import MemoryAdapter
from memory_s3 import MemoryS3, refused

from govcloud.providers.storage import key_trial
from govcloud.providers.storage.capabilities import Capabilities
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Verdict

ABLE = Capabilities(dict.fromkeys(FAST, Verdict.WORKS))


@dataclass
class Clock:
    """The time of a test, which goes on when the test says so."""

    now: datetime.datetime = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now


@dataclass
class Strangers:
    """The answer that readers without a key get."""

    status: int = 403

    def __call__(self, path: str) -> int:
        return self.status


@pytest.fixture
def s3() -> MemoryS3:
    return MemoryS3()


@pytest.fixture
def adapter() -> MemoryAdapter:
    return MemoryAdapter()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strangers() -> Strangers:
    return Strangers()


@pytest.fixture
def store(s3: MemoryS3, adapter: MemoryAdapter, strangers: Strangers, clock: Clock) -> Iterator[Store]:
    endpoint = Endpoint("https://store.test", "vn-hn-1", "memory", AccessKey("GCADMIN", "secret"))
    yield Store(endpoint, {}, s3=cast("Any", s3), adapter=adapter, capabilities=ABLE, anonymous=strangers, clock=clock)


@dataclass
class Gate:
    """What the store answers to somebody's key: an error code, or '' for yes, by bucket ('' = list of buckets)."""

    answers: dict[str, str] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)
    """What it answers first, while it goes by what was so before a change."""


class TenantS3:
    """A client with a tenant's key."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def list_objects_v2(self, Bucket: str, MaxKeys: int) -> None:  # noqa: N803
        self._answer(Bucket)

    def list_buckets(self) -> None:
        self._answer("")

    def _answer(self, name: str) -> None:
        earlier = self._gate.before.get(name)
        code = earlier.pop(0) if earlier else self._gate.answers.get(name, "AccessDenied")
        if code:
            raise refused(code, "List")

    def close(self) -> None: ...


@pytest.fixture
def gate(store: Store, s3: Any, monkeypatch: pytest.MonkeyPatch) -> Gate:
    made = Gate({"vn-h41-prod-records": ""})
    s3.create_bucket("vn-h41-prod-records")
    monkeypatch.setattr(store, "client", lambda key: TenantS3(made))
    monkeypatch.setattr(key_trial, "_SECONDS_UNTIL_KNOWN", 0.05)
    monkeypatch.setattr(key_trial, "_SECONDS_UNTIL_DEAD", 0.05)
    return made
