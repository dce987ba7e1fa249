"""Why a file is no YAML, as its writer would say it: libyaml names a rule of the grammar, often a line too late."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from govcloud.country.characters import described
from govcloud.country.characters import shown as shown_value
from govcloud_base.errors import Place, Problem, Text

__all__ = ["syntax_problem"]

_BREAK = re.compile("\r\n|[\n\r\u0085\u2028\u2029]")
"""Ends of lines as libyaml counts them."""
_CONFLICT = re.compile(r"(<{7}|>{7}|={7})( |$)")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_NO_SPACE = re.compile(r"(?P<before>\s*(?:- )?)(?P<name>[A-Za-z][\w.-]*):(?P<value>[^\s/].*)")
_NO_SPACE_AFTER_DASH = re.compile(r"\s*-(?P<value>[^\s-].*)")
_NAME_ALONE = re.compile(r"\s*(?:- )?(?P<name>[A-Za-z][\w.-]*)\s*")
_TWO_COLONS = re.compile(r"\s*(?:- )?(?P<name>[A-Za-z][\w.-]*): +(?P<value>[^\s\"'{\[].*?: .*|[^\s\"'{\[][^:]*:)\s*")
_AFTER_QUOTE = re.compile(r"\s*(?:- )?(?P<name>[A-Za-z][\w.-]*): +(?P<value>(?:\"[^\"]*\"|'[^']*')\s+[^\s#].*)")
_NEXT_FIELD = re.compile(r": +(?:[0-9]\S*|\S*[\"'\]}]|true|false) +(?P<name>[A-Za-z]+)$")
_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class _Cause:
    """What is wrong, and where: line and column from 0."""

    line: int
    column: int
    message: Text
    fix: Text
    value: str | None = None


def syntax_problem(data: bytes, shown: str, error: yaml.YAMLError) -> Problem:
    """Return the problem of a file, called `shown`, that the parser gave up with `error` (GC-READ-005)."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        message = Text("not valid YAML", "không đúng cú pháp YAML")
        return Problem("GC-READ-005", message, _LOOK, Place(shown))
    lines = _BREAK.split(data.decode("utf-8", "replace"))
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    start = getattr(error, "context_mark", None)
    opened = (start.line, start.column) if start is not None and start.line < len(lines) else None
    cause = _cause(lines, (mark.line, mark.column), opened, str(getattr(error, "problem", "") or ""))
    place = Place(shown, cause.line + 1, cause.column + 1)
    value = None if cause.value is None else shown_value(cause.value)
    return Problem("GC-READ-005", cause.message, cause.fix, place, value)


_LOOK = Text(
    "check indentation, quotes and brackets at this place", "kiểm tra thụt dòng, dấu nháy và ngoặc tại vị trí này"
)


def _cause(lines: list[str], at: tuple[int, int], opened: tuple[int, int] | None, reason: str) -> _Cause:
    line = min(at[0], len(lines) - 1)
    found = (
        _conflict(lines)
        or _white(lines[: line + 1])
        or _unclosed_quote(lines, opened, reason)
        or _beginning(lines, line, at[1], reason)
        or _bracket(lines, at, opened, reason)
        or _escape(lines, line, at[1], reason)
        or _ended(lines, line, reason)
        or _colon(lines, line)
        or _indentation(lines, line)
    )
    return found or _Cause(
        line, at[1], Text(f"not valid YAML: {reason or 'no document'}", "không đúng cú pháp YAML"), _LOOK
    )


def _conflict(lines: list[str]) -> _Cause | None:
    number = next((n for n, line in enumerate(lines) if _CONFLICT.match(line)), None)
    if number is None:
        return None
    return _Cause(
        number,
        0,
        Text("git left the marks of a conflict", "còn dấu xung đột của git"),
        Text(
            "keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>",
            "giữ lại một phía và xóa các dòng có <<<<<<<, ======= và >>>>>>>",
        ),
        lines[number],
    )


