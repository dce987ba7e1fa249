"""What must hold of any bytes that somebody calls a declaration; shared by the unit tests and the fuzzer."""

from __future__ import annotations

from pathlib import Path

from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import LAW_KINDS
from govcloud.country.readings import Readings
from govcloud_base.errors import GovCloudError, Language

__all__ = ["SEEDS", "TOKENS", "read_or_refuse"]

ROOT = Path(__file__).parents[2]
SEEDS = sorted((ROOT / "stacks" / "vn").rglob("*.yaml"))
TOKENS = (
    "&a ", "*a", "!!str ", "!x ", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "? ", "- ", "[", "]", "{", "}", ": ", "| ",
    ">\n", "'", '"', '"\\u200b"', '"\\e"', "no", "010", "22:22", ".inf", "2026-02-30", "1e400", "\u200b",
    "\u202e", "\u0430", "\ufeff", "\x00", "\x85", "\r", "\t", "\ud7ff", "\U000e0041", "null", "~", "true", "-1",
    "9" * 40, "a" * 200,
)  # fmt: skip


def read_or_refuse(data: bytes) -> bool:
    """Return whether the bytes are a declaration. Where they are not, the problems say what, where and how to mend it.

    Raises AssertionError, or whatever the reader lets through, where that does not hold.
    """
    try:
        document, declaration = Readings().declared(data, "f.yaml", {**COUNTRY_KINDS, **LAW_KINDS})
    except GovCloudError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.code.startswith("GC-")
            assert problem.place is not None and problem.place.file == "f.yaml"
            assert problem.fix.en and problem.fix.vi and problem.message.en and problem.message.vi
        for language in Language:
            text = error.render(language)
            assert all(c.isprintable() or c == "\n" for c in text), ascii(text)
            text.encode("utf-8")
        return False
    assert declaration.kind == document.value["kind"]
    assert document.place("spec", "nothing").line > 0
    return True
