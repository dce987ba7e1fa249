"""JSON Schemas of every kind, for editors that check and complete declarations while they are written."""

from __future__ import annotations

import json
import re
from typing import Any

from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import LAW_KINDS

__all__ = ["schema_file", "schemas"]

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def schema_file(kind: str) -> str:
    """Return the name of the file that holds a kind's schema: `LevelTable` → `level-table.json`."""
    return f"{_WORD.sub('-', kind).lower()}.json"


def schemas() -> dict[str, str]:
    """Return the schema of each kind as text, by file name."""
    return {
        schema_file(kind): _text(model.model_json_schema(by_alias=True))
        for kind, model in sorted({**COUNTRY_KINDS, **LAW_KINDS}.items())
    }


def _text(schema: dict[str, Any]) -> str:
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**draft, **schema}, ensure_ascii=False, indent=2) + "\n"
