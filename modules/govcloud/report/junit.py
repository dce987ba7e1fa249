"""Problems as a JUnit report, which every forge shows: one case a file, failed where it holds an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from govcloud_base.errors import Language, Problem, Severity

__all__ = ["junit"]

# What XML 1.0 cannot hold, however it is escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(problems: Iterable[Problem], files: Iterable[str], language: Language) -> str:
    """Return the report of a run over `files`; a file with problems that is not among them gets its case as well.

    Errors are failures; warnings are told in the case's output and fail nothing.
    """
    by_file: dict[str, list[Problem]] = {file: [] for file in sorted(files)}
    for problem in problems:
        by_file.setdefault(problem.place.file if problem.place else "country", []).append(problem)
    failed = sum(any(p.severity is Severity.ERROR for p in found) for found in by_file.values())
    suites = ElementTree.Element("testsuites", name="govcloud", tests=str(len(by_file)), failures=str(failed))
    suite = ElementTree.SubElement(
        suites, "testsuite", name="govcloud validate", tests=str(len(by_file)), failures=str(failed), errors="0"
    )
    for file, found in by_file.items():
        case = ElementTree.SubElement(suite, "testcase", classname="declarations", name=_text(file), file=_text(file))
        errors = [p for p in found if p.severity is Severity.ERROR]
        if errors:
            failure = ElementTree.SubElement(
                case,
                "failure",
                type=errors[0].code,
                message=_text("; ".join(f"{p.code}: {p.message.in_language(language)}" for p in errors)),
            )
            failure.text = _text("\n".join(p.render(language) for p in errors))
        warnings = [p.render(language) for p in found if p.severity is not Severity.ERROR]
        if warnings:
            ElementTree.SubElement(case, "system-out").text = _text("\n".join(warnings))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def _text(value: str) -> str:
    return _IMPOSSIBLE.sub("�", value)
