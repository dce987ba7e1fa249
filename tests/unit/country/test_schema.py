"""The committed JSON Schemas are those of the models, and every declaration names the one of its kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from govcloud.country.schema import schemas

ROOT = Path(__file__).parents[3]
DECLARATIONS = [*(ROOT / "stacks" / "vn").rglob("*.yaml"), *(ROOT / "policies" / "regimes").glob("*.yaml")]
DECLARATIONS += (ROOT / "policies" / "levels").glob("*.yaml")


def test_the_committed_schemas_are_fresh() -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "stacks" / "schema").glob("*.json")}
    assert stored == schemas(), "run `govcloud schema`"


def test_a_schema_speaks_as_files_do() -> None:
    link = json.loads(schemas()["link.json"])
    fields = link["$defs"]["LinkSpec"]["properties"]
    assert {"validFrom", "ends", "listen"} <= set(fields)
    assert "valid_from" not in fields
    assert fields["listen"]["description"].startswith("Port")


@pytest.mark.parametrize("path", DECLARATIONS, ids=lambda p: p.stem)
def test_a_declaration_names_the_schema_of_its_kind(path: Path) -> None:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    title = json.loads(schema.read_text(encoding="utf-8"))["properties"]["kind"]["const"]
    assert title == yaml.safe_load(rest)["kind"]
