"""The form for a tenant: an agency's request, with the level that its answers give."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.draft.agency import agencies
from govcloud.draft.amounts import USUAL, amounts, plain
from govcloud.draft.form import Form, exists
from govcloud.draft.question import Question, Situation, choices
from govcloud.model.agency import Agency
from govcloud.model.identifier import slug
from govcloud.model.quota import Quota
from govcloud.model.tenant import Criteria, Tenant
from govcloud.rules import criteria, levels
from govcloud_base.errors import Problem, Text

__all__ = ["FORM", "GATEWAY", "reasons"]

_PER_ZONE = Quota.model_validate({"cpu": "50m", "memory": "192Mi", "storage": "1Gi", "pods": 5})
"""Proposed for each network zone of an environment: room for a small service. Asking for more is one answer away."""
GATEWAY = Quota.model_validate({"cpu": "30m", "memory": "128Mi", "pods": 5, "namespaces": 1})
"""Proposed for the gateway of a segment, and in the budget of a tenant that may get one."""


def _clouds(situation: Situation) -> dict[str, str]:
    return {c.name: c.spec.title.vi for c in situation.country.clouds.values()}


def _cloud(situation: Situation) -> str | None:
    """Propose the cloud of the nearest body above, or the only one."""
    agency = _agency(situation)
    for above in situation.country.ancestors(agency) if agency else ():
        if tenant := situation.country.tenants_by_agency.get(above.code):
            return tenant.spec.cloud
    names = list(situation.country.clouds)
    return names[0] if len(names) == 1 else None


def _agency(situation: Situation) -> Agency | None:
    return situation.country.agencies_by_code.get(situation["agency"] or "")


def _taken(situation: Situation, code: str) -> Problem | None:
    """Return the problem that the agency has a tenant: one is all that it gets, and all that it needs."""
    tenant = situation.country.tenants_by_agency.get(code)
    return None if tenant is None else exists("Tenant", tenant.name, situation.country.document(tenant))


def _facts(situation: Situation) -> Criteria:
    answers = {
        "information": situation["information"] or "public",
        "administrative_procedures": situation["procedures"] or False,
        "infrastructure": situation["infrastructure"] or "none",
        "nonstop": situation["nonstop"] or False,
        "critical": situation["critical"] or False,
        "data_subjects": {"basic": situation["people"] or 0, "sensitive": situation["people-sensitive"] or 0},
    }
    return Criteria.model_validate(answers)


def _level(situation: Situation) -> int:
    """Propose the lowest level that the answers to the criteria allow."""
    level, _ = levels.computed_in(situation.country, situation.country.spec.regime, _facts(situation))
    return level


def reasons(country: Country, tenant: Tenant) -> Iterable[Text]:
    """Yield why a tenant has its level: each article that demands it, with the answer to which it applies."""
    level, articles = levels.computed(country, tenant)
    regime = country.regime(tenant)
    if not articles:
        yield Text(f"level {level}: no criterion of {regime} applies", f"cấp độ {level}: không tiêu chí nào áp dụng")
    for article in articles:
        met = criteria.in_words(article)
        yield Text(
            f"level {level} because of {article.source} ({regime}): {met.en}",
            f"cấp độ {level} theo {article.source} ({regime}): {met.vi}",
        )
    if tenant.spec.level > level:
        yield Text(
            f"level {tenant.spec.level} is declared, above what the criteria demand",
            f"khai báo cấp độ {tenant.spec.level}, cao hơn mức tiêu chí đòi hỏi",
        )


_TITLES = {value: answer.vi for value, answer in criteria.ANSWERS.items()}


def _proposed(resource: str) -> Any:
    """Return what proposes an environment's amount of a resource: so much for each zone that the level demands."""

    def propose(situation: Situation) -> Any:
        if resource == "buckets":
            return len(situation["bucket"] or ())
        if resource == "object_storage":
            stored = [b["quota"] for b in (situation["bucket"] or {}).values()]
            return _total(resource, stored) if stored else 0
        if resource not in USUAL:
            return None
        table = situation.country.law.levels(situation.country.spec.regime)
        zones = len(table.minimum(situation["level"] or 1)) if table else 1
        return plain(resource, _PER_ZONE.amount(resource) * zones)

    return propose


def _budgeted(resource: str) -> Any:
    def propose(situation: Situation) -> Any:
        own = situation[resource.replace("_", "-")]
        return None if own is None else _total(resource, [own, plain(resource, GATEWAY.amount(resource))])

    return propose


def _total(resource: str, amounts: Iterable[Any]) -> Any:
    return plain(resource, sum(Quota.model_validate({resource: amount}).amount(resource) for amount in amounts))


def _bucket(text: str) -> dict[str, Any]:
    """Read `archive=2Gi`, `archive=2Gi:shared` or `archive=2Gi:private:personal`."""
    name, separator, rest = text.partition("=")
    size, *words = rest.split(":")
    if not separator or not size or len(words) > 2 or words[1:] not in ([], ["personal"]):
        raise ValueError("name=size, name=size:class, name=size:class:personal (archive=2Gi:private:personal)")
    bucket = {
        "class": words[0] if words else "private",
        "personalData": words[1:] == ["personal"] or None,
        "quota": size,
    }
    return {name: {k: v for k, v in bucket.items() if v is not None}}


