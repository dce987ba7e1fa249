"""The form for a platform: a shared system in the tenant of the agency that owns it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from pydantic.alias_generators import to_camel

from govcloud.draft.amounts import NAMES
from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation, called, choices
from govcloud.model.identifier import slug
from govcloud.model.platform import Platform, PlatformSpec
from govcloud_base.errors import Text

__all__ = ["FORM"]

_QUOTA: dict[str, Any] = {"cpu": "60m", "memory": "256Mi", "pods": 6}
"""Proposed: room for two small copies, one of which may be replaced at a time."""


def _owners(situation: Situation) -> dict[str, str]:
    country = situation.country
    return {a.code: a.spec.title.vi for a in country.agencies.values() if a.code in country.tenants_by_agency}


def _level(situation: Situation) -> int | None:
    tenant = situation.country.tenants_by_agency.get(situation["owner"] or "")
    return tenant.spec.level if tenant else None


def _proposed(resource: str) -> Callable[[Situation], Any]:
    return lambda _: _QUOTA.get(resource)


def _name(situation: Situation) -> str:
    return f"{situation['kind']}-{slug(situation['owner'])}"


FORM = Form(
    kind="Platform",
    model=Platform,
    title=Text("Declare a shared platform", "Khai báo nền tảng dùng chung"),
    questions=(
        Question("kind", Text("which kind", "loại nền tảng"), ("kind",), known=choices(PlatformSpec, "kind", called)),
        Question("owner", Text("code of the owner", "mã cơ quan chủ quản"), ("owner",), known=_owners),
        Question("title-vi", Text("name, in Vietnamese", "tên, bằng tiếng Việt"), ("title", "vi")),
        Question("title-en", Text("name, in English", "tên, bằng tiếng Anh"), ("title", "en"), optional=True),
        Question("level", Text("security level", "cấp độ"), ("level",), propose=_level),
        Question("environment", Text("environment", "môi trường"), ("environment",), optional=True, quiet=True),
        Question("replicas", Text("how many run", "số bản chạy"), ("replicas",), propose=lambda _: 2),
        *(
            Question(
                resource.replace("_", "-"),
                Text(f"{name.en} of the platform", f"{name.vi} của nền tảng"),
                ("quota", to_camel(resource)),
                propose=_proposed(resource),
                optional=True,
                quiet=True,
            )
            for resource, name in NAMES.items()
        ),
    ),
    name=_name,
    path=lambda s: PurePosixPath("platforms") / f"{_name(s)}.yaml",
    complete=lambda _, spec: {**spec, "exposure": "dedicated-network"},
)
