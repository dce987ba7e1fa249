"""The committed JSON Schemas are those of the models, and every declaration names the one of its kind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
import yaml

from govcloud.cli import schema
from govcloud.country.law_folder import LAW_PARTS
from govcloud.country.reference import pages, untranslated
from govcloud.country.schema import schemas

ROOT = Path(__file__).parents[3]
LINE = "# yaml-language-server: $schema="
DECLARATIONS = [*(ROOT / "stacks" / "vn").rglob("*.yaml")]
DECLARATIONS += [path for part in LAW_PARTS for path in (ROOT / "policies" / part).rglob("*.yaml")]
NAMING = [p for p in (ROOT / "policies").rglob("*.yaml") if p.read_text(encoding="utf-8").startswith(LINE)]


def test_the_committed_schemas_are_fresh() -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "stacks" / "schema").glob("*.json")}
    assert stored == schemas(), "run `govcloud schema`"


def test_a_schema_speaks_as_files_do() -> None:
    link = json.loads(schemas()["link.json"])
    fields = link["$defs"]["LinkSpec"]["properties"]
    assert {"validFrom", "ends", "listen"} <= set(fields)
    assert "valid_from" not in fields
    assert fields["listen"]["description"].startswith("Port")


def test_the_reference_pages_are_fresh() -> None:
    stored = {name: (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") for name in pages()}
    assert stored == pages(), "run `govcloud schema --reference docs/reference`"


def test_every_field_is_explained_in_both_languages() -> None:
    assert untranslated() == [], "write it in the model's docstring, and in country/descriptions.vi.toml"


def test_a_page_says_what_a_field_may_hold() -> None:
    english, vietnamese = pages()["declarations.md"], pages()["declarations.vi.md"]
    assert "| `ports` | list of whole number 1–65535, ≥ 1 | required | TCP ports. |" in english
    assert "| `ports` | danh sách số nguyên 1–65535, ≥ 1 | bắt buộc | Các cổng TCP. |" in vietnamese
    assert "| `cpu` | amount (`250m`, `4Gi`, `12`) | `0` |" in english
    for page in (english, vietnamese):
        links = set(re.findall(r"\(#([a-z]+)\)", page))
        assert links <= {heading.lower() for heading in re.findall(r"^#+ (\w+)$", page, re.MULTILINE)}


@pytest.mark.parametrize("path", sorted({*DECLARATIONS, *NAMING}), ids=lambda p: p.stem)
def test_a_declaration_names_the_schema_of_its_kind(path: Path) -> None:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    assert first.startswith(LINE)
    schema = path.parent / first.removeprefix(LINE)
    title = json.loads(schema.read_text(encoding="utf-8"))["properties"]["kind"]["const"]
    assert title == yaml.safe_load(rest)["kind"]


def test_what_is_stale_is_made_anew_by_the_command_that_is_advised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    for reference, advised in (
        (None, "govcloud schema own"),
        (Path("a page"), "govcloud schema own --reference 'a page'"),
    ):
        with pytest.raises(typer.Exit):
            schema.schema(Path("own"), reference, check=True)
        assert {line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()} == {
            f"đã cũ; chạy `{advised}`"
        }
        schema.schema(Path("own"), reference, check=False)
        capsys.readouterr()
        schema.schema(Path("own"), reference, check=True)