def _white(lines: list[str]) -> _Cause | None:
    """Return a tab or an odd space that stands where plain spaces are meant."""
    for number, line in enumerate(lines):
        indentation = line[: len(line) - len(line.lstrip())]
        if (column := indentation.find("\t")) >= 0:
            return _Cause(
                number,
                column,
                Text("a tab indents the line", "dòng thụt bằng ký tự tab"),
                Text("indent it with spaces, two for each step", "thụt bằng dấu cách, mỗi bậc hai dấu"),
                "U+0009",
            )
        if odd := _ODD_SPACE.search(line):
            return _Cause(
                number,
                odd.start(),
                Text("a space that is not a plain one", "có dấu cách không phải dấu cách thường"),
                Text("delete it and type a plain space", "xóa đi và gõ lại dấu cách thường"),
                described(odd[0]),
            )
    return None


def _unclosed_quote(lines: list[str], opened: tuple[int, int] | None, reason: str) -> _Cause | None:
    if opened is None or "end of stream" not in reason:
        return None
    line, column = opened
    mark = lines[line][column : column + 1] if line < len(lines) else ""
    if mark not in ('"', "'"):
        return None
    return _Cause(
        line,
        column,
        Text("the quote is never closed", "dấu nháy không được đóng"),
        Text(f"write {mark} at the end of the value", f"viết {mark} ở cuối giá trị"),
        lines[line][column:],
    )


def _beginning(lines: list[str], line: int, column: int, reason: str) -> _Cause | None:
    """Return a value that begins with a character to which YAML gives a meaning of its own."""
    text = lines[line]
    if "cannot start any token" not in reason:
        if (
            column == 0
            or text[column - 1 : column] not in ("*", "&", "|", ">")
            or "did not find expected" not in reason
        ):
            return None
        column -= 1
    value = text[column:].rstrip().rstrip("}],").rstrip()
    return _Cause(
        line,
        column,
        Text(f"a value may not begin with {value[:1]}", f"giá trị không được bắt đầu bằng {value[:1]}"),
        Text(f"put it in quotes: {_quoted(value)}", f"đặt trong dấu nháy: {_quoted(value)}"),
        value,
    )


def _bracket(lines: list[str], at: tuple[int, int], opened: tuple[int, int] | None, reason: str) -> _Cause | None:
    """Return what is wrong between brackets: no end, the wrong one, no comma, or a colon inside a value."""
    if opened is None or "expected ',' or" not in reason:
        return None
    (line, column), (first, start) = at, opened
    bracket = lines[first][start : start + 1]
    closing = _CLOSING.get(bracket)
    if closing is None:
        return None
    rest = lines[line][column:] if line < len(lines) else ""
    # At the file's end nothing is left that could close it, whatever other bracket was closed in between.
    if line >= len(lines) or (line > first and closing not in lines[first][start:]):
        return _Cause(
            first,
            start,
            Text(f"the bracket {bracket} is never closed", f"ngoặc {bracket} không được đóng"),
            Text(f"write {closing} at its end", f"viết {closing} ở cuối"),
            lines[first][start:],
        )
    if rest[:1] in ("}", "]"):
        return _Cause(
            line,
            column,
            Text(f"{rest[:1]} closes a bracket that {bracket} opened", f"{rest[:1]} đóng ngoặc mở bằng {bracket}"),
            Text(f"write {closing} before it", f"viết {closing} trước nó"),
            lines[first][start:],
        )
    if rest[:1] == ":" and (next_field := _NEXT_FIELD.search(lines[line][:column])):
        return _Cause(
            line,
            next_field.start("name"),
            Text("a comma is missing", "thiếu dấu phẩy"),
            Text(f"write a comma before {next_field['name']}", f"viết dấu phẩy trước {next_field['name']}"),
            lines[line].strip(),
        )
    if rest[:1] == ":":
        return _Cause(
            line,
            column,
            Text("a colon inside a value", "có dấu hai chấm trong giá trị"),
            Text("put the whole value in quotes", "đặt cả giá trị trong dấu nháy"),
            lines[line].strip(),
        )
    word = re.match(r"[^\s,:}\]]*", rest)
    return _Cause(
        line,
        column,
        Text("a comma is missing", "thiếu dấu phẩy"),
        Text(f"write a comma before {word[0] if word else rest}", f"viết dấu phẩy trước {word[0] if word else rest}"),
        lines[line].strip(),
    )


