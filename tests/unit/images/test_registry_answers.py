"""What a registry, or who gives tokens for it, may answer: whatever it is, a command tells of it and ends in order."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from govcloud.images.credentials import Login
from govcloud.images.registry import Registry
from govcloud_base.errors import CloudError, Language

DIGEST = f"sha256:{'0' * 64}"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="https://tokens.example/token",service="s",scope="repository:a:pull"'}


class Pool:
    """Answers in place of the network."""

    def __init__(self, answer: Callable[[str], urllib3.HTTPResponse]) -> None:
        self._answer = answer

    def request(self, _method: str, url: str, **_more: Any) -> urllib3.HTTPResponse:
        return self._answer(url)


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)


def registry(monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], urllib3.HTTPResponse]) -> Registry:
    monkeypatch.setattr(urllib3, "PoolManager", lambda **_: Pool(answers))
    return Registry("registry.example", login=Login("robot", "word"))


@pytest.mark.parametrize("token", ["SECRET\r\nX: y", "SECRET từ", "SECRET word", ""])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(url: str) -> urllib3.HTTPResponse:
        given = "tokens.example" in url
        return answer(200, json.dumps({"token": token}).encode()) if given else answer(401, b"", CHALLENGE)

    with pytest.raises(CloudError, match="GC-IMAGE-015") as refused:
        registry(monkeypatch, answers).holds("a", DIGEST)
    assert "SECRET" not in refused.value.render(Language.EN)


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert size >= 0 and self.given < 16 << 20, "it is read without bound"
            self.given += size
            return b"x" * size

    endless = urllib3.HTTPResponse(Endless(), None, 200, preload_content=False)
    with pytest.raises(CloudError, match="GC-IMAGE-015"):
        registry(monkeypatch, lambda url: endless).holds("a", DIGEST)


def test_what_is_packed_counts_as_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = answer(200, b"\x1f\x8b not unpacked", {"Content-Encoding": "gzip"})
    assert not registry(monkeypatch, lambda url: packed).holds("a", DIGEST)
