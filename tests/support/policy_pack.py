"""The policy pack as the engine runs it, and resources of a tenant to judge."""

from __future__ import annotations

import copy
import importlib
from typing import Any

from pulumi_policy.proxy import unknown_checking_proxy

__all__ = ["LABELS", "NAMESPACE", "judge", "judge_stack", "made", "token_of"]

LABELS = {
    "govcloud.gov.vn/tenant": "g09",
    "govcloud.gov.vn/agency": "G09",
    "govcloud.gov.vn/tier": "ministry",
    "govcloud.gov.vn/env": "prod",
    "govcloud.gov.vn/zone": "srv",
    "govcloud.gov.vn/level": "3",
    "govcloud.gov.vn/managed-by": "govcloud",
}
NAMESPACE = "g09-prod-srv"


def judge(token: str, props: dict[str, Any], cloud: str = "") -> set[str]:
    """Return the controls that the resource violates, seen through the proxy that the engine uses."""
    pack, declared = importlib.import_module("pack"), importlib.import_module("declared")
    resource = declared.Declared(token, unknown_checking_proxy(copy.deepcopy(props)), cloud)
    return {c for c, rules in pack.RESOURCE_RULES.items() for rule in rules if list(rule(resource))}


def judge_stack(*resources: tuple[str, dict[str, Any]]) -> set[str]:
    pack, declared = importlib.import_module("pack"), importlib.import_module("declared")
    found = [declared.Declared(token, props) for token, props in resources]
    return {control for control, rules in pack.STACK_RULES.items() for rule in rules if list(rule(found))}


def token_of(manifest: dict[str, Any]) -> str:
    group, _, version = manifest["apiVersion"].rpartition("/")
    return f"kubernetes:{group or 'core'}/{version}:{manifest['kind']}"


def made(kind: str, api: str = "core/v1", **fields: Any) -> tuple[str, dict[str, Any]]:
    return f"kubernetes:{api}:{kind}", {"metadata": {"name": "x", "namespace": NAMESPACE, "labels": LABELS}, **fields}
