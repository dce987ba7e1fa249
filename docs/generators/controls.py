"""docs/reference/controls: which gate enforces which control, read off the gates themselves."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from page import head, table, text
from sources import ROOT

from govcloud.audit.suite import SUITE
from govcloud.country.controls import Bilingual, Control, catalogue
from govcloud.render import admission
from govcloud_base.errors import Language, Text

sys.path.insert(0, str(ROOT / "policies" / "crossguard"))

from pack import RESOURCE_RULES, STACK_RULES

__all__ = ["pages", "untranslated"]

_TITLE = Text("Controls and the gates that enforce them", "Biện pháp kiểm soát và nơi thực thi")
_INTRODUCTION = (
    Text(
        "Each control is written once in `policies/controls/`. The gates read their facts there: **preview** judges a "
        "plan before anything is touched (`policies/crossguard/`), **admission** judges every request to the cluster "
        "(`policies/admission/`), **live** examines the running cloud (`govcloud verify`).",
        "Mỗi biện pháp được viết một lần trong `policies/controls/`. Các cửa chặn đọc dữ kiện ở đó: cửa **xem "
        "trước** xét "
        "kế hoạch trước khi chạm vào bất cứ gì (`policies/crossguard/`), cửa **tiếp nhận** xét mọi yêu cầu gửi tới cụm "
        "(`policies/admission/`), cửa **đang chạy** kiểm tra đám mây thật (`govcloud verify`).",
    ),
)
_WORDS = {
    "control": Text("Control", "Biện pháp"),
    "level": Text("From level", "Từ cấp độ"),
    "preview": Text("Preview", "Xem trước"),
    "admission": Text("Admission", "Tiếp nhận"),
    "live": Text("Live", "Đang chạy"),
    "none": Text("*none*", "*không có*"),
    "source": Text("Source", "Căn cứ"),
    "purpose": Text("Purpose", "Mục đích"),
    "method": Text("Method", "Phương pháp"),
    "verdict": Text("Verdict", "Kết luận"),
}


def pages() -> dict[str, str]:
    """Return the page in both languages by file name. Raises ValueError where a description has no Vietnamese."""
    if missing := untranslated():
        raise ValueError("\n".join(missing))
    return {"reference/controls.md": _Page(Language.EN).text(), "reference/controls.vi.md": _Page(Language.VI).text()}


def untranslated() -> list[str]:
    """Return the descriptions of rules and checks that controls.vi.toml lacks, and those that it holds in vain."""
    rules = [rule for gate in (RESOURCE_RULES, STACK_RULES) for found in gate.values() for rule in found]
    said = {_summary(rule.__doc__) for rule in rules}
    said |= {_summary(sys.modules[check.examine.__module__].__doc__) for check in SUITE}
    return [f"no Vietnamese of: {sentence}" for sentence in sorted(said - _vietnamese().keys())] + [
        f"nothing says: {sentence}" for sentence in sorted(_vietnamese().keys() - said)
    ]


@cache
def _vietnamese() -> Mapping[str, str]:
    return tomllib.loads(Path(__file__).with_name("controls.vi.toml").read_text(encoding="utf-8"))


def _summary(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())


class _Page:
    """One language's page."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def text(self) -> str:
        lines = [*head(_TITLE, "controls", self._language, *_INTRODUCTION), *self._overview()]
        return text([*lines, *(line for control in catalogue() for line in self._control(control))])

    def _say(self, word: str) -> str:
        return _WORDS[word].in_language(self._language)

    def _of(self, both: Bilingual) -> str:
        return both.vi if self._language is Language.VI else both.en

    def _overview(self) -> Iterator[str]:
        none = self._say("none")
        yield from table(
            [self._say(word) for word in ("control", "level", "preview", "admission", "live")],
            (
                (
                    f"[{c.id} {self._of(c.title)}](#{c.id.lower()})",
                    str(c.level),
                    *(str(len(gate(c.id)) or none) for gate in (self._preview, self._admission, self._live)),
                )
                for c in catalogue()
            ),
        )

    def _control(self, control: Control) -> Iterator[str]:
        yield from (f'<a id="{control.id.lower()}"></a>', "", f"## {control.id} {self._of(control.title)}", "")
        references = (f"{name}: {', '.join(items)}" for name, items in sorted(control.references.items()))
        yield f"{self._say('source')}: {'; '.join(control.sources)}. " + "; ".join(references)
        yield ""
        for word, said in (("purpose", control.purpose), ("method", control.method), ("verdict", control.verdict)):
            yield f"- **{self._say(word)}:** {self._of(said)}"
        yield ""
        yield from self._gate("preview", self._preview(control.id))
        yield from self._gate("admission", self._admission(control.id))
        yield from self._gate("live", self._live(control.id))

    def _gate(self, word: str, entries: Iterable[str]) -> Iterator[str]:
        found = list(entries)
        yield f"{self._say(word)}:" if found else f"{self._say(word)}: {self._say('none')}"
        yield ""
        yield from (f"- {entry}" for entry in found)
        if found:
            yield ""

    def _described(self, docstring: str | None) -> str:
        english = _summary(docstring)
        return english if self._language is Language.EN else _vietnamese()[english]

    def _preview(self, control: str) -> list[str]:
        rules = [*RESOURCE_RULES.get(control, ()), *STACK_RULES.get(control, ())]
        return [f"`{rule.__name__}`: {self._described(rule.__doc__)}" for rule in rules]

    def _admission(self, control: str) -> list[str]:
        by_message: dict[str, list[str]] = {}
        for policy in admission.policies():
            for validation in policy["spec"].get("validations", ()):
                if validation["message"].startswith(f"{control}: "):
                    by_message.setdefault(validation["message"], []).append(f"`{policy['metadata']['name']}`")
        said = {message: message.removeprefix(f"{control}: ").split(" / ") for message in by_message}
        index = 0 if self._language is Language.EN else -1
        return [f"{', '.join(names)}: {said[message][index]}" for message, names in by_message.items()]

    def _live(self, control: str) -> list[str]:
        return [
            f"`{check.id}`: {self._described(sys.modules[check.examine.__module__].__doc__)}"
            for check in SUITE
            if control in check.controls
        ]
