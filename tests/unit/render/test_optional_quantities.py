"""Quantities that nobody states leave no trace in what is rendered; stated ones bound the zones exactly."""

from __future__ import annotations

from typing import Any

from made_country import CAPACITY, QUOTA, agency, cloud, country, tenant

from govcloud import render
from govcloud.country import Country

GPU = "requests.nvidia.com/gpu"


def quotas(made: Country) -> dict[str, dict[str, Any]]:
    """Return the hard limits of each namespace of the tenant."""
    manifests = render.stack(made, "tenant.h41").manifests.values()
    return {m["metadata"]["namespace"]: m["spec"]["hard"] for m in manifests if m["kind"] == "ResourceQuota"}


def made(capacity: dict[str, Any] | None = None, **quota: Any) -> Country:
    stated = QUOTA | quota
    return country([cloud(capacity=CAPACITY | (capacity or {})), agency("H41"), tenant("H41", stated)])


def test_graphics_processors_are_named_only_where_the_site_has_some() -> None:
    assert all(GPU not in hard for hard in quotas(made()).values())
    assert [hard[GPU] for hard in quotas(made({"gpu": 8})).values()] == ["0", "0", "0", "0"]
    given = [int(hard[GPU]) for hard in quotas(made({"gpu": 8}, gpu=3)).values()]
    assert sum(given) == 3


def test_counted_limits_change_nothing_in_the_cluster() -> None:
    assert quotas(made()) == quotas(made(namespaces=9, objects=10, addresses=256))
