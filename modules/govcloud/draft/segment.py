"""The form for a segment: a tenant's attachment to the dedicated network, with the next free pool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from govcloud.draft.amounts import NAMES
from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation, choices
from govcloud.draft.tenant import GATEWAY
from govcloud.model.segment import Segment, SegmentSpec
from govcloud.model.tenant import Tenant
from govcloud.rules import offers
from govcloud.rules.allocation import next_free
from govcloud_base.errors import Text

__all__ = ["FORM"]


def _tenants(situation: Situation) -> dict[str, str]:
    return {t.name: t.spec.purpose.vi for t in situation.country.tenants.values()}


def _offered(situation: Situation, written: str) -> list[str]:
    """Return the tenants that a name may mean: of the body whose code it holds; all for words that hold no code."""
    coded = any(character.isdigit() for character in written)
    return offers.tenants(situation.country, written) if coded else list(situation.country.tenants)


def _tenant(situation: Situation) -> Tenant | None:
    return situation.country.tenants.get(situation["tenant"] or "")


def _environments(situation: Situation) -> dict[str, str]:
    tenant = _tenant(situation)
    return dict.fromkeys(tenant.spec.environments if tenant else (), "")


def _environment(situation: Situation) -> str | None:
    names = list(_environments(situation))
    return "prod" if "prod" in names else names[0] if names else None


def _title(situation: Situation) -> str | None:
    tenant = _tenant(situation)
    agency = situation.country.agencies_by_code.get(tenant.spec.agency) if tenant else None
    return f"Phân đoạn TSLCD của {agency.spec.title.vi}" if agency else None


def _zones(situation: Situation) -> list[str] | None:
    """Propose the servers' zone, or the innermost that the environment has."""
    tenant, environment = _tenant(situation), situation["environment"]
    if tenant is None or environment not in tenant.spec.environments:
        return None
    zones = situation.country.zones(tenant, environment)
    return ["srv"] if "srv" in zones else [zones[-1]] if zones else None


def _replicas(situation: Situation) -> int:
    """Propose two gateways from level 3, so that one may fail."""
    tenant = _tenant(situation)
    return 2 if tenant and tenant.spec.level >= 3 else 1


def _proposed(resource: str) -> Callable[[Situation], Any]:
    amount = GATEWAY.written(resource)
    return lambda _: int(amount) if amount.isdigit() else amount


def _complete(situation: Situation, spec: dict[str, Any]) -> dict[str, Any]:
    """Take the next free network where no pool is named, and write down why it is this one."""
    reasons = [situation["reason"]] if situation["reason"] else []
    if "pool" not in spec:
        allocation = next_free(situation.country, size=int(situation["prefix"]))
        spec["pool"] = str(allocation.pool)
        reasons.insert(0, f"{allocation.reason.vi} / {allocation.reason.en}")
    return {**spec, "allocated": situation.date, "reason": "; ".join(reasons) or None}


FORM = Form(
    kind="Segment",
    model=Segment,
    title=Text("Attach a tenant to the dedicated network", "Kết nối tenant vào mạng truyền số liệu chuyên dùng"),
    questions=(
        Question(
            "tenant", Text("tenant to attach", "tenant cần kết nối"), ("tenant",), known=_tenants, offered=_offered
        ),
        Question(
            "environment",
            Text("environment", "môi trường"),
            ("environment",),
            propose=_environment,
            known=_environments,
            quiet=True,
        ),
        Question("title-vi", Text("name, in Vietnamese", "tên, bằng tiếng Việt"), ("title", "vi"), propose=_title),
        Question("title-en", Text("name, in English", "tên, bằng tiếng Anh"), ("title", "en"), optional=True),
        Question(
            "tier-level",
            Text("level of the connection point", "cấp của điểm kết nối"),
            ("tierLevel",),
            known=choices(SegmentSpec, "tier_level"),
        ),
        Question(
            "allocation",
            Text(
                "reference of the allocation by the network's authority", "số văn bản cấp phát của cơ quan quản lý mạng"
            ),
            ("allocation",),
        ),
        Question(
            "pool",
            Text("address range; the next free one where not said", "dải địa chỉ; mặc định là dải trống kế tiếp"),
            ("pool",),
            optional=True,
            quiet=True,
        ),
        Question(
            "prefix",
            Text("length of the next free range", "độ dài của dải trống kế tiếp"),
            propose=lambda _: 24,
            quiet=True,
        ),
        Question("reason", Text("why this range", "lý do chọn dải này"), optional=True, quiet=True),
        Question("zones", Text("zones that may use it", "vùng được dùng"), ("zones",), propose=_zones, kind=list[str]),
        Question(
            "replicas",
            Text("number of gateways", "số cổng kết nối"),
            ("gateway", "replicas"),
            propose=_replicas,
            quiet=True,
        ),
        *(
            Question(
                resource,
                Text(f"{NAMES[resource].en} of the gateway", f"{NAMES[resource].vi} của cổng kết nối"),
                ("quota", resource),
                propose=_proposed(resource),
                quiet=True,
            )
            for resource in ("cpu", "memory", "pods")
        ),
    ),
    name=lambda s: _name(s),
    path=lambda s: PurePosixPath("segments") / f"{_name(s)}.yaml",
    complete=_complete,
)


def _name(situation: Situation) -> str:
    environment = situation["environment"]
    return f"tsl-{situation['tenant']}" + ("" if environment == "prod" else f"-{environment}")
