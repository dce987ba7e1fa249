"""Findings as other programs read them: SARIF of the required structure, JUnit that any reader parses."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from govcloud.report.junit import junit
from govcloud.report.sarif import sarif
from govcloud_base.errors import Language, Place, Problem, Severity, Text

HOSTILE = "\x1b[31m]]><&\"'\u202e\ud800 vi phạm"
PROBLEMS = (
    Problem("GC-A-001", Text("wrong", "sai"), Text("mend", "sửa"), Place("tenants/a b/t.yaml", 3, 7), "x", "y"),
    Problem("GC-A-001", Text("again", "nữa"), Text("mend", "sửa"), Place("tenants/a b/t.yaml", 9)),
    Problem("GC-B-002", Text("odd", "lạ"), Text("look", "xem"), Place("x.yaml"), severity=Severity.WARNING),
    Problem("GC-C-003", Text(HOSTILE, HOSTILE), Text("look", "xem"), None, HOSTILE),
)
# What SARIF 2.1.0 (OASIS) demands of the parts that are used: sections 3.13 to 3.30.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
POSITIVE = {"type": "integer", "minimum": 1}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"required": ["id"], "properties": {"shortDescription": TEXT}},
                                    }
                                },
                            }
                        },
                    },
                    "language": {"type": "string", "pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object"},
                    "properties": {"type": "object"},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": TEXT,
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "properties": {"type": "object"},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "properties": {"uri": {"pattern": r"^[^\s\\]+$"}}
                                                    },
                                                    "region": {
                                                        "additionalProperties": False,
                                                        "properties": {"startLine": POSITIVE, "startColumn": POSITIVE},
                                                    },
                                                },
                                            }
                                        }
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("problems", [(), PROBLEMS])
def test_sarif_has_the_required_structure(problems: tuple[Problem, ...], language: Language) -> None:
    document = json.loads(json.dumps(sarif(problems, language)))
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)) == []


def test_sarif_points_at_rule_file_and_line() -> None:
    (run,) = sarif(PROBLEMS, Language.EN)["runs"]
    first, second, third, fourth = run["results"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["GC-A-001", "GC-B-002", "GC-C-003"]
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [p.code for p in PROBLEMS]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "tenants/a%20b/t.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 7}
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 9}
    assert "region" not in third["locations"][0]["physicalLocation"]
    assert third["level"] == "warning"
    assert "locations" not in fourth
    assert first["message"]["text"] == "wrong. mend"
    assert sarif(PROBLEMS, Language.VI)["runs"][0]["results"][0]["message"]["text"] == "sai. sửa"


def test_junit_fails_files_with_errors_and_only_those() -> None:
    text = junit(PROBLEMS, ["clean.yaml", "x.yaml"], Language.VI)
    suites = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert (suites.get("tests"), suites.get("failures")) == ("4", "2")
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    assert list(cases["clean.yaml"]) == []
    assert [child.tag for child in cases["x.yaml"]] == ["system-out"]
    failure = cases["tenants/a b/t.yaml"].find("failure")
    assert failure is not None
    assert failure.get("message") == "GC-A-001: sai; GC-A-001: nữa"
    assert "cách sửa: sửa" in (failure.text or "")


def test_junit_survives_what_xml_cannot_hold() -> None:
    suites = ElementTree.fromstring(junit(PROBLEMS, [], Language.EN))  # noqa: S314 - our own
    failure = next(c for c in suites.iter("testcase") if c.get("name") == "country").find("failure")
    assert failure is not None
    assert "]]><&\"'" in (failure.text or "")
    assert "\x1b" not in (failure.text or "")


def test_a_message_holds_no_link() -> None:
    text = "see [the form](https://example.org)"
    log = sarif([Problem("GC-A-001", Text(text, text), Text("mend", "sửa"))], Language.EN)
    assert "](" not in log["runs"][0]["results"][0]["message"]["text"]


def test_a_terminal_gets_nothing_to_act_on() -> None:
    problem = Problem("GC-A-001", Text(HOSTILE, HOSTILE), Text(HOSTILE, HOSTILE), Place(HOSTILE), HOSTILE, HOSTILE)
    for language in Language:
        shown = problem.render(language)
        assert shown.replace("\n", "").isprintable()
        assert "\\x1b[31m" in shown
        assert len(shown.splitlines()) == 4
        shown.encode()
