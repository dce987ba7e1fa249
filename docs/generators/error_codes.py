"""docs/reference/error-codes: every code with what it says and what to do, read off the places that report it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml
from emitted import Said, emitted, written_codes
from page import cell, head, table, text
from shapes import BLANK
from sources import ROOT, project

from govcloud.country import fields
from govcloud_base.errors import Language, Text

__all__ = ["pages", "unexplained"]

_TITLE = Text("Error codes", "Mã lỗi")
_INTRODUCTION = (
    Text(
        "Every problem is told with its code, the place where it is, what was wrong, the value found, what is allowed, "
        f"and the fix. Here is what each code says and what to do about it; {BLANK} stands for what is filled in. "
        "Codes "
        "are stable for ever: documentation, waivers and searches name them. Several lines in one cell are "
        "alternatives.",
        "Mỗi vấn đề được báo kèm mã, vị trí, điều sai, giá trị gặp phải, giá trị cho phép và cách sửa. Trang này nêu "
        "mỗi "
        f"mã nói gì và cần làm gì; {BLANK} là chỗ được điền khi báo. Mã không bao giờ thay đổi: tài liệu, miễn trừ "
        "và tìm "
        "kiếm đều dùng mã. Nhiều dòng trong một ô là các trường hợp khác nhau.",
    ),
)
_COLUMNS = {
    Language.EN: ("Code", "What it says", "What to do"),
    Language.VI: ("Mã", "Nội dung báo", "Cách xử lý"),
}


def pages() -> dict[str, str]:
    """Return the page in both languages by file name. Raises ValueError where an area or code is not explained."""
    if missing := unexplained():
        raise ValueError("\n".join(missing))
    return {
        "reference/error-codes.md": text(_page(Language.EN)),
        "reference/error-codes.vi.md": text(_page(Language.VI)),
    }


def unexplained() -> list[str]:
    """Return what is missing in error_codes.toml, or stands there in vain."""
    areas, by_hand = _written()
    found = _codes()
    used = {_area(code) for code in found}
    lines = [f"[areas.{area}]: no such area is reported" for area in areas if area not in used]
    lines += [f"[areas.{area}]: say what it is about" for area in sorted(used) if area not in areas]
    lines += [f"[codes.{code}]: nothing reports this code" for code in by_hand if code not in found]
    for code, said in found.items():
        blank = [f for f in ("message", "fix") for one in said if not re.search(r"\w", getattr(one, f).vi)]
        lines += [f"[codes.{code}]: write {field}, which the sources do not show" for field in dict.fromkeys(blank)]
    return lines


@cache
def _written() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, list[list[str]]]]]:
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return written["areas"], written["codes"]


@cache
def _codes() -> dict[str, list[Said]]:
    """Return what every code says, by code: from the sources, the models' refusals, the review policy and by hand."""
    _, by_hand = _written()
    found = {code: list(_refused(said)) for code, said in emitted(project()).items()}
    for code, said in _weakenings(found["GC-WEAK-006"][0].fix).items():
        found.setdefault(code, []).extend(said)
    for code, written in by_hand.items():
        said = found.get(code, [])
        messages = [Text(*pair) for pair in written.get("message", [])] or [one.message for one in said]
        fixes = [Text(*pair) for pair in written.get("fix", [])] or [one.fix for one in said]
        found[code] = [Said(message, fix, "") for message in messages for fix in fixes]
    for code in written_codes(project()):
        found.setdefault(code, [])
    return {code: [_plain(one) for one in found[code]] for code in sorted(found)}


def _refused(said: Iterable[Said]) -> Iterator[Said]:
    """Yield what is said; a model's own refusal, written there in English, in the words with which it is reported."""
    for one in said:
        refusal = fields._REFUSALS.get(one.message.en) if one.fix.en == BLANK else None
        if refusal is None:
            yield one
        else:
            fix = Text(*(sentence.format(allowed=BLANK) for sentence in (refusal.fix.en, refusal.fix.vi)))
            yield Said(Text(f"{BLANK}: {one.message.en}", f"{BLANK}: {refusal.vi}"), fix, one.room)


def _weakenings(advice: Text) -> dict[str, list[Said]]:
    """Return what the review policies report as a weakening, by code, all with the same advice."""
    found: dict[str, list[Said]] = {}
    for file in sorted((ROOT / "policies" / "review").glob("*.yaml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]["changes"]:
            if code := rule.get("weakening"):
                reason = Text(rule["reason"]["en"], rule["reason"]["vi"])
                found.setdefault(code, []).append(Said(reason, advice, "policies.review"))
    return found


def _plain(said: Said) -> Said:
    """Return the sentences with one blank for several in a row, on one line."""
    message, fix = (Text(_joined(text.en), _joined(text.vi)) for text in (said.message, said.fix))
    return Said(message, fix, said.room)


def _joined(sentence: str) -> str:
    return re.sub(rf"{BLANK}(?:\s*{BLANK}|\.\.\.)+", BLANK, " ".join(sentence.split()))


def _area(code: str) -> str:
    return code.split("-")[1]


def _page(language: Language) -> Iterator[str]:
    areas, _ = _written()
    yield from head(_TITLE, "error-codes", language, *_INTRODUCTION)
    for area in dict.fromkeys(map(_area, _codes())):
        yield from (f"## GC-{area}", "", areas[area][language.value], "")
        rows = [row for code, said in _codes().items() if _area(code) == area for row in _rows(code, said, language)]
        yield from table(_COLUMNS[language], rows)


def _rows(code: str, said: list[Said], language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield a row for all that is advised alike; a code's first row holds its anchor."""
    advice: dict[Text, dict[Text, None]] = {}
    for one in said:
        advice.setdefault(one.message, {})[one.fix] = None
    alike: dict[tuple[Text, ...], list[Text]] = {}
    for message, fixes in advice.items():
        alike.setdefault(tuple(fixes), []).append(message)
    for number, (wanted, messages) in enumerate(alike.items()):
        anchor = f'<a id="{code.lower()}"></a>' if number == 0 else ""
        said_, done = (cell(*(t.in_language(language) for t in texts)) for texts in (messages, wanted))
        yield f"{anchor}`{code}`", said_, done
