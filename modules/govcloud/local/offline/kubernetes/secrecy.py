"""Which outputs are secret: those whose inputs were, and the data of every Secret."""

from __future__ import annotations

from typing import Any

from govcloud.local.offline.kubernetes.values import Secret, has_secret

__all__ = ["mark_secrets"]


def mark_secrets(outputs: dict[str, Any], inputs: dict[str, Any]) -> None:
    """Mark in place the `outputs` that stem from secret `inputs`.

    Maps are followed key by key, so that one secret value does not hide a whole object; a list with any secret is
    hidden as a whole, because the server may have changed its order.
    """
    if outputs.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in outputs and not isinstance(outputs[key], Secret):
                outputs[key] = Secret(outputs[key])
        return
    for key, given in inputs.items():
        if key not in outputs:
            continue
        out = outputs[key]
        if isinstance(out, dict) and isinstance(given, dict):
            mark_secrets(out, given)
        elif not isinstance(out, Secret) and has_secret(given):
            outputs[key] = Secret(out)
