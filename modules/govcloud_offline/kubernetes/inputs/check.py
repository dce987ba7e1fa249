"""What a program said about a resource, completed: a name, a namespace, one form for equal inputs."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final

from govcloud_base.wire.values import Unknown, has_unknown
from govcloud_offline.kubernetes.inputs import metadata
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN, Types
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of, kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.normal import Stranger, normal_form, normalised
from govcloud_offline.kubernetes.inputs.property_path import Path, format_path
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import plain, property_names

__all__ = ["Autonaming", "CheckError", "checked", "is_patch"]

_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_LIST_REFUSED: Final = (
    "a List is only a way to write several objects in one YAML file: declare each of its items as a resource of its own"
)


class CheckError(ValueError):
    """Inputs that no Kubernetes could take; the text is for the user."""


class Autonaming(enum.IntEnum):
    """How the engine wants resources named, with the protocol's numbers."""

    PROPOSE = 0
    ENFORCE = 1
    DISABLE = 2


def is_patch(urn: str, manifest: dict[str, Any]) -> bool:
    """Tell whether the resource is a `…Patch`: owner of some fields of an object that is somebody else's."""
    kind = kind_of(manifest).name
    return bool(kind) and kind_of_type(type_of(urn)).name == kind + "Patch"


def checked(
    urn: str,
    old: dict[str, Any],
    new: dict[str, Any],
    *,
    seed: bytes = b"",
    autonaming: tuple[Autonaming, str] | None = None,
    server_side: bool = True,
    default_namespace: str = "",
    namespaced: Callable[[Kind], bool] = lambda kind: kind.known_scope is not False,
    types: Types = BUILTIN,
    warn: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Return the inputs `new` as they will be recorded and applied; `old` are those of the last run, or empty.

    `seed` makes an automatic name the same in preview and update, `autonaming` is the engine's rule with the name
    that it proposes, `namespaced` tells the scope of kinds, `types` what their fields hold. A field that a kind does
    not have is dropped, as the server would drop it, and `warn` is told. Raises :class:`CheckError`.
    """
    kind = kind_of_type(type_of(urn))
    if kind.known_scope is not None and kind.name.endswith("List"):
        raise CheckError(_LIST_REFUSED)
    before = plain(old)
    inputs = plain(new)
    patch = is_patch(urn, inputs)
    if patch and not server_side:
        raise CheckError(
            "a Patch resource works by Server-Side Apply only, and `enableServerSideApply` of this provider is off"
        )
    inputs = _without_strangers(inputs, types, warn)
    if patch and not metadata.name_of(inputs) and not _pending(new, "name"):
        raise CheckError("a Patch resource needs `.metadata.name`: which object is it about?")
    named = bool(metadata.name_of(inputs)) or _pending(new, "name")
    generated = not named and _has_generate_name(inputs, new)
    if before:
        if not named and metadata.is_true(before, "autonamed"):
            _name(inputs, metadata.name_of(before))
            generated = False
    elif not named and not generated:
        _name(inputs, _automatic_name(urn, seed, autonaming))
    if not server_side and (not before or _managed_by(before)):
        _set_managed_by(inputs)
    if generated and server_side:
        raise CheckError(
            "`.metadata.generateName` does not go with Server-Side Apply: leave the name out, and one is made"
        )
    if default_namespace and not metadata.namespace_of(inputs) and not _pending(new, "namespace"):
        scope_of = Kind(kind.group, kind.version, kind.name.removesuffix("Patch") if patch else kind.name)
        if namespaced(scope_of):
            metadata.set_metadata(inputs, "namespace", default_namespace)
    result: dict[str, Any] = property_names(inputs)
    mark_secrets(result, new)
    return result


def _without_strangers(inputs: dict[str, Any], types: Types, warn: Callable[[str], None]) -> dict[str, Any]:
    """Return the inputs as they are recorded, without fields that their kind does not have."""
    result, strangers = normal_form(inputs, types)
    if has_unknown(inputs):
        result = normalised(inputs, types)
    for stranger in strangers:
        _remove(result, stranger.path)
        warn(_ignored(stranger, kind_of(inputs), types))
    return result


def _ignored(stranger: Stranger, kind: Kind, types: Types) -> str:
    from difflib import get_close_matches  # mistakes are rare, and this is slow to load

    near = get_close_matches(str(stranger.path[-1]), types.names(kind, stranger.owner), 1)
    meant = f"; did you mean `{near[0]}`?" if near else ""
    return f"{kind.name} ({kind.api_version}) has no field `{format_path(stranger.path)}`: it is left out{meant}"


def _remove(manifest: Any, path: Path) -> None:
    for step in path[:-1]:
        manifest = manifest[step]
    del manifest[path[-1]]


def _automatic_name(urn: str, seed: bytes, autonaming: tuple[Autonaming, str] | None) -> str:
    if autonaming is not None:
        mode, proposed = autonaming
        if mode is Autonaming.DISABLE:
            raise CheckError("the project makes no automatic names (autonaming is disabled): set `.metadata.name`")
        return proposed
    return unique_name(urn.rsplit("::", 1)[-1] + "-", seed)


def _name(inputs: dict[str, Any], name: str) -> None:
    metadata.set_metadata(inputs, "name", name)
    metadata.set_annotation(inputs, metadata.AUTONAMED, "true")


def _pending(properties: dict[str, Any], key: str) -> bool:
    """Tell whether `metadata.KEY` will be known only after the update."""
    values = properties.get("metadata")
    return isinstance(values, Unknown) or (isinstance(values, dict) and isinstance(values.get(key), Unknown))


def _has_generate_name(inputs: dict[str, Any], given: dict[str, Any]) -> bool:
    values = inputs.get("metadata")
    return _pending(given, "generateName") if isinstance(values, Unknown) else bool((values or {}).get("generateName"))


def _managed_by(manifest: dict[str, Any]) -> bool:
    labels = (manifest.get("metadata") or {}).get("labels")
    return isinstance(labels, dict) and labels.get(_MANAGED_BY) == "pulumi"


def _set_managed_by(manifest: dict[str, Any]) -> None:
    """Label objects of client-side mode as Pulumi's; in server-side mode `managedFields` says so."""
    values = manifest.get("metadata")
    if isinstance(values, dict):
        labels = values.setdefault("labels", {})
        if isinstance(labels, dict):
            labels[_MANAGED_BY] = "pulumi"
