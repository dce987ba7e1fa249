"""Objects as a program declares them, as an API server holds them, as the state records them; and its refusals."""

from __future__ import annotations

from typing import Any

from govcloud.country.controls import in_force
from govcloud.country.law_folder import PROJECT_LAW

__all__ = ["CONFIG_MAP", "CONFIG_MAPS", "CONTROLS", "config_map", "live", "named", "refusal", "state", "urn"]

CONTROLS = in_force(PROJECT_LAW)
"""The controls of the project's law, with which checks compare."""
CONFIG_MAPS = "/api/v1/namespaces/a/configmaps"
CONFIG_MAP = f"{CONFIG_MAPS}/conf"


def urn(token: str) -> str:
    return f"urn:pulumi:dev::p::kubernetes:{token}::rec"


def config_map(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf", "namespace": "a"}, **fields}


def named(name: str, **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, **fields}


def live(manifest: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    fixed = {"uid": "u1", "resourceVersion": "7"}
    return {**manifest, "metadata": {**manifest["metadata"], **fixed, **metadata}}


def state(inputs: dict[str, Any], now: dict[str, Any], manager: str = "us") -> dict[str, Any]:
    return {**now, "__inputs": inputs, "__initialApiVersion": inputs["apiVersion"], "__fieldManager": manager}


def refusal(code: int, reason: str, message: str, **details: Any) -> tuple[int, dict[str, Any]]:
    """Return what a server answers when it refuses."""
    return code, {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
        "details": details,
    }
