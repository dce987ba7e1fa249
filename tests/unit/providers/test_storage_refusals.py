"""A trial that waits for a refusal believes a refusal alone: a store that is busy has refused nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.trials import locks, outcome, publicity, quotas, settings, strangers
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud.providers.storage.trials.request import Answer
from govcloud.providers.storage.trials.trial import judged
from govcloud_base.errors import GovCloudError

WORKS, DOES_NOT, UNTRIED = Verdict.WORKS, Verdict.DOES_NOT, Verdict.UNTRIED
CUT = -1
"""Stands for a connection that is closed."""


def error(status: int, code: str = "") -> ClientError:
    said: Any = {"Error": {"Code": code or str(status)}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "X")


@dataclass
class Requests:
    """Answers with `statuses` one after the other, the last one for ever."""

    statuses: list[int]
    body: bytes = b""
    asked: list[str] = field(default_factory=list)

    def url(self, who: str, method: str, url: str, shown: str) -> Answer:
        self.asked.append(url.partition("?")[0])
        return self._next()

    def anonymous(self, method: str, path: str, query: str = "") -> Answer:
        return self._next()

    def _next(self) -> Answer:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == CUT:
            raise urllib3.exceptions.ProtocolError("closed")
        return Answer(status, "", self.body, {})


class Anything:
    """A client to which everything succeeds, but for what `failing` says."""

    def __init__(self, **failing: Any) -> None:
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        if name in self._failing:
            return self._failing[name]
        return lambda **_: {"Body": SimpleNamespace(read=lambda: b"1")}

    def generate_presigned_url(self, *_: Any, **__: Any) -> str:
        return "https://store.test/b/canary?signed"


def bench(requests: Requests, s3: Any = None, url: str = "https://store.test", adapter: Any = None) -> Any:
    endpoint = Endpoint(url, "vn-hn-1", "memory", AccessKey("GCADMIN", "secret"))

    def until(shown: Any, seconds: float = 0) -> bool:
        return any(shown() for _ in range(9))

    return SimpleNamespace(
        bucket="b",
        requests=requests,
        s3=s3 or Anything(),
        plain=Anything(),
        workshop=SimpleNamespace(store=SimpleNamespace(endpoint=endpoint, adapter=adapter), until=until, patience=1.0),
    )


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([200, 403, 403], WORKS),
        ([200, 200], DOES_NOT),
        ([200, 403, 200], DOES_NOT),
        ([200, 403, 503], UNTRIED),
        ([200, 403, 429], UNTRIED),
        ([200, 503, 403], UNTRIED),
        ([503], UNTRIED),
    ],
)
def test_a_signed_address(statuses: list[int], verdict: Verdict) -> None:
    assert strangers.expired(bench(Requests(statuses))).verdict is verdict


@pytest.mark.parametrize(
    ("statuses", "verdict"), [([403, 403, 403], WORKS), ([403, 403, 503], UNTRIED), ([403, 403, 429], UNTRIED)]
)
def test_the_list_of_buckets_for_anybody(statuses: list[int], verdict: Verdict) -> None:
    assert strangers.anonymous(bench(Requests(statuses))).verdict is verdict


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://store.test", ["http://store.test:443/b/canary", "http://store.test/b/canary"]),
        ("https://store.test:443", ["http://store.test:443/b/canary", "http://store.test/b/canary"]),
        ("https://store.test:9000", ["http://store.test:9000/b/canary"]),
        ("https://[::1]:9000", ["http://[::1]:9000/b/canary"]),
    ],
)
def test_the_same_port_is_asked_without_encryption_and_the_usual_other_one(url: str, asked: list[str]) -> None:
    requests = Requests([CUT])

    assert strangers.plain_http(bench(requests, url=url)).verdict is WORKS
    assert [address.replace(":80/", "/") for address in requests.asked] == asked


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([CUT, CUT], WORKS),
        ([400, 301], WORKS),
        ([CUT, 403], WORKS),
        ([503, CUT], UNTRIED),
        ([CUT, 429], UNTRIED),
        ([CUT, 200], DOES_NOT),
        ([200, CUT], DOES_NOT),
        ([200, 503], DOES_NOT),
    ],
)
def test_a_way_without_encryption(statuses: list[int], verdict: Verdict) -> None:
    assert strangers.plain_http(bench(Requests(statuses))).verdict is verdict


class Quotas:
    """A dialect that keeps one quota."""

    def set_quota(self, bucket: str, quota: Any) -> None:
        self.kept = quota

    def quota(self, bucket: str) -> Any:
        return self.kept

    def enforce_quotas(self) -> None: ...

    counts_objects = True


@pytest.mark.parametrize(
    ("writes", "verdict"),
    [
        ([403, 403, 200], WORKS),
        ([200, 200, 403, 403, 200], WORKS),
        ([403, *[200] * 20], DOES_NOT),
        ([503, 429, *[200] * 20], DOES_NOT),
        ([503, 503, 403, 403, 200], WORKS),
        ([403, 503, 403, *[200] * 20], DOES_NOT),
        ([503] * 20, UNTRIED),
        ([200, *[429] * 20], UNTRIED),
    ],
)
def test_a_quota_is_seen_by_two_refusals_in_a_row(writes: list[int], verdict: Verdict) -> None:
    coming: Iterator[int] = iter([200, *writes])

    def put_object(**_: Any) -> None:
        if (status := next(coming)) != 200:
            raise error(status)

    said = quotas.by_objects(bench(Requests([403]), Anything(put_object=put_object), adapter=Quotas()))

    assert said.verdict is verdict


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_store_that_is_busy_is_not_taken_for_a_closed_one(status: int) -> None:
    with pytest.raises(GovCloudError) as raised:
        publicity._open(bench(Requests([403, status])), lambda _: None)

    assert judged(raised.value).verdict is UNTRIED
    assert publicity._open(bench(Requests([403])), lambda _: None) is False
    assert publicity._open(bench(Requests([status, 200])), lambda _: None) is True


@pytest.mark.parametrize("status", [429, 502, 503])
def test_who_is_busy_has_not_refused_to_open_a_bucket(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_round_trip", lambda *_: outcome.WORKS)

    def fails(*_: Any, **__: Any) -> Any:
        raise error(status)

    with pytest.raises(ClientError):
        publicity._open(bench(Requests([403])), fails)
    with pytest.raises(ClientError):
        settings.ownership(bench(Requests([403]), Anything(put_bucket_acl=fails)))
    with pytest.raises(ClientError):
        locks._there(bench(Requests([403]), Anything(get_object=fails)), "v1")
