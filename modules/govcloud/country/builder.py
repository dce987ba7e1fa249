"""From a parser's events to one value; everything that could be read in two ways becomes a problem on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from govcloud.country.characters import described, shown, unprintable
from govcloud.country.scalar import AmbiguousError, advice, plain
from govcloud.country.syntax import syntax_problem
from govcloud_base.errors import Place, Problem, Text

__all__ = ["MAX_DEPTH", "MAX_NODES", "Builder", "Value"]

Value = Any
"""What a document holds: dict, tuple, str, int, Decimal, bool, date or None."""

MAX_DEPTH = 24
MAX_NODES = 20_000
MAX_PROBLEMS = 100
"""Of one file; the rest is worth a look once these are put right."""


class _LimitError(Exception):
    """The rest of the document is not worth reading: a limit is passed."""


class Builder:
    """Builds one value from the events of PyYAML's C parser and collects what is wrong on the way.

    Values are built here and not by PyYAML, so that nothing is coerced, merged, aliased or constructed, and an alias
    bomb or a very deep document ends while it is read. One pass over the events of a whole country's files is most of
    the time of loading it, hence the comparisons of classes in place of calls.
    """

    def __init__(self, data: bytes, shown: str) -> None:
        self._data = data
        self._next = CParser(data).get_event
        self._shown = shown
        self._escapes = b"\\" in data
        self._nodes = 0
        self.problems: list[Problem] = []

    def build(self) -> Value:
        """Return the document's value; :attr:`problems` says whether it may be used."""
        try:
            return self._stream()
        except _LimitError:
            return None
        except yaml.YAMLError as error:
            self.problems.append(syntax_problem(self._data, self._shown, error))
            return None

    def _stream(self) -> Value:
        self._next()  # the stream's start
        event = self._next()
        if isinstance(event, StreamEndEvent):
            self._report(
                "GC-READ-006",
                Text("the file holds no document", "tệp không có nội dung"),
                Text("write a declaration, or delete the file", "viết khai báo, hoặc xóa tệp"),
            )
            return None
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            self._refuse("%", "directive", "chỉ thị", event)
        value = self._node(self._next(), 1)
        self._next()  # the document's end
        event = self._next()
        if isinstance(event, DocumentStartEvent):
            self._report(
                "GC-READ-007",
                Text("a second document in one file", "có tài liệu thứ hai trong một tệp"),
                Text("move it to a file of its own", "chuyển nó sang tệp riêng"),
                event,
            )
        return value

    def _node(self, event: yaml.Event | None, depth: int) -> Value:
        if event.__class__ is ScalarEvent:
            return self._scalar(event)
        if depth > MAX_DEPTH:
            self._too_much(event)
        if isinstance(event, AliasEvent):
            self._refuse(f"*{event.anchor}", "alias", "bí danh", event)
            return None
        assert isinstance(event, (MappingStartEvent, SequenceStartEvent))
        if event.anchor is not None or event.tag is not None:
            self._features(event)
        return self._mapping(depth) if isinstance(event, MappingStartEvent) else self._sequence(depth)

    def _sequence(self, depth: int) -> Value:
        items = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            items.append(self._node(event, depth + 1))
            self._count(event, 1)
        return tuple(items)

    def _mapping(self, depth: int) -> Value:
        result: dict[str, Value] = {}
        while (event := self._next()).__class__ is not MappingEndEvent:
            key = self._key(event, depth + 1)
            if key in result:
                self._report(
                    "GC-READ-011",
                    Text(f"the field {shown(key)!r} stands twice", f"trường {shown(key)!r} bị lặp lại"),
                    Text("keep one of them", "chỉ giữ lại một"),
                    event,
                    value=key,
                )
            result[key] = self._node(self._next(), depth + 1)
            self._count(event, 2)
        return result

    def _key(self, event: yaml.Event | None, depth: int) -> str:
        name = self._node(event, depth)
        if name.__class__ is str and name != "<<":
            return name
        if isinstance(event, ScalarEvent) and name == "<<" and not event.style:
            self._refuse("<<", "merge key", "khóa trộn", event)
        elif not isinstance(name, str) and name is not None:
            self._report(
                "GC-READ-010",
                Text("a field's name is not text", "tên trường không phải là văn bản"),
                Text("quote the name if it is meant", "đặt tên trong dấu nháy nếu đúng ý"),
                event,
                value=str(getattr(event, "value", type(name).__name__)),
            )
        return str(getattr(event, "value", name))

    def _scalar(self, event: ScalarEvent) -> str | int | Decimal | bool | object | None:
        if event.anchor is not None or event.tag is not None:
            self._features(event)
        value: str = event.value
        if event.style:  # empty for a plain scalar
            if self._escapes and (found := unprintable(value)):
                self._report(
                    "GC-READ-004",
                    Text("an escaped character that cannot be seen", "có ký tự thoát không nhìn thấy được"),
                    Text("remove the escape; write the text itself", "bỏ ký tự thoát; viết trực tiếp văn bản"),
                    event,
                    value=described(found),
                )
            return value
        try:
            return plain(value)
        except AmbiguousError:
            if value != "<<":  # reported by the mapping, by its name
                message, fix = advice(value)
                self._report("GC-READ-012", message, fix, event, value=value)
            return value

    def _features(self, event: NodeEvent) -> None:
        if event.anchor is not None:
            self._refuse(f"&{event.anchor}", "anchor", "neo", event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(str(tag), "tag", "nhãn kiểu", event)

    def _refuse(self, value: str, english: str, vietnamese: str, event: yaml.Event) -> None:
        self._report(
            "GC-READ-009",
            Text(f"YAML's {english} is not allowed here", f"không được dùng {vietnamese} của YAML"),
            Text("write the value itself", "viết trực tiếp giá trị"),
            event,
            value=value,
        )

    def _count(self, event: yaml.Event | None, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._too_much(event)

    def _too_much(self, event: yaml.Event | None) -> None:
        self._report(
            "GC-READ-008",
            Text("the document is too large or too deep", "tài liệu quá lớn hoặc lồng quá sâu"),
            Text("split it: one declaration a file", "tách tệp: mỗi tệp một khai báo"),
            event,
            allowed=f"depth <= {MAX_DEPTH}, nodes <= {MAX_NODES}",
        )
        raise _LimitError

    def _report(
        self,
        code: str,
        message: Text,
        fix: Text,
        event: yaml.Event | None = None,
        *,
        value: str | None = None,
        allowed: str | None = None,
    ) -> None:
        mark = event.start_mark if event is not None else None
        place = Place(self._shown, mark.line + 1, mark.column + 1) if mark is not None else Place(self._shown)
        self.problems.append(Problem(code, message, fix, place, None if value is None else shown(value), allowed))
        if len(self.problems) == MAX_PROBLEMS:
            message = Text("more is wrong than one can read", "còn nhiều lỗi khác")
            self.problems.append(Problem("GC-READ-013", message, fix, place, allowed=f"<= {MAX_PROBLEMS}"))
            raise _LimitError
