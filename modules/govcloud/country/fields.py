"""From a read document to a typed declaration; what does not fit the kind's fields becomes problems with places."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from govcloud.country.amount import meant
from govcloud.country.characters import described, foreign, shown
from govcloud.country.document import Document, Path
from govcloud.country.forms import FORMS, older_agency_code
from govcloud.country.scalar import day
from govcloud.country.suggestion import did_you_mean, nearest
from govcloud.model.declaration import Declaration
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["BLANK", "typed"]

BLANK = "?"
"""Stands in a drafted file for what was not known when it was made; no field takes it for a value."""

_D = TypeVar("_D", bound=Declaration)

# What a value should have been, by pydantic's name of the error: in English and Vietnamese, and as written in a file.
_EXPECTED = {
    "string_type": ("text", "văn bản", "text"),
    "int_type": ("a whole number", "số nguyên", "0, 1, 2, ..."),
    "bool_type": ("true or false", "`true` hoặc `false`", "true, false"),
    "date_type": (
        "a date such as 2026-07-01, without quotes",
        "ngày dạng 2026-07-01, không đặt trong dấu nháy",
        "2026-07-01",
    ),
    "tuple_type": ("a list", "danh sách", "[a, b]"),
    "dict_type": ("fields with values", "các trường có giá trị", "{field: value}"),
    "model_type": ("fields with values", "các trường có giá trị", "{field: value}"),
    "model_attributes_type": ("fields with values", "các trường có giá trị", "{field: value}"),
}
# What a value of the right kind keeps to, by pydantic's name of the error: the limit's name there, the form of what is
# allowed, and the same in words.
_LIMITS = {
    "too_short": ("min_length", ">= {}", "{} or more entries", "từ {} mục trở lên"),
    "too_long": ("max_length", "<= {}", "{} or fewer entries", "không quá {} mục"),
    "string_too_short": ("min_length", ">= {}", "{} or more characters", "từ {} ký tự trở lên"),
    "string_too_long": ("max_length", "<= {}", "{} or fewer characters", "không quá {} ký tự"),
    "greater_than_equal": ("ge", ">= {}", "{} or more", "từ {} trở lên"),
    "less_than_equal": ("le", "<= {}", "{} or less", "không quá {}"),
}

_WHOLE = Text("the document", "cả tài liệu")


def typed(model: type[_D], document: Document) -> _D:
    """Return the document as a `model`.

    Raises GovCloudError with every field that does not fit.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise GovCloudError([_problem(model, document, detail) for detail in _once(model, details)])


