"""What a program said about a resource, completed: a name, a namespace, one form for equal inputs."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final

from govcloud_offline.kubernetes.inputs.field_types import BUILTIN, Types
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.manifest import AUTONAMED, Manifest
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.normal import Stranger, normal_form, normalised
from govcloud_offline.kubernetes.inputs.property_path import Path, format_path
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import property_names

__all__ = ["Autonaming", "CheckError", "checked"]

_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_OURS: Final = "pulumi"
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
    before, said = Manifest.said(old), Manifest.said(new, urn)
    if said.patch and not server_side:
        raise CheckError(
            "a Patch resource works by Server-Side Apply only, and `enableServerSideApply` of this provider is off"
        )
    inputs = _without_strangers(said, types, warn)
    named = bool(inputs.name) or said.pending("name")
    if said.patch and not named:
        raise CheckError("a Patch resource needs `.metadata.name`: which object is it about?")
    generated = not named and (said.pending("generateName") or bool(inputs.metadata.get("generateName")))
    if before.body:
        if not named and before.options.autonamed:
            inputs, generated = _named(inputs, before.name), False
    elif not named and not generated:
        inputs = _named(inputs, _automatic_name(urn, seed, autonaming))
    if not server_side and (not before.body or _managed_by(before)):
        # In server-side mode `managedFields` says so.
        inputs = inputs.with_entry("labels", _MANAGED_BY, _OURS)
    if generated and server_side:
        raise CheckError(
            "`.metadata.generateName` does not go with Server-Side Apply: leave the name out, and one is made"
        )
    if default_namespace and not inputs.namespace and not said.pending("namespace"):
        scope_of = Kind(kind.group, kind.version, kind.name.removesuffix("Patch") if said.patch else kind.name)
        if namespaced(scope_of):
            inputs = inputs.with_metadata("namespace", default_namespace)
    result: dict[str, Any] = property_names(inputs.body)
    mark_secrets(result, new)
    return result


def _without_strangers(said: Manifest, types: Types, warn: Callable[[str], None]) -> Manifest:
    """Return the inputs as they are recorded, without fields that their kind does not have."""
    result, strangers = normal_form(said.body, types)
    if said.unknown:
        result = normalised(said.body, types)
    for stranger in strangers:
        _remove(result, stranger.path)
        warn(_ignored(stranger, said.kind, types))
    return said.changed(result)


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


def _named(inputs: Manifest, name: str) -> Manifest:
    return inputs.with_metadata("name", name).with_entry("annotations", AUTONAMED, "true")


def _managed_by(manifest: Manifest) -> bool:
    labels = manifest.metadata.get("labels")
    return isinstance(labels, dict) and labels.get(_MANAGED_BY) == _OURS
