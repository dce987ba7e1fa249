"""docs/reference/object-stores: what real servers were seen to do, read off the tables that probes of them wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from page import cell, head, table, text

from govcloud.country import Readings
from govcloud.model.store_table import StoreTable
from govcloud.rules.capability import STORES, Capability, catalogue
from govcloud_base.errors import Language, Text

__all__ = ["pages"]

_TITLE = Text("What object stores do", "Kho đối tượng làm được gì")
_INTRODUCTION = (
    Text(
        "`govcloud storage probe` finds out by effect what a store can do ([how](../how-to/probe-a-store.md)). These "
        "tables are of real servers, each probed as tests run it. A store of the same make may do otherwise by its "
        "version and settings: what counts is the table of your own. "
        "`moto` is a make-believe of Amazon's, and no word on Amazon's own. "
        "They are recorded anew by `uv run python tests/support/recorded_stores.py FOLDER`.",
        "`govcloud storage probe` dò bằng tác dụng thật xem kho làm được gì ([cách làm](../how-to/probe-a-store.vi.md))"
        ". Các bảng này là của máy chủ thật, dò đúng như khi chạy kiểm thử. Kho cùng loại có thể khác tùy phiên bản và "
        "thiết lập: chỉ bảng của chính bạn mới có giá trị. "
        "`moto` chỉ giả lập Amazon, không nói lên điều gì về Amazon thật. "
        "Ghi lại các bảng bằng `uv run python tests/support/recorded_stores.py FOLDER`.",
    ),
)
_WORDS = {
    "works": Text("yes", "có"),
    "does-not": Text("**no**", "**không**"),
    "untried": Text("not tried", "chưa thử được"),
    "capability": Text("Capability", "Năng lực"),
    "needed": Text("Needed by", "Bên cần"),
    "nobody": Text("nobody", "không bắt buộc"),
    "why": Text("Why not, and what was answered", "Vì sao không, và đã trả lời gì"),
    "seen": Text("Probed", "Đã dò"),
    "lacks": Text("It does all.", "Kho làm được tất cả."),
}
_WHEN = {
    "always": Text("all", "mọi tenant"),
    "buckets": Text("all buckets", "mọi kho"),
    "unsealed": Text("buckets on disks that nobody attests", "kho trên đĩa chưa được chứng nhận mã hóa"),
    "versioned": Text("versioned buckets", "kho giữ phiên bản"),
    "kept": Text("buckets with `keepDays`", "kho có `keepDays`"),
    "ended": Text("buckets with `versionsDays`", "kho có `versionsDays`"),
    "counted": Text("buckets with `objects`", "kho có `objects`"),
    "shared": Text("shared buckets", "kho chia sẻ"),
    "open": Text("open buckets", "kho dữ liệu mở"),
}
_MOST = 4
"""Exchanges that are shown of one trial: those at which it was decided."""


def pages() -> dict[str, str]:
    """Return the page in both languages by file name."""
    names = {Language.EN: "reference/object-stores.md", Language.VI: "reference/object-stores.vi.md"}
    return {name: text(_page(language)) for language, name in names.items()}


@cache
def _tables() -> Mapping[str, StoreTable]:
    found = {}
    for file in sorted((Path(__file__).parent / "probed_stores").glob("*.json")):
        _, declared = Readings().declared(file.read_bytes(), file.name, {"StoreTable": StoreTable})
        assert isinstance(declared, StoreTable)
        found[file.stem] = declared
    return found


def _page(language: Language) -> Iterator[str]:
    def say(word: str) -> str:
        return _WORDS[word].in_language(language)

    yield from head(_TITLE, "object-stores", language, *_INTRODUCTION)
    columns = [say("capability"), *_tables(), say("needed")]
    yield from table(columns, [_row(name, one, language) for name, one in catalogue(name=STORES).items()])
    for server, found in _tables().items():
        spec = found.spec
        yield from (f"## {server}", "")
        yield from (f"{say('seen')}: {spec.at}; `{spec.dialect}`; {spec.server or '-'}", "")
        rows = []
        for name, tried in spec.capabilities.items():
            if tried.verdict != "works":
                why = tried.reason.vi if language is Language.VI else tried.reason.en  # type: ignore[union-attr]  # told
                last = [f"`{one.sent}`: `{one.got}`" for one in tried.evidence[-_MOST:]]
                rows.append((f"`{name}`", cell(f"{say(tried.verdict)}: {why}", *last)))
        yield from table((say("capability"), say("why")), rows) if rows else (say("lacks"), "")


def _row(name: str, capability: Capability, language: Language) -> tuple[str, ...]:
    title = capability.title.vi if language is Language.VI else capability.title.en
    verdicts = []
    for found in _tables().values():
        tried = found.spec.capabilities.get(name)
        verdicts.append(_WORDS[tried.verdict if tried else "untried"].in_language(language))
    needed = _WHEN[capability.when].in_language(language)
    level = Text(f"level {capability.level}+: ", f"cấp độ {capability.level}+: ").in_language(language)
    whom = f"{level}{needed}" if capability.needed else _WORDS["nobody"].in_language(language)
    return cell(f"{title} (`{name}`)"), *verdicts, whom