def _once(model: type[BaseModel], details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return one detail for each mistake.

    A wrong entry is left out before entries are counted, and a misspelt field is unknown by what it is and missing by
    what it should be: the second is no mistake of its own.
    """
    above = {tuple(d["loc"][: n + 1]) for d in details for n in range(len(d["loc"]) - 1)}
    meant = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            path = tuple(detail["loc"])
            name = str(path[-1])
            known = _known_fields(model, path[:-1])
            meant.add((*path[:-1], name.partition(":")[0] if _unspaced(name, known) else nearest(name, known)))
    return [
        d
        for d in details
        if not (d["type"] in ("too_short", "too_long") and tuple(d["loc"]) in above)
        and not (d["type"] == "missing" and tuple(d["loc"]) in meant)
    ]


def _problem(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    given = detail["input"]
    if "index" in context:  # an entry is wrong beside the others of its list
        path, given = (*path, context["index"]), _notation(given[context["index"]])
    steps = shown(".".join(str(step) for step in path))
    dotted = Text(steps, steps) if path else _WHOLE
    if kind == "extra_forbidden":
        known = _known_fields(model, path[:-1])
        english, vietnamese = did_you_mean(str(path[-1]), known)
        return Problem(
            "GC-FIELD-001",
            Text(f"unknown field {dotted.en!r}", f"trường lạ {dotted.vi!r}"),
            _unspaced(str(path[-1]), known) or Text(english or "remove the field", vietnamese or "bỏ trường này"),
            document.place(*path, key=True),
            value=shown(path[-1]),
            allowed=", ".join(known),
        )
    if kind == "missing":
        return Problem(
            "GC-FIELD-002",
            Text(f"field {dotted.en!r} is missing", f"thiếu trường {dotted.vi!r}"),
            Text(f"add {path[-1]}", f"thêm {path[-1]}"),
            document.place(*path[:-1]),
        )
    place, value = document.place(*path, key="[key]" in detail["loc"]), shown(given)
    if value == BLANK:
        return Problem(
            "GC-FIELD-007",
            Text(f"{dotted.en} has not been filled in", f"{dotted.vi} chưa được điền"),
            Text("ask whoever knows, and write it", "hỏi người biết rõ rồi điền vào"),
            place,
            value,
        )
    if kind.startswith("GC-"):
        return _refused(kind, dotted, detail["msg"], place, value, str(context.get("allowed", "")) or None)
    if kind == "literal_error":
        allowed = [a.strip("'") for a in str(context["expected"]).replace(" or ", ", ").split(", ")]
        english, vietnamese = did_you_mean(value, allowed)
        return Problem(
            "GC-FIELD-004",
            Text(f"{dotted.en}: not one of the allowed values", f"{dotted.vi}: không thuộc các giá trị cho phép"),
            Text(english or "choose an allowed value", vietnamese or "chọn một giá trị cho phép"),
            place,
            value,
            ", ".join(allowed),
        )
    if kind in _EXPECTED:
        return _mistyped(kind, dotted, detail["input"], place)
    if kind in _LIMITS:
        name, *forms = _LIMITS[kind]
        allowed_form, english, vietnamese = (form.format(context[name]) for form in forms)
        return _expecting("GC-FIELD-005", dotted, english, vietnamese, allowed_form, place, _notation(detail["input"]))
    if kind == "string_pattern_mismatch":
        return _misspelt(dotted, str(detail["input"]), str(context["pattern"]), place)
    limits = ", ".join(f"{name} {limit}" for name, limit in context.items() if name != "error")
    return Problem(
        "GC-FIELD-005",
        Text(f"{dotted.en}: not in the form of this field", f"{dotted.vi}: không đúng dạng của trường"),
        Text("write it in the allowed form", "viết theo dạng được phép"),
        place,
        value,
        limits or None,
    )


def _expecting(
    code: str, dotted: Text, english: str, vietnamese: str, allowed: str, place: Place, value: str
) -> Problem:
    return Problem(
        code,
        Text(f"{dotted.en}: expects {english}", f"{dotted.vi}: cần {vietnamese}"),
        Text(f"write {english}", f"viết {vietnamese}"),
        place,
        value,
        allowed,
    )


def _notation(value: Any) -> str:
    """Return a value as a file writes it, so that `"2"` and 2, or nothing and an empty list, can be told apart."""
    if isinstance(value, (str, bool, tuple, Mapping)) or value is None:
        return shown(json.dumps(value, ensure_ascii=False, default=_plain))
    return shown(value)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _mistyped(kind: str, dotted: Text, given: Any, place: Place) -> Problem:
    """Return the problem of a value of another type than the field's, with how to write what was meant."""
    problem = _expecting("GC-FIELD-003", dotted, *_EXPECTED[kind], place, _notation(given))
    fix: Text | None = None
    if kind == "date_type" and isinstance(given, str) and (found := day(given)) is not None:
        said, fix = found
        return dataclasses.replace(problem, message=Text(f"{dotted.en}: {said.en}", f"{dotted.vi}: {said.vi}"), fix=fix)
    if kind == "int_type" and isinstance(given, str) and re.fullmatch(r"[0-9]+", given):
        fix = Text(f"write {given}, without quotes", f"viết {given}, không đặt trong dấu nháy")
    elif kind == "int_type" and isinstance(given, Decimal) and re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", str(given)):
        grouped = str(given).replace(".", "")
        fix = Text(f"write {grouped}, without a dot between digits", f"viết {grouped}, không có dấu chấm giữa các số")
    elif kind == "string_type" and isinstance(given, (int, Decimal, datetime.date)):
        written = _notation(given)
        fix = Text(f'put it in quotes: "{written}"', f'đặt trong dấu nháy: "{written}"')
    elif kind == "tuple_type" and isinstance(given, (str, int, Decimal)):
        fix = Text(f"write it as a list: [{given}]", f"viết thành danh sách: [{given}]")
    return problem if fix is None else dataclasses.replace(problem, fix=fix)


def _unspaced(name: str, known: list[str]) -> Text | None:
    """Return the advice for `{cpu:1}`, which names a field `cpu:1` without a value."""
    field, colon, value = name.partition(":")
    if not colon or not value or field not in known:
        return None
    return Text(f"write {field}: {value}, with a space", f"viết {field}: {value}, có dấu cách")


def _misspelt(dotted: Text, written: str, pattern: str, place: Place) -> Problem:
    """Return the problem of a name that is not in the form of its field, with the nearest one that is."""
    form = FORMS[pattern]
    if (older := older_agency_code(written)) is not None:
        said, fix = older
        message = Text(f"{dotted.en}: {said.en}", f"{dotted.vi}: {said.vi}")
        return Problem("GC-FIELD-005", message, fix, place, shown(written), form.example)
    strange = foreign(written)
    righted = strange[1] if strange else written
    offered = (righted, righted.lower(), righted.upper(), righted.lower().replace(".", "-").replace(" ", "-"))
    near = next((n for n in offered if n and re.fullmatch(pattern, n)), None)
    fix = Text(f"write {form.says.en}", f"viết {form.says.vi}")
    if near is not None:
        fix = Text(f"did you mean {near!r}?", f"có phải ý bạn là {near!r}?")
    if strange is None:
        message = Text(f"{dotted.en}: not in the form of this field", f"{dotted.vi}: không đúng dạng của trường")
        return Problem("GC-FIELD-005", message, fix, place, shown(written), form.example)
    character = described(strange[0])
    message = Text(f"{dotted.en}: {character} in a name", f"{dotted.vi}: có {character} trong tên")
    return Problem("GC-FIELD-006", message, fix, place, shown(written), form.example)


@dataclass(frozen=True)
class _Refusal:
    """What is said where a model refuses a value for a reason of its own, by the reason's English words."""

    vi: str
    fix: Text
    allowed: str | None = None
    """In place of what the model says, where that is in words."""


_AMOUNT = Text("write an amount as in {allowed}", "viết lượng theo dạng {allowed}")
_REFUSALS = {
    "not an amount": _Refusal("không phải một lượng", _AMOUNT),
    "unknown unit": _Refusal("đơn vị không rõ", _AMOUNT),
    "an amount is not negative": _Refusal("lượng không được âm", _AMOUNT),
    "larger than any store can hold": _Refusal("lớn hơn mọi kho chứa", _AMOUNT),
    "smaller than anything that is counted": _Refusal("nhỏ hơn mọi lượng đếm được", _AMOUNT),
    "more than any cluster has": _Refusal("nhiều hơn mọi cụm hiện có", _AMOUNT),
    "a truth value is not an amount": _Refusal("giá trị đúng/sai không phải một lượng", _AMOUNT),
    "processors are counted in thousandths": _Refusal("bộ xử lý được tính theo phần nghìn", _AMOUNT, "1m, 250m, 1.5"),
    "bytes are whole": _Refusal("số byte phải nguyên", _AMOUNT, "512Mi, 4Gi, 20GB"),
    "prices without a source are provisional": _Refusal(
        "giá không có nguồn là giá tạm",
        Text("name the source, or write provisional: true", "nêu nguồn, hoặc viết provisional: true"),
        "source, provisional: true",
    ),
    "one of two fields": _Refusal(
        "chỉ một trong hai trường",
        Text("write either endpoint or endpointFrom", "chỉ viết `endpoint` hoặc `endpointFrom`"),
        "endpoint, endpointFrom",
    ),
    "not the beginning of keys": _Refusal(
        "không phải phần đầu của khóa đối tượng",
        Text("write the beginning itself, without * or ?", "viết chính phần đầu, không dùng * hay ?"),
        "outbox/",
    ),
    "a key has two halves": _Refusal(
        "một khóa có hai nửa",
        Text(
            "write both accessKeyFrom and secretKeyFrom, or neither",
            "viết cả `accessKeyFrom` và `secretKeyFrom`, hoặc bỏ cả hai",
        ),
        "accessKeyFrom, secretKeyFrom",
    ),
    "not the address of a host": _Refusal(
        "không phải địa chỉ của một máy chủ",
        Text("write the IP address of a host", "viết địa chỉ IP của một máy chủ"),
        "10.20.30.40, 2001:db8::1",
    ),
    "not a service's address": _Refusal(
        "không phải địa chỉ của một dịch vụ",
        Text("write scheme and host, and a port where it is another", "viết giao thức và tên máy, thêm cổng nếu khác"),
    ),
    "not a registry": _Refusal(
        "không phải địa chỉ kho ảnh",
        Text(
            "write its host with the domain, and a port where it is not 443",
            "viết tên máy kèm tên miền, thêm cổng nếu không phải 443",
        ),
        "registry.example.gov.vn, registry.example.gov.vn:5000/govcloud",
    ),
    "the endpoint is none of the addresses": _Refusal(
        "điểm truy cập không thuộc các địa chỉ đã nêu",
        Text("add the endpoint's address to them", "thêm địa chỉ của điểm truy cập vào đó"),
    ),
    "nothing is written here": _Refusal(
        "chưa được điền", Text("ask whoever knows, and write it", "hỏi người biết rõ rồi điền vào")
    ),
    "no such moment": _Refusal(
        "không có thời điểm này",
        Text("write a moment of the universal time that exists", "ghi thời điểm UTC có thật"),
    ),
    "the entry stands twice": _Refusal("mục này bị lặp lại", Text("keep one of them", "chỉ giữ lại một")),
    "the last day is before the first": _Refusal(
        "ngày cuối trước ngày đầu",
        Text("write a last day that is not before the first", "viết ngày cuối không trước ngày đầu"),
    ),
    "a rule names no tier or approver": _Refusal(
        "một quy tắc nêu mức hoặc người duyệt không có",
        Text("declare it, or name one that is declared", "khai báo nó, hoặc nêu tên đã khai báo"),
    ),
}


def _refused(code: str, dotted: Text, reason: str, place: Place, value: str, allowed: str | None) -> Problem:
    """Return the problem of a value that a model of ours refuses (codes of its own)."""
    refusal = _REFUSALS[reason]
    allowed = refusal.allowed or allowed
    if refusal.fix is _AMOUNT and (near := meant(value)) is not None:
        fix = Text(f"did you mean {near}?", f"có phải ý bạn là {near}?")
    else:
        fix = Text(refusal.fix.en.format(allowed=allowed), refusal.fix.vi.format(allowed=allowed))
    return Problem(code, Text(f"{dotted.en}: {reason}", f"{dotted.vi}: {refusal.vi}"), fix, place, value, allowed)


def _known_fields(model: type[BaseModel], path: Path) -> list[str]:
    """Return the names of the fields that the part at `path` may have."""
    current: Any = model
    for step in path:
        current = _inner(current, step)
        if current is None:
            return []
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [info.alias or name for name, info in current.model_fields.items()]


def _inner(annotation: Any, step: str | int) -> Any:
    """Return the type of the part `step` of a type; None where it has no fields of ours."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if step in (info.alias, name):
                return _model_in(info.annotation, item=False)
        return None
    return _model_in(annotation, item=True)


def _model_in(annotation: Any, *, item: bool) -> Any:
    """Return the model named in an annotation, or the annotation itself where a further step leads into it."""
    arguments = getattr(annotation, "__args__", ())
    if not arguments:
        return annotation
    if not item:
        models = [a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel)]
        holds_items = getattr(annotation, "__origin__", None) in (tuple, dict)
        return annotation if holds_items or not models else models[0]
    return arguments[1] if getattr(annotation, "__origin__", None) is dict else arguments[0]
