"""The form for an agency: a body of the State, before it can ask for anything."""

from __future__ import annotations

from pathlib import PurePosixPath

from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation
from govcloud.model.agency import Agency
from govcloud.model.identifier import slug
from govcloud_base.errors import Text

__all__ = ["FORM", "agencies"]


def agencies(situation: Situation) -> dict[str, str]:
    """Return the agencies of the date by code, with their titles."""
    existing = (a for a in situation.country.agencies.values() if a.spec.holds(situation.date))
    return {a.code: a.spec.title.vi for a in existing}


def _tiers(situation: Situation) -> dict[str, str]:
    return {name: tier.title.vi for name, tier in situation.country.law.tiers(situation.date).items()}


def _parent(situation: Situation) -> str | None:
    """Propose the body whose code the agency's code continues: `H41` for `H41.101`."""
    above = str(situation["code"] or "").rpartition(".")[0]
    return above if above in situation.country.agencies_by_code else None


def _territories(situation: Situation) -> dict[str, str]:
    """Return the units that a body of the chosen tier may govern, below the territory of the body above it."""
    law = situation.country.law
    tier, units = law.tiers(situation.date).get(situation["tier"] or ""), law.units(situation.date)
    if tier is None or tier.governs is None or units is None:
        return {}
    above = situation.country.agencies_by_code.get(situation["parent"] or "")
    within = above.spec.administrative_unit if above else None
    found = units.below(within) if within else units.all()
    return {u.code: u.name for u in found if u.level == tier.governs and u.holds(situation.date)}


FORM = Form(
    kind="Agency",
    model=Agency,
    title=Text("Declare an agency", "Khai báo cơ quan"),
    questions=(
        Question("code", Text("electronic identifier", "mã định danh điện tử"), ("code",)),
        Question("title-vi", Text("name, in Vietnamese", "tên, bằng tiếng Việt"), ("title", "vi")),
        Question("title-en", Text("name, in English", "tên, bằng tiếng Anh"), ("title", "en"), optional=True),
        Question("tier", Text("tier", "cấp"), ("tier",), known=_tiers),
        Question(
            "parent",
            Text("code of the body above", "mã cơ quan cấp trên"),
            ("parent",),
            propose=_parent,
            known=agencies,
            optional=True,
        ),
        Question(
            "administrative-unit",
            Text("code of the territory that it governs", "mã đơn vị hành chính"),
            ("administrativeUnit",),
            known=_territories,
            optional=True,
        ),
        Question(
            "contact",
            Text("address for incidents", "địa chỉ thư báo sự cố"),
            ("contacts",),
            optional=True,
            kind=list[str],
        ),
        Question("valid-from", Text("first day", "ngày bắt đầu"), ("validFrom",), propose=lambda s: s.date),
        Question(
            "published",
            Text("does a published source confirm the code", "mã đã có nguồn công bố xác nhận chưa"),
            propose=lambda _: False,
            kind=bool,
        ),
    ),
    name=lambda s: slug(s["code"]),
    path=lambda s: PurePosixPath("agencies") / f"{slug(s['code'])}.yaml",
    complete=lambda s, spec: {
        **spec,
        "path": f"tenants/{slug(s['code'])}",
        **({} if s["published"] else {"provisional": True}),
    },
    comments=lambda s: () if s["published"] else ("No published source confirms this code.",),
)