def _escape(lines: list[str], line: int, column: int, reason: str) -> _Cause | None:
    if "escape" not in reason:
        return None
    return _Cause(
        line,
        column,
        Text("a backslash in double quotes means something else", "dấu \\ trong dấu nháy kép có nghĩa khác"),
        Text("use single quotes, or write the backslash twice", "dùng dấu nháy đơn, hoặc viết hai dấu \\"),
        lines[line][column : column + 2],
    )


def _ended(lines: list[str], line: int, reason: str) -> _Cause | None:
    if "<document start>" not in reason:
        return None
    return _Cause(
        line,
        0,
        Text("text after the end of the document", "có nội dung sau khi tài liệu kết thúc"),
        Text(
            "delete the line with ... before it, or move what follows to a file of its own",
            "xóa dòng ... phía trước, hoặc chuyển phần sau sang tệp riêng",
        ),
        lines[line],
    )


def _colon(lines: list[str], line: int) -> _Cause | None:
    """Return a line around this one that is no name, colon, space and value: libyaml sees it at the next colon."""
    before = next((n for n in range(line - 1, -1, -1) if _written(lines[n])), None)
    for number in (n for n in (before, line) if n is not None):
        text = lines[number]
        if (dash := _NO_SPACE_AFTER_DASH.fullmatch(text)) and not text.startswith("---"):
            return _Cause(
                number,
                text.index("-"),
                Text("no space after the dash", "thiếu dấu cách sau dấu gạch"),
                Text(f"write - {dash['value']}", f"viết - {dash['value']}"),
                text.strip(),
            )
        if close := _NO_SPACE.fullmatch(text):
            whole = f"{close['name']}: {close['value']}"
            return _Cause(
                number,
                len(close["before"]) + len(close["name"]),
                Text("no space after the colon", "thiếu dấu cách sau dấu hai chấm"),
                Text(f"write {whole}", f"viết {whole}"),
                text.strip(),
            )
        if (both := _TWO_COLONS.fullmatch(text)) or (both := _AFTER_QUOTE.fullmatch(text)):
            whole = f"{both['name']}: {_quoted(both['value'].strip())}"
            return _Cause(
                number,
                text.index(both["value"]),
                Text("the value must stand in quotes", "giá trị phải đặt trong dấu nháy"),
                Text(f"write {whole}", f"viết {whole}"),
                text.strip(),
            )
        if number != line and (alone := _NAME_ALONE.fullmatch(text)):
            return _Cause(
                number,
                len(text) - len(text.lstrip()),
                Text("a name without a value", "tên trường không có giá trị"),
                Text(f"write {alone['name']}: and its value", f"viết {alone['name']}: và giá trị"),
                alone["name"],
            )
    return None


def _indentation(lines: list[str], line: int) -> _Cause | None:
    """Return the line whose indentation is unlike that of the lines around it: this one, or the one before."""
    rows = [n for n, text in enumerate(lines) if _written(text)]
    if line not in rows:
        return None
    here = rows.index(line)

    def depth(position: int) -> int | None:
        return _depth(lines[rows[position]]) if 0 <= position < len(rows) else None

    earlier, before, own, after = (depth(here + step) for step in (-2, -1, 0, 1))
    if before is not None and before == after and own != before:
        number, wanted = line, before
    elif before is not None and own is not None and before != own and own in (earlier, after):
        number, wanted = rows[here - 1], own
    else:
        return None
    is_deep = _depth(lines[number])
    return _Cause(
        number,
        is_deep,
        Text(
            f"indented by {is_deep} spaces, unlike its neighbours",
            f"thụt {is_deep} dấu cách, khác các dòng bên cạnh",
        ),
        Text(f"indent it by {wanted} spaces", f"thụt {wanted} dấu cách"),
        lines[number].strip(),
    )


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _written(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")


def _quoted(value: str) -> str:
    """Return a value as it may be written: in the quotes that it does not hold itself."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"
