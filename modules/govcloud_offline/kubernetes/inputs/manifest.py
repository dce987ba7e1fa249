"""An object of Kubernetes, read once: its kind and names, and what its annotations ask of this plugin."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from govcloud_base.discovery import Served
from govcloud_base.wire.values import Unknown, has_unknown
from govcloud_offline.kubernetes.inputs.field_types import Types
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of, kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.normal import normalised
from govcloud_offline.kubernetes.inputs.spelling import plain

__all__ = ["AUTONAMED", "Manifest", "Options", "split_identifier"]

_PREFIX: Final = "pulumi.com/"
AUTONAMED: Final = _PREFIX + "autonamed"
_PROPAGATION: Final = {"orphan": "Orphan", "background": "Background"}


@dataclass(frozen=True, slots=True)
class Options:
    """What the annotations `pulumi.com/…` of an object ask for; those that are not known yet ask for nothing."""

    autonamed: bool
    """Its name was made by us."""
    skip_await: bool
    wait_for: str
    """When it is ready, in the words of the annotation; "" where its kind says when."""
    timeout: float | None
    """Seconds to wait for it."""
    patch_force: bool
    manager: str
    """The name that owns its fields; "" where any will do."""
    replace_unready: bool
    propagation: str
    """What becomes of the objects that it owns when it is deleted, as the API calls it."""

    @classmethod
    def of(cls, annotations: Mapping[str, Any]) -> Options:
        """Read them."""
        text = {
            key.removeprefix(_PREFIX): value
            for key, value in annotations.items()
            if key.startswith(_PREFIX) and isinstance(value, str)
        }
        seconds = text.get("timeoutSeconds", "")
        return cls(
            autonamed=text.get("autonamed") == "true",
            skip_await=text.get("skipAwait") == "true",
            wait_for=text.get("waitFor", ""),
            timeout=float(seconds) if seconds.isdecimal() else None,
            patch_force=text.get("patchForce") == "true",
            manager=text.get("patchFieldManager", ""),
            replace_unready=text.get("replaceUnready") == "true",
            propagation=_PROPAGATION.get(text.get("deletionPropagationPolicy", "").lower(), "Foreground"),
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """An object as a program says it or as a server answered. Nobody changes its body: a change is another one.

    Texts are "" where it has none, or where they are not known yet.
    """

    body: dict[str, Any]
    kind: Kind
    name: str
    namespace: str
    options: Options
    patch: bool
    """It stands for some fields of an object that is somebody else's (a `…Patch` resource)."""

    @classmethod
    def of(cls, body: dict[str, Any], urn: str = "") -> Manifest:
        """Read an object, said by the resource `urn`. Raises :class:`TypeTokenError` where that is none of ours."""
        kind, metadata = kind_of(body), _mapping(body.get("metadata"))
        patch = bool(urn and kind.name) and kind_of_type(type_of(urn)).name == f"{kind.name}Patch"
        options = Options.of(_mapping(metadata.get("annotations")))
        return cls(body, kind, _text(metadata.get("name")), _text(metadata.get("namespace")), options, patch)

    @classmethod
    def said(cls, properties: Mapping[str, Any], urn: str = "") -> Manifest:
        """Read the object in properties as the engine sends them: secrets opened, and spelled as Kubernetes does."""
        return cls.of(plain(properties), urn)

    @property
    def api_version(self) -> str:
        """The `apiVersion` as it is written."""
        return _text(self.body.get("apiVersion"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata; empty where they are not known yet."""
        return _mapping(self.body.get("metadata"))

    @property
    def spec(self) -> Mapping[str, Any]:
        """What is wanted of it."""
        return _mapping(self.body.get("spec"))

    @property
    def status(self) -> Mapping[str, Any]:
        """What a server says of it."""
        return _mapping(self.body.get("status"))

    @property
    def conditions(self) -> dict[str, dict[str, Any]]:
        """The conditions of its status, by type."""
        return {str(item.get("type")): item for item in self.status.get("conditions") or ()}

    @property
    def identifier(self) -> str:
        """Its Pulumi id: `namespace/name`, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def uid(self) -> str:
        """The server's own name for it; another object of the same name has another."""
        return _text(self.metadata.get("uid"))

    @property
    def controller(self) -> str:
        """The uid of the object that controls it; "" where nobody does."""
        owners = self.metadata.get("ownerReferences") or ()
        return next((_text(owner.get("uid")) for owner in owners if owner.get("controller")), "")

    @property
    def managed_fields(self) -> list[dict[str, Any]]:
        """Who owns which of its fields."""
        entries: list[dict[str, Any]] = self.metadata.get("managedFields") or []
        return entries

    @property
    def unknown(self) -> bool:
        """True where something in it is known only after the update."""
        return has_unknown(self.body)

    def pending(self, key: str) -> bool:
        """Tell whether `metadata.KEY` will be known only after the update."""
        return isinstance(self.body.get("metadata"), Unknown) or isinstance(self.metadata.get(key), Unknown)

    def path(self, served: Served) -> str:
        """Return its path on a server that serves its kind so."""
        return served.path(self.name, self.namespace or "default")

    def patience(self, option: float, default: float) -> float:
        """Return how many seconds to wait for it: the resource option, else its annotation, else `default`."""
        return option or (default if self.options.timeout is None else self.options.timeout)

    def changed(self, body: dict[str, Any]) -> Manifest:
        """Return it with another body."""
        return dataclasses.replace(Manifest.of(body), patch=self.patch)

    def normalised(self, types: Types) -> Manifest:
        """Return it as it is recorded and sent (:func:`.normal.normalised`)."""
        return self.changed(normalised(self.body, types))

    def with_metadata(self, key: str, value: str) -> Manifest:
        """Return it with `metadata.KEY` set, or without it for ""; as it is where its metadata are not known yet."""
        if isinstance(self.body.get("metadata"), Unknown) or not (value or key in self.metadata):
            return self
        others = {name: item for name, item in self.metadata.items() if name != key}
        return self.changed({**self.body, "metadata": {**others, key: value} if value else others})

    def with_entry(self, field: str, key: str, value: str) -> Manifest:
        """Return it with an entry among its `annotations` or `labels`; as it is where those are not known yet."""
        entries = self.metadata.get(field, {})
        if not isinstance(self.body.get("metadata"), dict) or not isinstance(entries, dict):
            return self
        return self.changed({**self.body, "metadata": {**self.metadata, field: {**entries, key: value}}})


def split_identifier(text: str) -> tuple[str, str]:
    """Return namespace ("" if none) and name of a Pulumi id."""
    namespace, slash, name = text.partition("/")
    return (namespace, name) if slash else ("", text)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
