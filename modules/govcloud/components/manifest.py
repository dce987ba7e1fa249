"""A rendered manifest becomes a Pulumi resource of the official type for its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

__all__ = ["register", "register_all", "resource_name", "type_token"]

_SECRET_FIELDS = {"data", "stringData"}


def resource_name(manifest: Mapping[str, Any]) -> str:
    """Return the stable Pulumi name of a manifest: `<namespace>/<kind>/<name>`, or `<kind>/<name>` outside namespaces.

    The name is part of the resource's URN: changing this function would replace every resource in every stack.
    """
    metadata = manifest["metadata"]
    parts = [metadata.get("namespace"), manifest["kind"].lower(), metadata["name"]]
    return "/".join(part for part in parts if part)


def register(manifest: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Register one manifest; its values may hold Pulumi outputs.

    By its type rather than through the SDK's class for it: the classes add nothing to an object that is rendered
    already, and importing them takes longer than registering a tenant (ADR 0010).
    """
    properties = dict(manifest)
    if manifest["kind"] == "Secret":  # as the SDK's class does
        for field in _SECRET_FIELDS & properties.keys():
            properties[field] = pulumi.Output.secret(properties[field])
        options = pulumi.ResourceOptions.merge(
            options, pulumi.ResourceOptions(additional_secret_outputs=sorted(_SECRET_FIELDS))
        )
    return pulumi.CustomResource(type_token(manifest), resource_name(manifest), properties, options)


def type_token(manifest: Mapping[str, Any]) -> str:
    """Return Pulumi's type of a manifest: `kubernetes:<group>/<version>:<kind>`, the group `core` where it has none."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    return f"kubernetes:{group or 'core'}/{version}:{manifest['kind']}"


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


_WALLS = frozenset({"ConfigMap", "LimitRange", "NetworkPolicy", "ResourceQuota", "ServiceAccount"})
"""Kinds that stand before anybody may do anything in a namespace. The others wait for them, but not for one another:
a Service is waited for until pods answer behind it."""
