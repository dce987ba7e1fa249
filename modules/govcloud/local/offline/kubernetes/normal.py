"""One form for inputs that mean the same, so that they do not show as changes.

The official plugin reads a built-in object into its Go type and writes it out again; the server stores it in that
form too. What this changes for inputs: quantities become canonical, values that Go omits when they are empty vanish,
a Secret's `stringData` turns into `data`, and what only the server may set is dropped. Custom resources stay as they
are written.
"""

from __future__ import annotations

import base64
import binascii
import copy
from typing import Any, Final

from govcloud.local.offline.kubernetes.kinds import is_builtin, kind_of
from govcloud.local.offline.kubernetes.quantity import canonical_quantity
from govcloud.local.offline.kubernetes.values import has_unknown

__all__ = ["normalised"]

_READ_ONLY_METADATA: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)

# Maps of names to quantities, and single quantities.
_QUANTITY_MAPS: Final = frozenset(
    {
        "allocatable",
        "capacity",
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "overhead",
        "podFixed",
        "requests",
    }
)
_QUANTITIES: Final = frozenset({"divisor", "sizeLimit"})

# Maps of free names to strings: an empty value means something there, an empty map does not.
_STRING_MAPS: Final = frozenset(
    {"annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector", "parameters", "stringData"}
)

# Fields of Go types that are plain values with `omitempty`: false and 0 are the same as absent. (Pointer fields, such
# as `replicas` or `automountServiceAccountToken`, distinguish the two and are not listed.)
_OMITTED_WHEN_FALSE: Final = frozenset(
    {
        "globalDefault",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "paused",
        "publishNotReadyAddresses",
        "readOnly",
        "stdin",
        "stdinOnce",
        "tty",
        "unschedulable",
    }
)
_OMITTED_WHEN_ZERO: Final = frozenset(
    {
        "failureThreshold",
        "healthCheckNodePort",
        "hostPort",
        "initialDelaySeconds",
        "minReadySeconds",
        "nodePort",
        "periodSeconds",
        "successThreshold",
        "timeoutSeconds",
    }
)
# Strings where "" is a value of its own (pointers, or fields without `omitempty`), and lists without `omitempty`.
_KEPT_WHEN_EMPTY_TEXT: Final = frozenset(
    {
        "apiGroup",
        "appProtocol",
        "ingressClassName",
        "runtimeClassName",
        "storageClassName",
        "trafficDistribution",
        "volumeAttributesClassName",
    }
)
_KEPT_WHEN_EMPTY_LIST: Final = frozenset({"containers", "endpoints", "rules", "verbs"})


def normalised(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return `manifest` in the form in which it is compared and sent; one with unknown values keeps its shape."""
    result = copy.deepcopy(manifest)
    if not has_unknown(result) and is_builtin(result):
        result = _normalised_kind(result)
    metadata = result.get("metadata")
    if isinstance(metadata, dict):
        for key in _READ_ONLY_METADATA:
            metadata.pop(key, None)
    return result


def _normalised_kind(manifest: dict[str, Any]) -> dict[str, Any]:
    kind = kind_of(manifest)
    if kind.name == "CustomResourceDefinition":
        manifest.pop("status", None)
        spec = manifest.get("spec")
        if isinstance(spec, dict) and spec.get("preserveUnknownFields") is False:
            del spec["preserveUnknownFields"]
        return manifest
    if kind.group == "" and kind.name == "Secret":
        return _secret(manifest)
    string_maps = _STRING_MAPS
    if kind.group == "" and kind.name in ("Service", "ReplicationController"):
        string_maps = string_maps | {"selector"}
    return {
        key: _field(key, value, "", string_maps) if key not in ("apiVersion", "kind") else value
        for key, value in manifest.items()
        if not _omitted(key, value, "", string_maps)
    }


def _secret(manifest: dict[str, Any]) -> dict[str, Any]:
    """Write `stringData` into `data`, as the server does, and each value of `data` in standard base64."""
    text = manifest.get("stringData")
    data = manifest.get("data")
    if isinstance(text, dict) and text and all(isinstance(value, str) for value in text.values()):
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in text.items()}
        manifest["data"] = {**(data if isinstance(data, dict) else {}), **encoded}
        del manifest["stringData"]
    elif isinstance(data, dict):
        manifest["data"] = {key: _recoded(value) for key, value in data.items()}
    return manifest


def _recoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)).decode()
    except binascii.Error:
        return value  # the server will say what is wrong with it


def _field(key: str, value: Any, parent: str, string_maps: frozenset[str]) -> Any:
    if key in _QUANTITIES:
        return canonical_quantity(value)
    if isinstance(value, dict):
        if key in _QUANTITY_MAPS:
            return {name: canonical_quantity(item) for name, item in value.items() if item is not None}
        if key in string_maps:
            return {name: item for name, item in value.items() if item is not None}
        return {
            name: _field(name, item, key, string_maps)
            for name, item in value.items()
            if not _omitted(name, item, key, string_maps)
        }
    if isinstance(value, list):
        return [_field("", item, key, string_maps) for item in value]
    return value


def _omitted(key: str, value: Any, parent: str, string_maps: frozenset[str]) -> bool:
    """Tell whether Go leaves this field out: it is empty and has `omitempty`."""
    if value is None:
        return True
    if value is False:
        return key in _OMITTED_WHEN_FALSE and not (key == "readOnly" and parent == "csi")
    if value == 0 and isinstance(value, int):
        return key in _OMITTED_WHEN_ZERO
    if value == "":
        return key not in _KEPT_WHEN_EMPTY_TEXT
    if value == []:
        return key not in _KEPT_WHEN_EMPTY_LIST
    if value == {}:
        return key in string_maps or key in _QUANTITY_MAPS
    return False
