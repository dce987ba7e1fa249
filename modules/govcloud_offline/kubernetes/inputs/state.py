"""The state of a resource: the live object, the inputs that made it, and the plugin's own bookkeeping.

=======================  ==========================================================================
``__inputs``             what the program said, normalised
``__initialApiVersion``  the apiVersion with which the object was first made
``__fieldManager``       the name under which server-side apply owns the fields
everything else          the object as the server last returned it
=======================  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from govcloud_base.wire.values import Secret
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import plain, property_names

__all__ = ["CREATE_MANAGER", "Record", "State", "field_manager"]

_INPUTS: Final = "__inputs"
_API_VERSION: Final = "__initialApiVersion"
_MANAGER: Final = "__fieldManager"

CREATE_MANAGER: Final = "pulumi-kubernetes"
"""The manager that plain creation records; the first apply takes its fields over."""


@dataclass(frozen=True, slots=True)
class State:
    """A recorded state, opened."""

    inputs: Manifest
    live: Manifest
    initial_api_version: str
    manager: str

    @classmethod
    def of(cls, properties: dict[str, Any], urn: str = "") -> State:
        """Read the properties that the engine keeps for a resource `urn`; for one that is only being read, nothing."""
        opened = plain(properties)
        inputs = opened.pop(_INPUTS, None)
        version = opened.pop(_API_VERSION, "")
        manager = opened.pop(_MANAGER, "")
        return cls(
            inputs=Manifest.of(inputs if isinstance(inputs, dict) else {}, urn),
            live=Manifest.of(opened),
            initial_api_version=version if isinstance(version, str) else "",
            manager=manager if isinstance(manager, str) else "",
        )


def field_manager(inputs: Manifest, state: State | None, *, server_side: bool, adopting: str = "") -> str:
    """Return the name that owns the fields: the annotation's, else the recorded one, else a new one.

    New names are random. Only where existing objects may be adopted, the URN `adopting` makes the name: a run that
    was killed before it could record an object is then repeated as the same owner, not as a second one whose fields
    nobody could remove any more.
    """
    if not server_side:
        return CREATE_MANAGER
    chosen = inputs.options.manager or (state.manager if state else "")
    return chosen or unique_name(CREATE_MANAGER + "-", adopting.encode())


@dataclass(frozen=True, slots=True)
class Record:
    """What is recorded of a resource beside its object."""

    inputs: Manifest
    given: dict[str, Any]
    """The inputs as the engine sent them, which say what is secret."""
    initial_api_version: str
    manager: str

    def of(self, live: Manifest) -> dict[str, Any]:
        """Return the properties to record with an object."""
        result: dict[str, Any] = property_names(live.body)
        recorded: dict[str, Any] = property_names(self.inputs.body)
        mark_secrets(result, self.given)
        mark_secrets(recorded, self.given)
        text, data = self.given.get("stringData"), result.get("data")
        if isinstance(text, Secret) and data is not None and not isinstance(data, Secret):
            result["data"] = Secret(data)
        return {**result, _INPUTS: recorded, _API_VERSION: self.initial_api_version, _MANAGER: self.manager}
