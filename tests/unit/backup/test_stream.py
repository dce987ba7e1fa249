"""A stream that breaks is gone on with; one that changed, ended early or became another is never taken for whole."""

from __future__ import annotations

import hashlib
import io
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from govcloud.backup.stream import AlteredError, GoneError, Stream, UnreadableError

CONTENT = bytes(range(256)) * 50_000


class Body(io.BytesIO):
    """What a store sends, up to where the line breaks."""

    def __init__(self, content: bytes, ends: int | None, quietly: bool) -> None:
        super().__init__(content)
        self._ends, self._quietly = ends, quietly

    def read(self, amount: int | None = -1) -> bytes:
        if self._ends is not None and self.tell() >= self._ends:
            if self._quietly:
                return b""
            raise ConnectionResetError(104, "reset")
        wanted = amount if amount is not None else -1
        return super().read(wanted if self._ends is None else min(wanted, self._ends - self.tell()))


class Lines:
    """A store whose answers break after so many bytes, one after the other; then they are whole."""

    def __init__(self, *breaks: int, quietly: bool = False, after: str = "") -> None:
        self.breaks, self.quietly, self.after = list(breaks), quietly, after
        self.asked: list[dict[str, Any]] = []
        self.meta = SimpleNamespace(endpoint_url="https://one.example.gov.vn")

    def get_object(self, **told: Any) -> dict[str, Any]:
        self.asked.append(told)
        if self.after and len(self.asked) > 1:
            raise ClientError({"Error": {"Code": self.after, "Message": "x"}}, "GetObject")
        start = int(told.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        content = CONTENT[start:]
        ends = self.breaks.pop(0) if self.breaks else None
        return {"ContentLength": len(content), "Body": Body(content, ends, self.quietly), "ETag": '"e1"'}


def stream(lines: Lines, **more: Any) -> Stream:
    return Stream(cast(Any, lines), "b", "k", **more)


@pytest.mark.parametrize("quietly", [False, True])
def test_a_broken_line_is_gone_on_with(quietly: bool) -> None:
    lines = Lines(10, 3_000_000, 1, quietly=quietly)
    opened = stream(lines)
    assert b"".join(iter(lambda: opened.read(1 << 20), b"")) == CONTENT
    assert opened.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert [told.get("IfMatch") for told in lines.asked] == [None, '"e1"', '"e1"', '"e1"']


def test_a_line_that_always_breaks_ends_it() -> None:
    with pytest.raises(ConnectionResetError) as broken:
        stream(Lines(*[0] * 9)).drain()
    assert broken.value.__notes__ == ["https://one.example.gov.vn"]  # of two stores it says which


def test_an_object_that_changed_meanwhile_is_not_sewn_together() -> None:
    with pytest.raises(GoneError):
        stream(Lines(10, after="PreconditionFailed")).drain()
    with pytest.raises(UnreadableError):
        stream(Lines(10, after="AccessDenied")).drain()


def test_other_content_never_ends() -> None:
    right = hashlib.sha256(CONTENT).hexdigest()
    stream(Lines(), sha256=right).drain()
    with pytest.raises(AlteredError):
        stream(Lines(), sha256="0" * 64).drain()
    with pytest.raises(AlteredError):
        stream(Lines(), sha256="0" * 64).read()


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", UnreadableError), ("NoSuchVersion", GoneError)])
def test_tags_that_are_refused_are_told_of_the_version(code: str, error: type[Exception]) -> None:
    lines = Lines()

    def refuse(**told: Any) -> None:
        raise ClientError({"Error": {"Code": code}}, "GetObjectTagging")

    lines.get_object_tagging = refuse  # type: ignore[attr-defined]
    opened = stream(lines, version="v1")
    assert opened.tags() == {}, "it has none"
    opened.told["TagCount"] = 1
    with pytest.raises(error):
        opened.tags()
    lines.get_object_tagging = lambda **told: {"TagSet": [{"Key": told["VersionId"], "Value": told["Key"]}]}  # type: ignore[attr-defined]
    assert opened.tags() == {"v1": "k"}
