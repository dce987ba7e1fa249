"""Which outputs are secret: those whose inputs were, the data of every Secret, and whatever repeats them."""

from __future__ import annotations

from typing import Any, Final

from govcloud_base.wire.values import Secret, has_secret
from govcloud_offline.kubernetes.inputs.hidden import Hidden

__all__ = ["mark_secrets"]

# Annotations that hold a whole object as it once was: also what has been a secret before is one.
_COPIES: Final = ("kubectl.kubernetes.io/last-applied-configuration", "objectset.rio.cattle.io/applied")
# Fields by which objects are found: never secret on their own account.
_IDENTITY: Final = frozenset({"apiVersion", "kind"})


def mark_secrets(outputs: dict[str, Any], inputs: dict[str, Any]) -> None:
    """Mark in place the `outputs` that stem from secret `inputs`, and every text in them that repeats a secret.

    Maps are followed key by key, so that one secret value does not hide a whole object; a list with any secret is
    hidden as a whole, because the server may have changed its order.
    """
    _follow(outputs, inputs)
    hidden = Hidden.of(outputs, inputs)
    if hidden or outputs.get("kind") == "Secret":
        _mark_copies(outputs, hidden, hidden.certain)


def _follow(outputs: dict[str, Any], inputs: dict[str, Any]) -> None:
    if outputs.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in outputs and not isinstance(outputs[key], Secret):
                outputs[key] = Secret(outputs[key])
    for key, given in inputs.items():
        if key not in outputs:
            continue
        out = outputs[key]
        if isinstance(out, dict) and isinstance(given, dict):
            _follow(out, given)
        elif not isinstance(out, Secret) and has_secret(given):
            outputs[key] = Secret(out)


def _mark_copies(outputs: dict[str, Any], hidden: Hidden, certain: Hidden) -> None:
    """Mark in an object what repeats a secret: annotations that may, any other field but identity that must."""
    for key, value in outputs.items():
        if key == "metadata" and isinstance(value, dict):
            annotations = value.get("annotations")
            if isinstance(annotations, dict):
                for name, text in annotations.items():
                    if isinstance(text, str) and (name in _COPIES or hidden.within(text)):
                        annotations[name] = Secret(text)
        elif key not in _IDENTITY:
            outputs[key] = _marked(value, hidden, certain)


def _marked(value: Any, hidden: Hidden, certain: Hidden) -> Any:
    if isinstance(value, str):
        return Secret(value) if certain.within(value) else value
    if isinstance(value, dict):
        _mark_copies(value, hidden, certain)
    elif isinstance(value, list):
        return [_marked(item, hidden, certain) for item in value]
    return value
