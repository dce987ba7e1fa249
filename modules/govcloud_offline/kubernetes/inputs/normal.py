"""One form for inputs that mean the same, so that they do not show as changes.

The official plugin reads a built-in object into its Go type and writes it out again; the server stores it in that
form too. What this changes for inputs, by the type of each field: quantities, times and base64 become canonical,
values that Go omits when they are empty vanish, a Secret's `stringData` turns into `data`, and what only the server
may set is dropped. Of a custom kind the server keeps the fields that its definition names, as they are written; only
metadata are of a type of Go's. Kinds whose types nobody knows stay as they are written.
"""

from __future__ import annotations

import base64
import binascii
import copy
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from govcloud_base import quantity
from govcloud_base.wire.values import has_unknown
from govcloud_offline.kubernetes.inputs.field_types import ANY, BUILTIN, LEFT_OUT, METADATA, Types
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of
from govcloud_offline.kubernetes.inputs.property_path import Path

__all__ = ["Stranger", "normal_form", "normalised"]

_READ_ONLY_METADATA: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
# What the server replaces by its default when it is empty, as if it were absent, though Go writes it: known from asking
# one (the test that spells every field). The official plugin keeps it, and shows a change in every run.
_AS_ABSENT: Final = frozenset(
    {
        ("batch/v1.PodFailurePolicyOnPodConditionsPattern", "status"),
        ("core/v1.ServicePort", "targetPort"),
        ("flowcontrol/v1.FlowSchemaSpec", "matchingPrecedence"),
        ("flowcontrol/v1.QueuingConfiguration", "handSize"),
        ("flowcontrol/v1.QueuingConfiguration", "queueLengthLimit"),
        ("flowcontrol/v1.QueuingConfiguration", "queues"),
        ("rbac/v1.RoleRef", "apiGroup"),
    }
)
_SECRET: Final = Kind("", "v1", "Secret")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A field that its type does not have."""

    path: Path
    owner: str
    """The type, for example `core/v1.PodSpec`."""


def normalised(manifest: dict[str, Any], types: Types = BUILTIN) -> dict[str, Any]:
    """Return `manifest` as it is recorded and sent: in normal form once all of its values are known."""
    if has_unknown(manifest):
        return _without_read_only(copy.deepcopy(manifest))
    return normal_form(manifest, types)[0]


def normal_form(manifest: dict[str, Any], types: Types = BUILTIN) -> tuple[dict[str, Any], list[Stranger]]:
    """Return `manifest` in the form in which it is compared, and the fields in it that `types` say do not exist.

    Those fields, and values that are not known yet, stay as they are.
    """
    result = copy.deepcopy(manifest)
    kind = kind_of(result)
    strangers: list[Stranger] = []
    owner = types.of_kind(kind)
    form = _Form(types, kind, strangers)
    if owner is None and not kind.builtin and isinstance(result.get("metadata"), dict):
        result["metadata"] = form.fields(result["metadata"], METADATA, ("metadata",))
    elif owner is not None:
        if kind == _SECRET:
            _encode_text(result)
        if kind.name == "CustomResourceDefinition":
            result.pop("status", None)
        # The official plugin does not read Secrets into their type: a `data` that was emptied stays in its diff.
        kept: dict[str, Any] = {"data": {}} if kind == _SECRET and result.get("data") == {} else {}
        result = form.fields(result, owner, ()) | kept
    return _without_read_only(result), strangers


def _without_read_only(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return `manifest` after removing, in place, what only the server may set."""
    metadata = manifest.get("metadata")
    if isinstance(metadata, dict):
        for key in _READ_ONLY_METADATA:
            metadata.pop(key, None)
    return manifest


def _encode_text(secret: dict[str, Any]) -> None:
    """Write `stringData` into `data`, as the server does."""
    text, data = secret.get("stringData"), secret.get("data")
    if isinstance(text, dict) and text and all(isinstance(value, str) for value in text.values()):
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in text.items()}
        secret["data"] = {**(data if isinstance(data, dict) else {}), **encoded}
        del secret["stringData"]


@dataclass
class _Form:
    """One object on its way into normal form."""

    types: Types
    kind: Kind
    strangers: list[Stranger]

    def fields(self, value: dict[str, Any], owner: str, path: Path) -> dict[str, Any]:
        """Return an object of the type `owner` without what Go would leave out."""
        result = {}
        for name, item in value.items():
            if item is None:
                continue
            word = self.types.of_field(self.kind, owner, name)
            if word is None:
                self.strangers.append(Stranger((*path, name), owner))
                word = ANY
            absent = word.startswith(LEFT_OUT) or (owner, name) in _AS_ABSENT
            if not (absent and item in (False, "", [], {})):  # 0 is False
                result[name] = self.value(item, word.removeprefix(LEFT_OUT), (*path, name))
        return result

    def value(self, value: Any, word: str, path: Path) -> Any:
        """Return a value of the type `word`; one that cannot be of it as it is: the server will name the mistake."""
        if word.startswith("[]"):
            return self._items(value, word[2:], path) if isinstance(value, list) else value
        if word.startswith("{}"):
            if not isinstance(value, dict):
                return value
            named = {name: item for name, item in value.items() if item is not None}
            return {name: self.value(item, word[2:], (*path, name)) for name, item in named.items()}
        if "." in word:
            if isinstance(value, list):  # some parts of a definition's schema may be one or several
                return self._items(value, word, path)
            return self.fields(value, word, path) if isinstance(value, dict) else value
        canonical = _CANONICAL.get(word)
        return canonical(value) if canonical is not None else value

    def _items(self, items: list[Any], word: str, path: Path) -> list[Any]:
        return [self.value(item, word, (*path, index)) for index, item in enumerate(items)]


def _standard_base64(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)).decode()
    except binascii.Error:
        return value


def _time(value: Any, precision: str) -> Any:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return value
    try:
        moment = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return value
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


_CANONICAL: Final[dict[str, Callable[[Any], Any]]] = {
    "quantity": quantity.canonical,
    "resource": lambda value: quantity.canonical(value, finest=quantity.THOUSANDTH),
    "bytes": _standard_base64,
    "time": lambda value: _time(value, "seconds"),
    "microtime": lambda value: _time(value, "microseconds"),
}
