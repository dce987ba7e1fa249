"""The reference pages of every kind, in English and Vietnamese, from the models that read the files."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import LAW_KINDS
from govcloud_base.errors import Language

__all__ = ["pages", "untranslated"]

Schema = Mapping[str, Any]
_ENVELOPE = ("apiVersion", "kind", "metadata")
_COMMON = ("Metadata", "Title", "Quota")
"""Parts that many kinds have; described once."""

_WORDS = {
    Language.EN: {
        "title": "Declarations",
        "other": "[Tiếng Việt](declarations.vi.md)",
        "intro": "Every file of a country holds one declaration: `apiVersion: govcloud/v1`, `kind`, `metadata` with a\n"
        "`name` that is unique within the kind, and `spec`. Unknown fields, other types and values outside the\n"
        "stated form are refused. The same rules as JSON Schemas lie in `stacks/schema`; editors use them by the\n"
        "first line of each file.",
        "generated": "Generated from the models by `govcloud schema`; do not edit.",
        "kinds": "Kinds of a country's folder",
        "law": "Kinds of the law's folders (`policies/`)",
        "common": "Parts of many kinds",
        "head": "| Field | Value | Default | Meaning |",
        "required": "required",
        "or": "or",
        "list": "list of {}",
        "map": "`name:` {}",
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "`true` or `false`",
        "date": "date `YYYY-MM-DD`",
        "amount": "amount (`250m`, `4Gi`, `12`)",
        "pattern": "text like {}",
        "one of": "one of {}",
    },
    Language.VI: {
        "title": "Các loại khai báo",
        "other": "[English](declarations.md)",
        "intro": "Mỗi tệp của quốc gia chứa một khai báo: `apiVersion: govcloud/v1`, `kind`, `metadata` có `name`\n"
        "duy nhất trong loại, và `spec`. Trường lạ, sai kiểu và giá trị ngoài dạng nêu ra đều bị từ chối. Cùng các\n"
        "quy tắc đó dưới dạng JSON Schema nằm ở `stacks/schema`; trình soạn thảo dùng chúng nhờ dòng đầu của mỗi tệp.",
        "generated": "Sinh từ các mô hình bằng `govcloud schema`; không sửa tay.",
        "kinds": "Các loại trong thư mục quốc gia",
        "law": "Các loại trong thư mục pháp luật (`policies/`)",
        "common": "Các phần dùng ở nhiều loại",
        "head": "| Trường | Giá trị | Mặc định | Ý nghĩa |",
        "required": "bắt buộc",
        "or": "hoặc",
        "list": "danh sách {}",
        "map": "`tên:` {}",
        "string": "văn bản",
        "integer": "số nguyên",
        "number": "số",
        "boolean": "`true` hoặc `false`",
        "date": "ngày `YYYY-MM-DD`",
        "amount": "lượng (`250m`, `4Gi`, `12`)",
        "pattern": "văn bản dạng {}",
        "one of": "một trong {}",
    },
}


def pages() -> dict[str, str]:
    """Return the pages by file name: `declarations.md` and `declarations.vi.md`."""
    return {"declarations.md": _Page(Language.EN).text(), "declarations.vi.md": _Page(Language.VI).text()}


def untranslated() -> list[str]:
    """Return the parts and fields without a description, and the descriptions without their Vietnamese."""
    found: dict[str, None] = {}
    for kind, schema in _schemas().items():
        for name, part in {kind: schema, **schema.get("$defs", {})}.items():
            fields = part.get("properties", {}).items()
            described = {f"{name}.{f}": p.get("description") for f, p in fields if part is not schema}
            for where, sentence in {name: part.get("description"), **described}.items():
                if not sentence:
                    found[f"{where}: no docstring"] = None
                elif _plain(sentence) not in _vietnamese():
                    found[f"{where}: no Vietnamese of: {_plain(sentence)}"] = None
    return list(found)


def _schemas() -> dict[str, Schema]:
    kinds = {**COUNTRY_KINDS, **LAW_KINDS}
    return {kind: model.model_json_schema(by_alias=True) for kind, model in kinds.items()}


@cache
def _vietnamese() -> dict[str, str]:
    text = Path(__file__).with_name("descriptions.vi.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())


class _Page:
    """One language's page."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._words = _WORDS[language]
        self._common: dict[str, Schema] = {}

    def text(self) -> str:
        schemas = _schemas()
        head = (f"# {self._words['title']}", *(self._words[part] for part in ("other", "intro", "generated")))
        lines = [line for part in head for line in (part, "")]
        for heading, kinds in (("kinds", COUNTRY_KINDS), ("law", LAW_KINDS)):
            lines += [f"## {self._words[heading]}", ""]
            for kind in kinds:
                lines += self._kind(kind, schemas[kind])
        lines += [f"## {self._words['common']}", ""]
        for name in _COMMON:
            lines += self._part(name, self._common[name])
        return "\n".join(lines)

    def _kind(self, kind: str, schema: Schema) -> Iterator[str]:
        yield from (f"### {kind}", "", self._meaning(schema), "")
        parts: dict[str, Schema] = schema["$defs"]
        spec = schema["properties"]["spec"]["$ref"].rpartition("/")[2]
        yield from self._table(parts[spec], f"{kind}.spec")
        for name, part in sorted(parts.items()):
            if name in _COMMON:
                self._common[name] = part
            elif name != spec and name not in (schema["properties"]["metadata"].get("$ref", "").rpartition("/")[2],):
                yield from self._part(name, part)

    def _part(self, name: str, part: Schema) -> Iterator[str]:
        yield from (f"#### {name}", "", self._meaning(part), "")
        yield from self._table(part, name)

    def _table(self, part: Schema, name: str) -> Iterator[str]:
        required = part.get("required", ())
        yield from (self._words["head"], "|---|---|---|---|")
        for field, schema in part.get("properties", {}).items():
            default = self._words["required"] if field in required else self._default(schema)
            yield f"| `{field}` | {self._value(schema)} | {default} | {self._meaning(schema)} |"
        yield ""

    def _meaning(self, schema: Schema) -> str:
        sentence = _plain(schema.get("description", ""))
        if self._language is Language.VI:
            sentence = _vietnamese().get(sentence, sentence)
        return sentence.replace("|", "\\|").replace("<", "&lt;")

    def _default(self, schema: Schema) -> str:
        value = schema.get("default")
        return "" if value in (None, {}, []) else f"`{json.dumps(value, ensure_ascii=False)}`"

    def _value(self, schema: Schema) -> str:
        words = self._words
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        if "anyOf" in schema:
            choices = [s for s in schema["anyOf"] if s.get("type") != "null"]
            if {s.get("type") for s in choices} == {"string", "number"}:
                return words["amount"]
            return f" {words['or']} ".join(self._value(s) for s in choices)
        if "enum" in schema:
            return words["one of"].format(", ".join(f"`{value}`" for value in schema["enum"]))
        if "const" in schema:
            return f"`{schema['const']}`"
        kind = schema.get("type")
        if kind == "array":
            items = schema.get("items") or {"type": "string"}
            text = words["list"].format(self._value(items))
            least, most = schema.get("minItems"), schema.get("maxItems")
            if least and least == most:
                return f"{text}: {least}"
            return f"{text}, ≥ {least}" if least else text
        if kind == "object":
            patterns: dict[str, Schema] = schema.get("patternProperties", {})
            inner = schema.get("additionalProperties") or next(iter(patterns.values()), {"type": "string"})
            return str(words["map"].format(self._value(inner)))
        return self._simple(schema, str(kind))

    def _simple(self, schema: Schema, kind: str) -> str:
        if schema.get("format") == "date":
            return self._words["date"]
        if "pattern" in schema:
            pattern = schema["pattern"].replace("|", "\\|")
            return self._words["pattern"].format(f"`{pattern}`")
        text = self._words.get(kind, kind)
        least, most = schema.get("minimum"), schema.get("maximum")
        if least is not None and most is not None:
            return f"{text} {least}–{most}"
        return f"{text} ≥ {least}" if least is not None else text
