"""Countries made in memory: small ones for laws that hold for every country, large ones without any file."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from govcloud.country import Country, law
from govcloud.country.document import Document
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.model.declaration import Declaration
from govcloud.model.identifier import slug
from govcloud.model.settings import CountrySettings

ROOT = Path(__file__).parents[2]
GROUPS = {
    "Cloud": "clouds",
    "Agency": "agencies",
    "Tenant": "tenants",
    "Segment": "segments",
    "Link": "links",
    "Platform": "platforms",
    "Waiver": "waivers",
    "ImageLock": "image_locks",
    "StoreTable": "store_tables",
}
CAPACITY = {"cpu": 1000, "memory": "1Pi", "storage": "1Pi", "pods": 100000, "buckets": 10000, "objectStorage": "1Pi"}
QUOTA = {"cpu": 1, "memory": "1Gi", "storage": "1Gi", "pods": 10, "buckets": 2, "objectStorage": "2Gi"}
"""Of an environment that holds a level 2 system."""


@functools.cache
def the_law() -> law.Law:
    """Return the project's law, read once."""
    return law.load(ROOT / "policies")


def declared(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document's value."""
    return {"apiVersion": "govcloud/v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def cloud(name: str = "cgc", **spec: Any) -> dict[str, Any]:
    """Return a cloud."""
    base = {
        "kind": "CGC",
        "title": {"vi": "Đám mây"},
        "region": "vn-1",
        "cluster": {"context": "x", "version": "v1.36", "dnsAddress": "10.252.0.10"},
        "objectStore": {"adapter": "seaweedfs", "endpointFrom": "S3"},
        "images": {"registry": "registry.example.gov.vn"},
        "capacity": CAPACITY,
    }
    return declared("Cloud", name, base | spec)


def image_lock(name: str = "images", **spec: Any) -> dict[str, Any]:
    """Return a lock of the gateways' and the probes' image."""
    images = {
        image: {"digest": f"sha256:{number * 64}", "architecture": "amd64"}
        for image, number in {"gateway": "1", "probe": "2"}.items()
    }
    return declared("ImageLock", name, {"images": images} | spec)


def agency(code: str, tier: str = "province", parent: str | None = None, **spec: Any) -> dict[str, Any]:
    """Return an agency."""
    name = slug(code)
    base = {"code": code, "title": {"vi": code}, "tier": tier, "path": f"tenants/{name}", "validFrom": "2025-07-01"}
    base |= {"contacts": [f"ungcuu@{name}.example.gov.vn"]}
    return declared("Agency", name, base | ({"parent": parent} if parent else {}) | spec)


def tenant(code: str, quota: Mapping[str, Any] = QUOTA, **spec: Any) -> dict[str, Any]:
    """Return a tenant with one environment that takes the whole quota, unless `environments` says otherwise."""
    base = {
        "agency": code,
        "cloud": "cgc",
        "purpose": {"vi": "x"},
        "level": 2,
        "levelDossier": "D",
        "criteria": {"information": "private"},
        "quota": dict(quota),
        "environments": {"prod": {"quota": dict(quota)}},
        "lifecycle": {"reviewBy": "2027-11-22"},
    }
    return declared("Tenant", slug(code), base | spec)


def segment(code: str, pool: str, **spec: Any) -> dict[str, Any]:
    """Return the segment of an agency's tenant."""
    base = {
        "title": {"vi": code},
        "tenant": slug(code),
        "tierLevel": "II",
        "pool": pool,
        "allocation": "CPQH",
        "zones": ["srv"],
        "quota": {},
    }
    return declared("Segment", f"tsl-{slug(code)}", base | spec)


def platform(name: str, owner: str, kind: str = "lgsp", **spec: Any) -> dict[str, Any]:
    """Return a platform."""
    base = {
        "kind": kind,
        "title": {"vi": name},
        "owner": owner,
        "level": 2,
        "exposure": "dedicated-network",
        "quota": {},
    }
    return declared("Platform", name, base | spec)


def link(first: str, second: str, via: str = "direct", **spec: Any) -> dict[str, Any]:
    """Return a link to which both ends agreed."""
    base = {
        "purpose": {"vi": "x"},
        "ends": [first, second],
        "kind": "administrative",
        "via": via,
        "listen": 9000,
        "approvals": [{"agency": end, "reference": "CV 1", "date": "2026-01-01"} for end in (first, second)],
        "validFrom": "2026-01-02",
    }
    return declared("Link", f"{slug(first)}-{slug(second)}", base | spec)


def country(documents: Iterable[dict[str, Any]], **settings: Any) -> Country:
    """Return the country that `documents` declare, its images locked. Dates may be written as text."""
    base = {
        "title": {"vi": "Nước"},
        "regions": ["vn-1"],
        "regime": "nd331-2026",
        "dedicatedNetwork": ["10.80.0.0/13"],
    }
    head = declared("Country", "vn", base | settings)
    found: dict[str, dict[str, Declaration]] = {kind: {} for kind in ("Country", *GROUPS)}
    kept: dict[tuple[str, str], Document] = {}
    given = tuple(documents)
    locks = () if any(value["kind"] == "ImageLock" for value in given) else (image_lock(),)
    for value in (head, *locks, *given):
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        kind, name = value["kind"], value["metadata"]["name"]
        # Lists and dates are what the strict reader makes of them.
        found[kind][name] = COUNTRY_KINDS[kind].model_validate(_read(value))
        folder = {"Tenant": f"tenants/{name}", "ImageLock": ""}.get(kind, GROUPS.get(kind, ""))
        kept[kind, name] = Document(f"{folder}/{name}.yaml".lstrip("/"), text.encode(), value)
    stated = found.pop("Country")["vn"]
    assert isinstance(stated, CountrySettings)
    groups: dict[str, Any] = {GROUPS[kind]: dict(sorted(items.items())) for kind, items in found.items()}
    return Country(folder=Path(), law=the_law(), settings=stated, documents=kept, **groups)


def _read(value: Any) -> Any:

    if isinstance(value, dict):
        return {key: _read(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_read(item) for item in value)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
        return datetime.date.fromisoformat(value)
    return value
