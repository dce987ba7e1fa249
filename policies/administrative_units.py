"""Extract the tables of administrative units in policies/administration/ from maintained packages.

    uv run --no-project python policies/administrative_units.py

rewrites units-2021.csv, units-2025.csv and successors-2025.csv. Every package is pinned, and holds one edition of the
General Statistics Office's list; `uv run --with` gives each its own environment, as editions cannot be installed
together. Nothing is typed in: a wrong row is wrong in its source. The few days that no edition holds stand in dates.csv
with their own sources.
"""

from __future__ import annotations

import csv
import datetime
import importlib.util
import json
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "administration"
EDITIONS = {"2021-06-15": "0.4.2", "2023-05-07": "0.5.0", "2025-01-04": "0.6.0", "2025-07-01": "2025.10.1"}
"""Release of the package vietnam-provinces by the day for which its list stands."""
SUCCESSORS = "vietnamadminunits==1.0.4"
"""Which unit became which on 2025-07-01, by names."""
TYPES = {"Tỉnh": "tỉnh", "Quận": "quận", "Huyện": "huyện", "Thị": "thị xã", "Xã": "xã", "Phường": "phường"}

Row = dict[str, str]


def main(words: list[str]) -> None:
    """Rewrite the tables; as `units` or `successors`, print what the package installed here holds."""
    if words == ["units"]:
        json.dump(list(units()), sys.stdout)
    elif words == ["successors"]:
        json.dump(list(successors()), sys.stdout)
    else:
        rewrite()


def units() -> Iterator[Row]:
    """Yield the units of the installed edition: code with leading zeros, parent's code, type, name with its type."""
    for province in _data("vietnam_provinces", "nested-divisions.json"):
        code, name = f"{province['code']:02}", province["name"]
        # The new edition writes "Cao Bằng" where all else writes "Tỉnh Cao Bằng".
        full = name if name.startswith(("Tỉnh ", "Thành phố ")) else f"Tỉnh {name}"
        kind = "tỉnh" if full.startswith("Tỉnh ") else "thành phố trực thuộc trung ương"
        yield {"code": code, "parent": "", "type": kind, "name": full}
        for district in province.get("districts", ()):
            inner = f"{district['code']:03}"
            yield {"code": inner, "parent": code, "type": _type(district["name"]), "name": district["name"]}
            for ward in district["wards"]:
                yield _commune(ward, inner)
        for ward in province.get("wards", ()):
            yield _commune(ward, code)


def _commune(ward: dict[str, Any], parent: str) -> Row:
    return {"code": f"{ward['code']:05}", "parent": parent, "type": _type(ward["name"]), "name": ward["name"]}


def _type(name: str) -> str:
    for kind in ("thị trấn", "thị xã", "thành phố", "đặc khu"):
        if name.lower().startswith(kind + " "):
            return kind
    return TYPES[name.partition(" ")[0]]


def successors() -> Iterator[Row]:
    """Yield what became of what, for communes and provinces: old code, new province and name, whether only a part."""
    folder = _folder("vietnamadminunits")
    table = sqlite3.connect(folder / "data" / "dataset.db")
    query = "SELECT provinceKey, districtKey, wardKey, wardCode, provinceCode FROM admin_units_legacy"
    old: dict[str, str] = {}
    for province, district, ward, code, province_code in table.execute(query):
        old[f"{province}_{district}_{ward or ''}"] = code or ""
        old[province] = province_code
    query = "SELECT provinceKey, wardKey, province, ward FROM admin_units"
    new = {(row[0], row[1]): (row[2], row[3]) for row in table.execute(query)}
    names = {key[0]: name[0] for key, name in new.items()}
    merges = json.loads((folder / "data" / "converter_2025.json").read_text(encoding="utf-8"))
    for province, former in merges["DICT_PROVINCE"].items():
        yield from ({"old": old[key], "province": names[province], "name": "", "part": ""} for key in former)
    for province, wards in merges["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, former in wards.items():
            where = new[province, ward]
            yield from ({"old": old[key], "province": where[0], "name": where[1], "part": ""} for key in former)
    for province, divided in merges["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, targets in divided.items():
            for target in targets:
                where = new[province, target["newWardKey"]]
                yield {"old": old[key], "province": where[0], "name": where[1], "part": "part"}


def rewrite() -> None:
    """Rewrite the tables."""
    editions = {day: _ask("units", f"vietnam-provinces=={release}") for day, release in EDITIONS.items()}
    current = editions.pop(max(editions))
    _write("units-2021.csv", _dated(editions, _rows("dates.csv")))
    _write("units-2025.csv", [{**row, "valid_from": "", "valid_to": ""} for row in current])
    _write("successors-2025.csv", _coded(_ask("successors", SUCCESSORS), current))


def _dated(editions: dict[str, list[Row]], dates: list[Row]) -> list[Row]:
    """Return every unit of any edition with the days on which it is found.

    Between two editions the exact day is unknown; a unit then begins with the edition in which it first stands, and
    lasts until the day before the first one in which it no longer stands. Where dates.csv knows better, that holds.
    """
    days = list(editions)
    listed = {day: {row["code"]: row for row in rows} for day, rows in editions.items()}
    known = {row["code"]: row for row in dates}
    found: dict[str, Row] = {}
    for day in days:
        found.update(listed[day])
    rows = []
    for code, row in found.items():
        present = [day for day in days if code in listed[day]]
        first, last = present[0], present[-1]
        begins = "" if first == days[0] else first
        ends = "" if last == days[-1] else days[days.index(last) + 1]
        exact = known.get(code, {})
        begins = exact.get("valid_from") or begins
        rows.append({**row, "valid_from": begins, "valid_to": exact.get("valid_to") or (_day_before(ends))})
    return [row for row in rows if known.get(row["code"], {}).get("valid_to") != "never"]


def _day_before(day: str) -> str:
    return str(datetime.date.fromisoformat(day) - datetime.timedelta(days=1)) if day else ""


def _coded(found: list[Row], current: list[Row]) -> list[Row]:
    """Return successors by code. The two packages spell some names differently and disagree on some codes: names are
    compared without case and diacritics within their province, and the codes are those of units-2025.csv.
    """
    provinces = {_bare(row["name"]): row["code"] for row in current if not row["parent"]}
    communes = {(row["parent"], _bare(row["name"])): row["code"] for row in current if row["parent"]}
    rows = []
    for row in found:
        province = provinces[_bare(row["province"])]
        new = communes[province, _bare(row["name"])] if row["name"] else province
        if row["old"]:  # a district without communes has no code of its own here
            rows.append({"old": row["old"], "new": new, "part": row["part"]})
    return sorted(rows, key=lambda row: (len(row["old"]), row["old"], row["new"]))


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if c.isascii() and c.isalnum()).lower()


def _ask(question: str, package: str) -> list[Row]:
    command = ["uv", "run", "--quiet", "--no-project", "--with", package, "python", __file__, question]
    answer: list[Row] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def _folder(package: str) -> Path:
    # Importing 0.4.2 needs a package that it does not declare; its data does not.
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _data(package: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((_folder(package) / "data" / name).read_text(encoding="utf-8"))
    return found


def _rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, rows: Iterable[Row]) -> None:
    table = list(rows)
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main(sys.argv[1:])