def _flow(text: str) -> dict[str, Any]:
    """Read `dmz>srv:8080` or `mgt>srv+db:22+443`."""
    ends, _, ports = text.partition(":")
    source, arrow, targets = ends.partition(">")
    numbers = ports.split("+")
    if not arrow or not all(n.isascii() and n.isdigit() and len(n) <= 5 for n in numbers):
        raise ValueError("zone>zone:port, zone>zone+zone:port+port (dmz>srv:8080)")
    return {"from": source, "to": targets.split("+"), "ports": [int(n) for n in numbers]}


def _budget(resource: str) -> Question:
    flag = resource.replace("_", "-")
    return Question(
        f"budget-{flag}",
        Text(f"budget of {flag}, with segment and agencies below", f"ngân sách {flag}, gồm phân đoạn và cấp dưới"),
        ("quota", to_camel(resource)),
        propose=_budgeted(resource),
        optional=True,
        quiet=True,
    )


def _criterion(flag: str, field: str, ask: Text) -> Question:
    """Return a question about a fact that holds or does not; most systems are none of this."""
    return Question(flag, ask, ("criteria", field), propose=lambda _: False, kind=bool)


def _complete(situation: Situation, spec: dict[str, Any]) -> dict[str, Any]:
    if situation["flow"]:
        spec["environments"][situation["environment"]]["flows"] = situation["flow"]
    return spec


def _path(situation: Situation) -> PurePosixPath:
    agency = situation.country.agencies_by_code[situation["agency"]]
    return PurePosixPath(agency.spec.path) / "tenant.yaml"


FORM = Form(
    kind="Tenant",
    model=Tenant,
    title=Text("Ask for a tenant", "Đề nghị cấp tenant"),
    questions=(
        Question(
            "agency",
            Text("code of the agency", "mã cơ quan"),
            ("agency",),
            known=agencies,
            otherwise=Text(
                "declare the agency first: `govcloud new agency`", "khai báo cơ quan trước: `govcloud new agency`"
            ),
            refuse=_taken,
        ),
        Question("cloud", Text("cloud", "đám mây"), ("cloud",), propose=_cloud, known=_clouds),
        Question("purpose-vi", Text("purpose, in Vietnamese", "mục đích, bằng tiếng Việt"), ("purpose", "vi")),
        Question(
            "purpose-en", Text("purpose, in English", "mục đích, bằng tiếng Anh"), ("purpose", "en"), optional=True
        ),
        Question(
            "information",
            Text("the most protected information in it", "thông tin cần bảo vệ cao nhất"),
            ("criteria", "information"),
            known=choices(Criteria, "information", lambda _: _TITLES),
        ),
        Question(
            "people",
            Text("how many people's basic personal data", "số người có dữ liệu cá nhân cơ bản"),
            ("criteria", "dataSubjects", "basic"),
        ),
        Question(
            "people-sensitive",
            Text("how many people's sensitive personal data", "số người có dữ liệu cá nhân nhạy cảm"),
            ("criteria", "dataSubjects", "sensitive"),
            propose=lambda _: 0,
        ),
        _criterion(
            "procedures",
            "administrativeProcedures",
            Text("does it handle administrative procedures", "có xử lý thủ tục hành chính không"),
        ),
        Question(
            "infrastructure",
            Text("whom it serves as shared infrastructure", "là hạ tầng dùng chung cho ai"),
            ("criteria", "infrastructure"),
            propose=lambda _: "none",
            known=choices(Criteria, "infrastructure", lambda _: _TITLES),
        ),
        _criterion(
            "nonstop",
            "nonstop",
            Text("must it run without any unplanned stop", "có phải chạy liên tục, không dừng ngoài kế hoạch không"),
        ),
        _criterion(
            "critical",
            "critical",
            Text(
                "is it listed as critical to national security",
                "có thuộc danh mục quan trọng về an ninh quốc gia không",
            ),
        ),
        Question(
            "level",
            Text("security level, if higher than the criteria give", "cấp độ, nếu cao hơn mức tiêu chí cho"),
            ("level",),
            propose=_level,
            quiet=True,
        ),
        Question(
            "level-dossier",
            Text("reference of the approved level dossier", "số hiệu hồ sơ cấp độ đã duyệt"),
            ("levelDossier",),
            optional=True,
        ),
        Question("environment", Text("environment", "môi trường"), propose=lambda _: "prod", quiet=True),
        Question(
            "bucket",
            Text("buckets, as name=size[:class[:personal]]", "kho đối tượng, dạng `tên=dung lượng[:loại[:personal]]`"),
            ("storage", "buckets"),
            read=_bucket,
            optional=True,
            kind=list[str],
        ),
        *amounts(("environments", "{environment}", "quota"), _proposed),
        *(_budget(resource) for resource in Quota.RESOURCES),
        Question(
            "flow",
            Text("traffic between zones, as zone>zone:port", "luồng giữa các vùng, dạng vùng>vùng:cổng"),
            read=_flow,
            optional=True,
            kind=list[str],
        ),
        Question(
            "state",
            Text("state of its life", "trạng thái vòng đời"),
            ("lifecycle", "state"),
            propose=lambda _: "requested",
            quiet=True,
        ),
        Question(
            "review-by",
            Text("day until which its need is confirmed again", "ngày phải xác nhận lại nhu cầu"),
            ("lifecycle", "reviewBy"),
            propose=lambda s: s.date.replace(year=s.date.year + 1, day=min(s.date.day, 28)),
        ),
    ),
    name=lambda s: slug(s["agency"]),
    path=_path,
    complete=_complete,
)
