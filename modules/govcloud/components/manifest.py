"""A rendered manifest becomes a Pulumi resource of the official class for its kind."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

__all__ = ["register", "register_all", "resource_name"]

# Class arguments are spelt in snake case at the top level only; below it, keys pass as Kubernetes spells them.
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def resource_name(manifest: Mapping[str, Any]) -> str:
    """Return the stable Pulumi name of a manifest: `<namespace>/<kind>/<name>`, or `<kind>/<name>` outside namespaces.

    The name is part of the resource's URN: changing this function would replace every resource in every stack.
    """
    metadata = manifest["metadata"]
    parts = [metadata.get("namespace"), manifest["kind"].lower(), metadata["name"]]
    return "/".join(part for part in parts if part)


def register(manifest: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Register one manifest; its values may hold Pulumi outputs."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    package = f"pulumi_kubernetes.{_package(group)}.{version}"
    kind = getattr(importlib.import_module(package), manifest["kind"])
    arguments = {
        _CAMEL.sub(lambda m: f"_{m.group(1).lower()}", key): value
        for key, value in manifest.items()
        if key not in ("apiVersion", "kind")
    }
    resource: pulumi.CustomResource = kind(resource_name(manifest), opts=options, **arguments)
    return resource


def _package(group: str) -> str:
    """Return the SDK's module name of an API group: `core` for "", else the first label, without punctuation."""
    return group.partition(".")[0].replace("-", "") if group else "core"


def register_all(
    manifests: Iterable[Mapping[str, Any]], options: pulumi.ResourceOptions, *, protect_namespaces: bool
) -> dict[str, pulumi.CustomResource]:
    """Register manifests so that security comes first; return the resources by name.

    Namespaces are first; quota, limits, policies and rights depend on their namespace, so nobody can use a namespace
    before its walls stand; rights, keys and workloads depend on all of these. Deletion runs the other way round.
    """
    ordered = list(manifests)
    registered: dict[str, pulumi.CustomResource] = {}
    namespaces: dict[str, pulumi.CustomResource] = {}
    walls: dict[str, list[pulumi.Resource]] = {}
    for manifest in ordered:
        if manifest["kind"] == "Namespace":
            own = pulumi.ResourceOptions(protect=protect_namespaces)
            resource = register(manifest, pulumi.ResourceOptions.merge(options, own))
            namespaces[manifest["metadata"]["name"]] = registered[resource_name(manifest)] = resource
    for late in (False, True):
        for manifest in ordered:
            if manifest["kind"] == "Namespace" or (manifest["kind"] not in _WALLS) is not late:
                continue
            home = manifest["metadata"].get("namespace")
            needs: list[pulumi.Resource] = [namespaces[home]] if home in namespaces else []
            if late:
                needs += walls.get(home, [])
            merged = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=needs))
            resource = register(manifest, merged)
            registered[resource_name(manifest)] = resource
            if not late:
                walls.setdefault(home, []).append(resource)
    return registered


_WALLS = frozenset({"ConfigMap", "LimitRange", "NetworkPolicy", "ResourceQuota", "Role", "ServiceAccount"})
"""Kinds that stand before anybody may do anything in a namespace. The others wait for them, but not for one another:
a Service is waited for until pods answer behind it."""
