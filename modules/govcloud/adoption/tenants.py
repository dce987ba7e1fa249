"""From what was found to Tenant declarations. What could not be known is left as a blank that `validate` reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pydantic.alias_generators import to_camel

from govcloud.adoption.found import Bucket, Keys, Namespace, Owner, owner
from govcloud.adoption.limits import RESOURCES, written
from govcloud.country.fields import BLANK
from govcloud.country.writer import declaration_text
from govcloud.model import names
from govcloud.model.identifier import slug
from govcloud.model.level import LevelTable
from govcloud.model.platform_kind import KINDS
from govcloud.model.quota import Quota
from govcloud_base.errors import Text

__all__ = ["Adopted", "Findings", "adopt", "differences"]

_OTHERS = frozenset({names.GATEWAY_ZONE, *(kind.zone for kind in KINDS.values())})
"""Zones that belong to segments and platforms, which are declared in files of their own."""


@dataclass(frozen=True)
class Adopted:
    """A drafted tenant."""

    name: str
    path: PurePosixPath
    spec: dict[str, Any]
    text: str
    blanks: tuple[str, ...]
    """Fields that nobody wrote down in the cloud, dotted."""
    notes: tuple[Text, ...]
    """What was found and cannot be declared as it is."""


@dataclass(frozen=True)
class Findings:
    """All that was drafted, and what has no owner."""

    tenants: tuple[Adopted, ...]
    ownerless: tuple[str, ...]
    """Namespaces and buckets that nothing assigns to a tenant: `namespace/old`, `bucket/photos`."""


def adopt(
    namespaces: Iterable[Namespace],
    buckets: Iterable[Bucket],
    keys: Keys,
    *,
    country: str,
    cloud: str | None,
    levels: LevelTable | None,
) -> Findings:
    """Return the tenants that own what was found. `country` is the code with which bucket names begin."""
    ownerless: list[str] = []
    held: dict[str, tuple[list[tuple[Owner, Namespace]], list[tuple[Owner, Bucket]]]] = {}
    for namespace in sorted(namespaces, key=lambda n: n.name):
        if found := owner(namespace.name, namespace.labels, keys):
            held.setdefault(found.tenant, ([], []))[0].append((found, namespace))
        elif namespace.name != "default" and not namespace.name.startswith("kube-"):
            ownerless.append(f"namespace/{namespace.name}")
    for bucket in sorted(buckets, key=lambda b: b.name):
        if found := owner(bucket.name, bucket.tags, keys):
            held.setdefault(found.tenant, ([], []))[1].append((found, bucket))
        else:
            ownerless.append(f"bucket/{bucket.name}")
    drafts = (_tenant(name, *found, country, cloud, levels) for name, found in sorted(held.items()))
    return Findings(tuple(drafts), tuple(ownerless))


def _tenant(
    name: str,
    namespaces: list[tuple[Owner, Namespace]],
    buckets: list[tuple[Owner, Bucket]],
    country: str,
    cloud: str | None,
    levels: LevelTable | None,
) -> Adopted:
    owners = [o for o, _ in (*namespaces, *buckets)]
    notes: list[Text] = []
    agency = _agreed({o.agency for o in owners if o.agency}, "agency", notes)
    level = _agreed({o.level for o in owners if o.level}, "level", notes)
    environments: dict[str, Any] = {}
    for environment in sorted({o.environment for o in owners}):
        here = [(o, n) for o, n in namespaces if o.environment == environment]
        own = [(o, n) for o, n in here if o.zone not in _OTHERS]
        kept = [b for o, b in buckets if o.environment == environment]
        quota = {**_total(own, levels), **_stored(kept)}
        minimum = levels.minimum(level) if levels and level else ()
        extra = dict.fromkeys(o.zone for o, _ in own if o.zone and o.zone not in minimum)
        environments[environment] = (
            {"quota": quota, "zones": {zone: {} for zone in extra}} if extra else {"quota": quota}
        )
        notes += _names(name, environment, here)
    notes += [note for _, n in namespaces for note in n.limits.notes]
    spec: dict[str, Any] = {
        "agency": agency or BLANK,
        "cloud": cloud or BLANK,
        "purpose": BLANK,
        "level": level or BLANK,
        "criteria": BLANK,
        "quota": {**_total(namespaces, levels), **_stored([b for _, b in buckets])},
        "environments": environments,
        "storage": {"buckets": _declared(name, buckets, country, notes)},
        "lifecycle": {"state": "active", "reviewBy": BLANK},
    }
    blanks = tuple(_blanks(spec, ""))
    if any(o.zone in _OTHERS for o, _ in namespaces):
        notes.append(
            Text(
                "its segment and platforms run too and are counted in spec.quota; declare them in files of their own",
                "phân đoạn và nền tảng của tenant đang chạy, đã tính vào spec.quota; hãy khai báo ở tệp riêng",
            )
        )
    if namespaces:
        notes.append(
            Text(
                "traffic between zones is not read: declare the flows that the systems need",
                "không đọc luồng giữa các vùng: hãy khai báo những luồng mà hệ thống cần",
            )
        )
    path = PurePosixPath("tenants") / (slug(agency) if agency else name) / "tenant.yaml"
    comments = [f"{t.vi} / {t.en}" for t in notes]
    if blanks:
        comments.insert(0, f"Chưa biết, cần điền / not known, to be filled in: {', '.join(blanks)}")
    return Adopted(name, path, spec, declaration_text("Tenant", name, spec, path, comments), blanks, tuple(notes))


def _agreed(values: set[Any], field: str, notes: list[Text]) -> Any:
    """Return the one value; None where there is none, or several that contradict each other."""
    if len(values) > 1:
        found = ", ".join(sorted(map(str, values)))
        notes.append(Text(f"labels contradict each other on {field}: {found}", f"nhãn mâu thuẫn về {field}: {found}"))
    return next(iter(values)) if len(values) == 1 else None


def _total(namespaces: list[tuple[Owner, Namespace]], levels: LevelTable | None) -> dict[str, Any]:
    """Return the sum of the namespaces' quotas; a resource that one of them does not limit is a blank.

    So is a sum that no declaration can say. Disk of nodes is stated only where it is not what pods and level bring.
    """
    amounts = [n.limits.amounts for _, n in namespaces]
    sums = {resource: _sum(resource, amounts) for resource in RESOURCES}
    total: dict[str, Any] = {resource: BLANK if amount is None else amount for resource, amount in sums.items()}
    disk = _sum("ephemeral_storage", amounts)
    if disk is not None and disk != _brought(namespaces, levels):
        total["ephemeralStorage"] = disk
    return total


def _sum(resource: str, amounts: list[Mapping[str, int]]) -> str | int | None:
    if not amounts or any(resource not in a for a in amounts):
        return None
    total = written(resource, sum(a[resource] for a in amounts))
    try:
        Quota.model_validate({resource: total})
    except ValueError:
        return None
    return total


def _brought(namespaces: list[tuple[Owner, Namespace]], levels: LevelTable | None) -> str | int | None:
    """Return the disk of nodes that the pods of the namespaces bring by their levels; None where those are unknown."""
    if levels is None:
        return None
    each = []
    for found, namespace in namespaces:
        pods = namespace.limits.amounts.get("pods")
        if found.level is None or pods is None:
            return None
        each.append(levels.spec.shared_room.at(found.level).ephemeral_storage * pods)
    return written("ephemeral_storage", sum(each))


def _stored(buckets: list[Bucket]) -> dict[str, Any]:
    sizes = [b.quota for b in buckets if b.quota is not None]
    known = Quota.write("object_storage", sum(sizes)) if len(sizes) == len(buckets) else BLANK
    return {"buckets": len(buckets), "objectStorage": known} if buckets else {}


def _declared(
    tenant: str, buckets: list[tuple[Owner, Bucket]], country: str, notes: list[Text]
) -> dict[str, dict[str, Any]]:
    """Return the buckets by the name that a declaration gives them; others are noted."""
    declared: dict[str, dict[str, Any]] = {}
    for found, bucket in buckets:
        prefix = names.bucket(country, tenant, found.environment, "")
        if not bucket.name.startswith(prefix) or bucket.name == prefix:
            notes.append(
                Text(
                    f"bucket {bucket.name} is not named {prefix}...: copy its objects to one that is",
                    f"kho {bucket.name} không có tên dạng {prefix}...: hãy chép dữ liệu sang kho đúng tên",
                )
            )
            continue
        tags = bucket.tags
        personal = {"true": True, "false": False}.get(tags.get(names.label("personal-data"), ""), BLANK)
        declared[bucket.name.removeprefix(prefix)] = {
            "class": tags.get(names.label("class"), BLANK),
            "personalData": personal,
            "versioning": BLANK if bucket.versioning is None else bucket.versioning,
            "quota": BLANK if bucket.quota is None else Quota.write("object_storage", bucket.quota),
        }
    return declared


def _names(tenant: str, environment: str, namespaces: Iterable[tuple[Owner, Namespace]]) -> Iterable[Text]:
    for found, namespace in namespaces:
        zone = found.zone
        wanted = names.namespace(tenant, environment, zone or "ZONE")
        if zone is None or namespace.name != wanted:
            yield Text(
                f"namespace {namespace.name} would be called {wanted}: workloads move, names do not change",
                f"namespace {namespace.name} sẽ có tên {wanted}: phải chuyển tải, không đổi tên được",
            )


def _blanks(value: Any, path: str) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _blanks(part, f"{path}.{key}" if path else str(key))
    elif value == BLANK:
        yield path


def differences(live: Mapping[str, Any], declared: Mapping[str, Any]) -> list[str]:
    """Return where a declaration's spec says something else than what is live: `level: 3 declared, 2 live`.

    Both are plain data as in files. A blank is no difference: nothing is known there. Amounts are compared by value,
    and a budget may be larger than what is held.
    """
    return list(_different(live, declared, ()))


def _different(live: Any, declared: Any, path: tuple[str, ...]) -> Iterable[str]:
    if live == BLANK:
        return
    if isinstance(live, Mapping):
        there = declared if isinstance(declared, Mapping) else {}
        for key, part in live.items():
            yield from _different(part, there.get(key), (*path, str(key)))
    elif not _agrees(path, live, declared):
        yield f"{'.'.join(path)}: {declared} declared, {live} live"


def _agrees(path: tuple[str, ...], live: Any, declared: Any) -> bool:
    if live == declared or (live is False and declared is None) or (live is True and path[-1] == "versioning"):
        return live is not True or declared is not False
    resource = _RESOURCE_OF.get(path[-1])
    if resource is None or "quota" not in path:
        return False
    try:
        held, budget = (Quota.model_validate({resource: v}).amount(resource) for v in (live, declared or 0))
    except ValueError:
        return False
    # The cloud knows what is held, and limits only of zones.
    limited = (path[0] == "environments" and resource not in ("buckets", "object_storage")) or path[-1] == "quota"
    return held == budget if limited else held <= budget


_RESOURCE_OF = {**{to_camel(r): r for r in Quota.RESOURCES}, "quota": "object_storage"}
"""Resources by the field that holds their amount; a bucket's own is its `quota`."""
