"""What the engine may ask of one type of resource, in plain dictionaries.

Property names are those of the Pulumi state (camelCase). Nothing here knows the protocol; values that only an update
can know are :data:`govcloud_base.wire.values.UNKNOWN`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from govcloud.providers.storage import problems
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Problem, Text
from govcloud_base.wire.values import UNKNOWN

__all__ = ["NOT_KNOWN", "Around", "Failure", "Properties", "ResourceType", "misshapen"]

Properties = dict[str, Any]
Failure = tuple[str, Problem]
"""The name of an input and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known when inputs are checked, without asking a store."""

    dialect: str | None = None
    """Of the store; None where its configuration is not known yet."""
    now: datetime.datetime | None = None
    """The time, in UTC; None where nothing is to be judged by it."""


NOT_KNOWN: Final = Around()
"""Nothing is known."""


class ResourceType(Protocol):
    """One type of resource."""

    secret_outputs: frozenset[str]
    """Outputs that are secret whatever the inputs were."""

    def checked(
        self, olds: Properties, news: Properties, around: Around = NOT_KNOWN
    ) -> tuple[Properties, list[Failure]]:
        """Return the inputs with defaults filled in, and what is wrong with them."""

    def replaces(self, olds: Properties, news: Properties) -> list[str]:
        """Return the inputs whose change needs another resource."""

    def due(self, inputs: Properties, outputs: Properties, now: datetime.datetime) -> list[str]:
        """Return the properties for whose sake an update is due though nobody changed an input: their time has come."""

    def planned(self, store: Store | None, inputs: Properties, olds: Properties | None) -> Properties:
        """Return the outputs as far as a preview can know them; `olds` are the outputs before an update."""

    def create(self, store: Store, inputs: Properties) -> tuple[str, Properties]:
        """Make the resource and return its id and outputs."""

    def read(
        self, store: Store, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Return inputs and outputs as the store has them, None where the resource is gone."""

    def update(self, store: Store, inputs: Properties, olds: Properties) -> Properties:
        """Bring the resource to `inputs` and return its outputs."""

    def delete(self, store: Store, resource_id: str, outputs: Properties) -> None:
        """Remove the resource."""


def misshapen(inputs: Properties, shapes: Mapping[str, type], required: tuple[str, ...]) -> list[Failure]:
    """Return a failure for every input of the wrong JSON type, unknown to the type, or missing."""
    failures: list[Failure] = []
    for name, value in inputs.items():
        if name.startswith("__") or name == "version" or value is None or value == UNKNOWN:
            continue
        shape = shapes.get(name)
        if shape is None:
            failures.append((name, problems.input_invalid(name, value, ", ".join(shapes))))
        elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            failures.append((name, problems.input_invalid(name, value, shape.__name__)))
    failures += [
        (name, problems.input_invalid(name, "", Text("required", "bắt buộc")))
        for name in required
        if not inputs.get(name)
    ]
    return failures
