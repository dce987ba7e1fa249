"""The form for a link: who may talk to whom, by a way that the connection table allows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from govcloud.country import Country
from govcloud.draft.agency import agencies
from govcloud.draft.form import Form, exists
from govcloud.draft.question import Question, Situation, called, choices
from govcloud.model.connection import ConnectionRow
from govcloud.model.identifier import slug
from govcloud.model.link import PORTS, Link, LinkSpec
from govcloud.rules import offers
from govcloud.rules.links import same_body
from govcloud_base.errors import Place, Problem, Text

__all__ = ["FORM"]

_LEGAL = Text(
    "choose a way that the law allows between these bodies", "chọn cách mà luật cho phép giữa hai cơ quan này"
)
_NO_CARRIER = Text(
    "name a platform of this kind that belongs to one of the bodies, or declare it first",
    "dùng nền tảng thuộc loại này của một trong hai cơ quan, hoặc khai báo nền tảng trước",
)
_PROD: str = LinkSpec.model_fields["environment"].default


def _ends(situation: Situation) -> list[str]:
    return [code for code in (situation["from"], situation["to"]) if code]


def _rows(situation: Situation, kind: str | None = None) -> list[ConnectionRow]:
    """Return the rows of the connection table that speak about links between the ends, of one kind or of any."""
    country = situation.country
    ends = [country.agencies_by_code[code] for code in _ends(situation) if code in country.agencies_by_code]
    if len(ends) != 2:
        return []
    same = same_body(country, *ends)
    tiers = (ends[0].spec.tier, ends[1].spec.tier)
    rows = country.law.connections(situation.date)
    return [r for r in rows for k in ([kind] if kind else r.kinds[:1]) if r.covers(tiers, same_body=same, kind=k)]


def _kinds(situation: Situation) -> dict[str, str]:
    """Return the kinds of links that the law allows between the ends; all where the ends are not known."""
    legal = {kind for row in _rows(situation) for kind in row.kinds}
    return {k: title for k, title in choices(LinkSpec, "kind", called)(situation).items() if not legal or k in legal}


def _ways(situation: Situation) -> dict[str, str]:
    """Return the ways that the law allows for such a link; all where that is not known."""
    legal = {via for row in _rows(situation, situation["kind"]) for via in row.via}
    return {v: title for v, title in choices(LinkSpec, "via", called)(situation).items() if not legal or v in legal}


def _apart(situation: Situation, code: str) -> Problem | None:
    """Return what is wrong with these two ends, whatever joins them."""
    first, place = situation["from"], Place("--to")
    if first is None:
        return None
    if first == code:
        return Problem(
            "GC-LINK-001",
            Text("both ends are the same agency", "hai đầu là cùng một cơ quan"),
            Text("declare a flow in its tenant instead", "khai báo luồng trong tenant của cơ quan"),
            place,
            code,
        )
    pair = situation.with_answer("to", code)
    name = "-".join(slug(end) for end in (first, code))
    for taken in (name, "-".join(slug(end) for end in (code, first))):
        if (link := situation.country.links.get(taken)) is not None:
            return exists("Link", taken, situation.country.document(link))
    if not _rows(pair):
        ends = [situation.country.agencies_by_code[end] for end in (first, code)]
        tiers = [end.spec.tier for end in ends]
        titles = situation.country.law.tiers(situation.date)
        vietnamese = [titles[t].title.vi if t in titles else t for t in tiers]
        return Problem(
            "GC-LINK-002",
            Text(
                f"no rule allows any link between {tiers[0]} and {tiers[1]} of these bodies",
                f"không quy tắc nào cho phép liên kết giữa {vietnamese[0]} và {vietnamese[1]} của hai cơ quan này",
            ),
            Text("go through the body above", "kết nối qua cơ quan cấp trên"),
            place,
            f"{first} - {code}",
        )
    return None


def _via(situation: Situation) -> str | None:
    """Propose the first way that the connection table allows between such bodies."""
    return next((via for row in _rows(situation, situation["kind"]) for via in row.via), None)


def _platforms(situation: Situation) -> dict[str, str]:
    """Return the platforms that may carry such a link."""
    country: Country = situation.country
    way, environment = situation["via"], situation["environment"] or _PROD
    names = offers.carriers(country, _ends(situation), way, environment)
    return {name: country.platforms[name].spec.title.vi for name in names}


def _platform(situation: Situation) -> str | None:
    """Propose a platform of the chosen kind that belongs to an end or to a body above one."""
    return next(iter(_platforms(situation)), None)


def _listen(situation: Situation) -> int | None:
    """Propose the lowest port that no link uses at either end."""
    links = situation.country.links_by_agency
    taken = {link.spec.listen for end in _ends(situation) for link in links.get(end, ())}
    return next((port for port in PORTS if port not in taken), None)


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
        Question("to", Text("code of the second agency", "mã cơ quan thứ hai"), known=agencies, refuse=_apart),
        Question("purpose-vi", Text("purpose, in Vietnamese", "mục đích, bằng tiếng Việt"), ("purpose", "vi")),
        Question(
            "purpose-en", Text("purpose, in English", "mục đích, bằng tiếng Anh"), ("purpose", "en"), optional=True
        ),
        Question("kind", Text("why they talk", "loại liên kết"), ("kind",), known=_kinds),
        Question("via", Text("by which way", "đi qua"), ("via",), propose=_via, known=_ways, otherwise=_LEGAL),
        Question(
            "platform",
            Text("platform on the way, unless direct", "nền tảng trung gian, trừ khi trực tiếp"),
            ("platform",),
            propose=_platform,
            known=_platforms,
            otherwise=_NO_CARRIER,
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
        Question(
            "listen",
            Text("port of the gateways", "cổng TCP ở hai cổng kết nối"),
            ("listen",),
            propose=_listen,
            quiet=True,
        ),
        *_approval("from", "first", "thứ nhất"),
        *_approval("to", "second", "thứ hai"),
        Question("valid-from", Text("first day", "ngày bắt đầu"), ("validFrom",), propose=lambda s: s.date),
        Question("valid-to", Text("last day", "ngày kết thúc"), ("validTo",), optional=True, quiet=True),
    ),
    name=lambda s: "-".join(slug(code) for code in _ends(s)),
    path=lambda s: PurePosixPath("links") / ("-".join(slug(code) for code in _ends(s)) + ".yaml"),
    complete=_complete,
)
