"""Which agencies a synthetic country has: central bodies and provinces as they are, what hangs below them by rule."""

from __future__ import annotations

import csv
import itertools
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from govcloud.country.units import Unit, UnitTable
from govcloud.model.identifier import slug

__all__ = ["Body", "bodies", "register"]

_DEPARTMENTS = (
    ("Văn phòng Ủy ban nhân dân", "Office of the People's Committee"),
    ("Sở Nội vụ", "Department of Home Affairs"),
    ("Sở Tài chính", "Department of Finance"),
    ("Sở Tư pháp", "Department of Justice"),
    ("Sở Y tế", "Department of Health"),
    ("Sở Xây dựng", "Department of Construction"),
    ("Sở Công Thương", "Department of Industry and Trade"),
    ("Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    ("Sở Khoa học và Công nghệ", "Department of Science and Technology"),
    ("Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment"),
    ("Sở Văn hóa, Thể thao và Du lịch", "Department of Culture, Sports and Tourism"),
    ("Sở Dân tộc và Tôn giáo", "Department of Ethnic and Religious Affairs"),
    ("Thanh tra", "Inspectorate"),
    ("Ban Quản lý các khu công nghiệp", "Industrial Zones Authority"),
)
"""Bodies below a provincial People's Committee."""
_UNITS = (
    ("Văn phòng", "Office"),
    ("Vụ Tổ chức cán bộ", "Department of Personnel"),
    ("Vụ Pháp chế", "Department of Legal Affairs"),
    ("Vụ Kế hoạch - Tài chính", "Department of Planning and Finance"),
    ("Vụ Hợp tác quốc tế", "Department of International Cooperation"),
    ("Cục Chuyển đổi số", "Authority of Digital Transformation"),
    ("Trung tâm Dữ liệu", "Data Centre"),
    ("Viện Chiến lược và Chính sách", "Institute of Strategy and Policy"),
    ("Trường Đào tạo, bồi dưỡng cán bộ", "Training School"),
    ("Ban Quản lý dự án", "Project Management Board"),
)
"""Units of a ministry."""


@dataclass(frozen=True, slots=True)
class Body:
    """An agency of the synthetic country."""

    code: str
    tier: str
    vi: str
    en: str
    parent: str | None = None
    unit: str | None = None
    """Code of the territory that it governs."""
    valid_from: str = "2025-07-01"
    legacy_code: str | None = None
    provisional: bool = True
    """Whether its code is invented, or otherwise confirmed by no source."""

    @property
    def name(self) -> str:
        """The name of its declarations."""
        return slug(self.code)

    @property
    def top(self) -> str:
        """The code of the body at the top of its tree."""
        return self.code.partition(".")[0]


def register(path: Path) -> tuple[Body, ...]:
    """Return the central and provincial bodies of the register at `path`, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Body(
                code=row["code"],
                tier=row["tier"],
                vi=row["vi"],
                en=row["en"],
                unit=row["unit"] or None,
                valid_from=row["valid_from"],
                legacy_code=row["legacy_code"] or None,
                provisional=bool(row["provisional"]),
            )
            for row in csv.DictReader(file)
        )


def bodies(top: tuple[Body, ...], units: UnitTable, seed: int, count: int | None) -> tuple[Body, ...]:
    """Return the agencies of a country, each after its parent.

    Without `count`: all of `top`, ten units for each ministry, fourteen departments and every commune for each
    province. With it: so many, provinces and ministries first, then from every body below them in turn; beyond the
    country's natural size, local branches of ministries.
    """
    natural = list(itertools.chain(top, _in_turn(top, units, seed)))
    if count is None:
        return tuple(natural)
    return tuple(itertools.islice(itertools.chain(natural, _branches(top, units)), count))


def _in_turn(top: tuple[Body, ...], units: UnitTable, seed: int) -> Iterator[Body]:
    """Yield what hangs below each body, one of each in turn, so that any beginning of it is a mixed country."""
    queues = []
    for body in top:
        below = list(_below(body, units))
        random.Random(f"{seed}/{body.code}").shuffle(below)  # noqa: S311 - a plan, not a secret
        queues.append(below)
    for row in itertools.zip_longest(*queues):
        yield from (body for body in row if body is not None)


def _below(body: Body, units: UnitTable) -> Iterator[Body]:
    if body.tier == "ministry":
        for number, (vi, en) in enumerate(_UNITS, 1):
            yield Body(
                f"{body.code}.{number:02}", "ministry-unit", f"{vi} ({body.vi})", f"{en}, {body.en}", parent=body.code
            )
    elif body.unit is not None:
        for number, (vi, en) in enumerate(_DEPARTMENTS, 1):
            yield Body(
                f"{body.code}.{number:02}", "province-unit", f"{vi} ({body.vi})", f"{en}, {body.en}", parent=body.code
            )
        for unit in units.below(body.unit):
            yield _commune(body, unit)


def _commune(province: Body, unit: Unit) -> Body:
    name = unit.name.removeprefix(unit.name[: len(unit.type)]).strip()
    kind = {"phường": "ward", "đặc khu": "special zone"}.get(unit.type, "commune")
    vi = f"Ủy ban nhân dân {unit.type} {name}"
    return Body(
        f"{province.code}.{unit.code}",
        "commune",
        vi,
        f"People's Committee of {plain(name)} {kind}",
        parent=province.code,
        unit=unit.code,
    )


def _branches(top: tuple[Body, ...], units: UnitTable) -> Iterator[Body]:
    """Yield local branches of ministries without end: one for each province, then a second, and so on."""
    ministries = [body for body in top if body.tier == "ministry"]
    for number in itertools.count(1):
        for unit, ministry in itertools.product(units.below(), ministries):
            yield Body(
                f"{ministry.code}.{unit.code}{number:03}",
                "ministry-unit",
                f"Chi nhánh {number} tại {unit.name} ({ministry.vi})",
                f"Branch {number} in {plain(unit.name)}, {ministry.en}",
                parent=ministry.code,
            )


def plain(name: str) -> str:
    """Return a name without diacritics, as English texts write it."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
