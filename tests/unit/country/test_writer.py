"""What is written as a declaration's file is read back as exactly that, and looks as people write it."""

from __future__ import annotations

import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud.country.characters import unprintable
from govcloud.country.reader import read_bytes
from govcloud.country.writer import declaration_text

ROOT = Path(__file__).parents[3]
PLACE = PurePosixPath("tenants/h29/tenant.yaml")

_printable = st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs"), exclude_characters="\u00ad"), max_size=30
).filter(lambda text: unprintable(text) is None)
_scalars = (
    _printable
    | st.sampled_from(["no", "010", "22:22", "1e3", "2026-07-01", "<<", "null", "~", " x ", "# x", "a: b", "%", "@x"])
    | st.integers(-(10**6), 10**6)
    | st.booleans()
    | st.dates(datetime.date(1900, 1, 1), datetime.date(2999, 1, 1))
    | st.decimals(0, 1000, places=3)
)
_keys = st.from_regex(r"[a-z][A-Za-z0-9-]{0,9}", fullmatch=True)
_parts = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_keys, inner, min_size=1),
    max_leaves=8,
)


@given(st.dictionaries(_keys, _parts, max_size=5))
def test_reading_gives_back_what_was_written(spec: dict[str, Any]) -> None:
    text = declaration_text("Tenant", "h29", spec, PLACE, ["một ghi chú\ntwo lines"])
    value = read_bytes(text.encode(), "x").value
    assert value["spec"] == _tuples(spec)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    if isinstance(value, list):
        return tuple(_tuples(v) for v in value)
    return value


def test_a_file_opens_with_its_schema_and_keeps_small_parts_on_one_line() -> None:
    spec = {
        "agency": "H29",
        "title": {"vi": "Thành phố Hồ Chí Minh", "en": None},
        "buckets": {},
        "environments": {"prod": {"quota": {"cpu": "200m"}, "flows": [{"from": "edge", "ports": [443]}]}},
    }
    assert declaration_text("Tenant", "h29", spec, PLACE, ["Why"]) == (
        "# yaml-language-server: $schema=../../../schema/tenant.json\n"
        "# Why\n"
        "apiVersion: govcloud/v1\n"
        "kind: Tenant\n"
        "metadata:\n"
        "  name: h29\n"
        "spec:\n"
        "  agency: H29\n"
        "  title: {vi: Thành phố Hồ Chí Minh}\n"
        "  environments:\n"
        "    prod:\n"
        "      quota: {cpu: 200m}\n"
        "      flows:\n"
        "        - {from: edge, ports: [443]}\n"
    )


@pytest.mark.parametrize("file", sorted((ROOT / "stacks/vn/links").glob("*.yaml")), ids=lambda f: f.stem)
def test_the_reference_files_are_in_the_form_that_is_written(file: Path) -> None:
    value = read_bytes(file.read_bytes(), file.name).value
    path = file.relative_to(ROOT / "stacks" / "vn")
    written = declaration_text(value["kind"], value["metadata"]["name"], value["spec"], PurePosixPath(path))
    assert written == file.read_text()
