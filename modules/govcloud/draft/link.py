"""The form for a link: who may talk to whom, by a way that the connection table allows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from govcloud.country.country import Country
from govcloud.draft.agency import agencies
from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation, choices
from govcloud.errors import Text
from govcloud.model.connection import ConnectionRow
from govcloud.model.identifier import slug
from govcloud.model.link import Link, LinkSpec
from govcloud.rules.links import same_body

__all__ = ["FORM"]

_PORTS = range(9000, 10000)


def _ends(situation: Situation) -> list[str]:
    return [code for code in (situation["from"], situation["to"]) if code]


def _rows(situation: Situation) -> list[ConnectionRow]:
    """Return the rows of the connection table that speak about such a link."""
    country = situation.country
    ends = [country.agencies_by_code[code] for code in _ends(situation) if code in country.agencies_by_code]
    if len(ends) != 2:
        return []
    same = same_body(country, *ends)
    tiers = (ends[0].spec.tier, ends[1].spec.tier)
    rows = country.law.connections(situation.date)
    return [r for r in rows if situation["kind"] and r.covers(tiers, same_body=same, kind=situation["kind"])]


def _via(situation: Situation) -> str | None:
    """Propose the first way that the connection table allows between such bodies."""
    return next((via for row in _rows(situation) for via in row.via), None)


def _platforms(situation: Situation) -> dict[str, str]:
    return {p.name: p.spec.title.vi for p in situation.country.platforms.values()}


def _platform(situation: Situation) -> str | None:
    """Propose a platform of the chosen kind that belongs to an end or to a body above one."""
    country: Country = situation.country
    ends = [country.agencies_by_code[code] for code in _ends(situation) if code in country.agencies_by_code]
    bodies = {a.code for end in ends for a in (end, *country.ancestors(end))}
    fitting = (p for p in country.platforms.values() if p.spec.kind == situation["via"])
    return next((p.name for p in fitting if p.spec.owner in bodies), None)


def _listen(situation: Situation) -> int | None:
    """Propose the lowest port that no link uses at either end."""
    links = situation.country.links_by_agency
    taken = {link.spec.listen for end in _ends(situation) for link in links.get(end, ())}
    return next((port for port in _PORTS if port not in taken), None)


def _complete(situation: Situation, spec: dict[str, Any]) -> dict[str, Any]:
    spec["ends"] = _ends(situation)
    spec["approvals"] = [
        {"agency": situation[end], "reference": situation[f"approval-{end}"], "date": situation[f"approved-{end}"]}
        for end in ("from", "to")
    ]
    return spec


def _approval(end: str, english: str, vietnamese: str) -> tuple[Question, Question]:
    return (
        Question(
            f"approval-{end}",
            Text(f"document with the consent of the {english} end", f"số văn bản đồng ý của đầu {vietnamese}"),
        ),
        Question(
            f"approved-{end}",
            Text(f"its date ({english} end)", f"ngày văn bản (đầu {vietnamese})"),
            propose=lambda s: s.date,
        ),
    )


FORM = Form(
    kind="Link",
    model=Link,
    title=Text("Link two agencies", "Liên kết hai cơ quan"),
    questions=(
        Question("from", Text("code of the first agency", "mã cơ quan thứ nhất"), known=agencies),
        Question("to", Text("code of the second agency", "mã cơ quan thứ hai"), known=agencies),
        Question("purpose-vi", Text("purpose, in Vietnamese", "mục đích, bằng tiếng Việt"), ("purpose", "vi")),
        Question(
            "purpose-en", Text("purpose, in English", "mục đích, bằng tiếng Anh"), ("purpose", "en"), optional=True
        ),
        Question("kind", Text("why they talk", "loại liên kết"), ("kind",), known=choices(LinkSpec, "kind")),
        Question("via", Text("by which way", "đi qua"), ("via",), propose=_via, known=choices(LinkSpec, "via")),
        Question(
            "platform",
            Text("platform on the way, unless direct", "nền tảng trung gian, trừ khi trực tiếp"),
            ("platform",),
            propose=_platform,
            known=_platforms,
            optional=True,
        ),
        Question("environment", Text("environment", "môi trường"), ("environment",), optional=True, quiet=True),
        Question(
            "direction",
            Text("who may open connections", "bên được mở kết nối"),
            ("direction",),
            known=choices(LinkSpec, "direction"),
            optional=True,
            quiet=True,
        ),
        Question("listen", Text("port of the gateways", "cổng của gateway"), ("listen",), propose=_listen, quiet=True),
        *_approval("from", "first", "thứ nhất"),
        *_approval("to", "second", "thứ hai"),
        Question("valid-from", Text("first day", "ngày bắt đầu"), ("validFrom",), propose=lambda s: s.date),
        Question("valid-to", Text("last day", "ngày kết thúc"), ("validTo",), optional=True, quiet=True),
    ),
    name=lambda s: "-".join(slug(code) for code in _ends(s)),
    path=lambda s: PurePosixPath("links") / ("-".join(slug(code) for code in _ends(s)) + ".yaml"),
    complete=_complete,
)
