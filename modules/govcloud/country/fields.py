"""From a read document to a typed declaration; what does not fit the kind's fields becomes problems with places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from govcloud.country.characters import described, foreign, shown
from govcloud.country.document import Document, Path
from govcloud.country.suggestion import did_you_mean
from govcloud.errors import GovCloudError, Place, Problem, Text
from govcloud.model.declaration import Declaration

__all__ = ["BLANK", "typed"]

BLANK = "?"
"""Stands in a drafted file for what was not known when it was made; no field takes it for a value."""

_D = TypeVar("_D", bound=Declaration)

# What a value should have been, by pydantic's name of the error: in English and Vietnamese, and as written in a file.
_EXPECTED = {
    "string_type": ("text", "văn bản", "text"),
    "int_type": ("a whole number", "số nguyên", "0, 1, 2, ..."),
    "bool_type": ("true or false", "true hoặc false", "true, false"),
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


def typed(model: type[_D], document: Document) -> _D:
    """Return the document as a `model`.

    Raises GovCloudError with every field that does not fit.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        problems = [_problem(model, document, detail) for detail in error.errors(include_url=False)]
    raise GovCloudError(problems)


def _problem(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    dotted = shown(".".join(str(step) for step in path) or "the document")
    if kind == "extra_forbidden":
        known = _known_fields(model, path[:-1])
        english, vietnamese = did_you_mean(str(path[-1]), known)
        return Problem(
            "GC-FIELD-001",
            Text(f"unknown field {dotted!r}", f"trường lạ {dotted!r}"),
            Text(english or "remove the field", vietnamese or "bỏ trường này"),
            document.place(*path, key=True),
            value=shown(path[-1]),
            allowed=", ".join(known),
        )
    if kind == "missing":
        return Problem(
            "GC-FIELD-002",
            Text(f"field {dotted!r} is missing", f"thiếu trường {dotted!r}"),
            Text(f"add {path[-1]}", f"thêm {path[-1]}"),
            document.place(*path[:-1]),
        )
    place, value = document.place(*path, key="[key]" in detail["loc"]), shown(detail["input"])
    if value == BLANK:
        return Problem(
            "GC-FIELD-007",
            Text(f"{dotted} has not been filled in", f"{dotted} chưa được điền"),
            Text("ask whoever knows, and write it", "hỏi người biết rõ rồi điền vào"),
            place,
            value,
        )
    if kind.startswith("GC-"):
        return Problem(
            kind,
            Text(f"{dotted}: {detail['msg']}", f"{dotted}: {_VIETNAMESE.get(detail['msg'], detail['msg'])}"),
            Text("write one of the allowed values", "viết theo dạng được phép"),
            place,
            value,
            str(context.get("allowed", "")) or None,
        )
    if kind == "literal_error":
        allowed = [a.strip("'") for a in str(context["expected"]).replace(" or ", ", ").split(", ")]
        english, vietnamese = did_you_mean(value, allowed)
        return Problem(
            "GC-FIELD-004",
            Text(f"{dotted}: not one of the allowed values", f"{dotted}: không thuộc các giá trị cho phép"),
            Text(english or "choose an allowed value", vietnamese or "chọn một giá trị cho phép"),
            place,
            value,
            ", ".join(allowed),
        )
    if kind in _EXPECTED:
        return _expecting("GC-FIELD-003", dotted, *_EXPECTED[kind], place, _notation(detail["input"]))
    if kind in _LIMITS:
        name, *forms = _LIMITS[kind]
        allowed_form, english, vietnamese = (form.format(context[name]) for form in forms)
        return _expecting("GC-FIELD-005", dotted, english, vietnamese, allowed_form, place, _notation(detail["input"]))
    if kind == "string_pattern_mismatch":
        return _misspelt(dotted, str(detail["input"]), str(context["pattern"]), place)
    limits = ", ".join(f"{name} {limit}" for name, limit in context.items() if name != "error")
    return Problem(
        "GC-FIELD-005",
        Text(f"{dotted}: not in the form of this field", f"{dotted}: không đúng dạng của trường"),
        Text("write it in the allowed form", "viết theo dạng được phép"),
        place,
        value,
        limits or None,
    )


def _expecting(
    code: str, dotted: str, english: str, vietnamese: str, allowed: str, place: Place, value: str
) -> Problem:
    return Problem(
        code,
        Text(f"{dotted}: expects {english}", f"{dotted}: cần {vietnamese}"),
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


def _misspelt(dotted: str, written: str, pattern: str, place: Place) -> Problem:
    """Return the problem of a name that is not in the form of its field, with the nearest one that is."""
    strange = foreign(written)
    righted = strange[1] if strange else written
    near = next((n for n in (righted, righted.lower(), righted.upper()) if n and re.fullmatch(pattern, n)), None)
    fix = Text("write it in the allowed form", "viết theo dạng được phép")
    if near is not None:
        fix = Text(f"did you mean {near!r}?", f"có phải ý bạn là {near!r}?")
    if strange is None:
        message = Text(f"{dotted}: not in the form of this field", f"{dotted}: không đúng dạng của trường")
        return Problem("GC-FIELD-005", message, fix, place, shown(written), f"pattern {pattern}")
    character = described(strange[0])
    message = Text(f"{dotted}: {character} in a name", f"{dotted}: có {character} trong tên")
    return Problem("GC-FIELD-006", message, fix, place, shown(written), f"ASCII, pattern {pattern}")


_VIETNAMESE = {
    "not an amount": "không phải một lượng",
    "unknown unit": "đơn vị không rõ",
    "an amount is not negative": "lượng không được âm",
    "larger than any store can hold": "lớn hơn mọi kho chứa",
    "smaller than anything that is counted": "nhỏ hơn mọi lượng đếm được",
    "more than any cluster has": "nhiều hơn mọi cụm hiện có",
    "a truth value is not an amount": "giá trị đúng/sai không phải một lượng",
    "processors are counted in thousandths": "bộ xử lý được tính theo phần nghìn",
    "bytes are whole": "số byte phải nguyên",
    "prices without a source are provisional": "giá không có nguồn là giá tạm (provisional)",
    "one of two fields": "chỉ một trong hai trường",
    "not the address of a host": "không phải địa chỉ của một máy chủ",
    "not a service's address": "không phải địa chỉ của một dịch vụ",
    "the endpoint is none of the addresses": "điểm truy cập không thuộc các địa chỉ đã nêu",
    "the last day is before the first": "ngày cuối trước ngày đầu",
    "a rule names no tier or approver": "một quy tắc nêu mức hoặc người duyệt không có",
}


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
