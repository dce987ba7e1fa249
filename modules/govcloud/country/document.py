"""A YAML document that was read strictly, with the places of its parts.

Places are worked out only when a problem needs one: reading a whole country keeps no marks, and the few documents with
problems are parsed a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import yaml

from govcloud.country.builder import Builder, Value
from govcloud_base.errors import Place

__all__ = ["Document", "Path"]

Path = tuple[str | int, ...]
"""Keys and positions from the document's root to a part."""


@dataclass(frozen=True)
class Document:
    """One file's single document."""

    file: str
    """Name to show: relative to where the user is, as far as possible."""
    data: bytes = field(repr=False)
    """Content: UTF-8, without problems."""
    _value: Value = field(default=None, repr=False, compare=False)

    @property
    def value(self) -> Value:
        """Strictly read value; read again where the declaration was remembered from an earlier run."""
        return Builder(self.data, self.file).build() if self._value is None else self._value

    @cached_property
    def _root(self) -> yaml.Node | None:
        node: yaml.Node | None = yaml.compose(self.data, Loader=yaml.CSafeLoader)
        return node

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Return where the part at `path` stands: its value, or with `key` its name.

        Where the path leads beyond what the document holds (a missing field), the nearest part above is the place.
        """
        node = self._root
        if node is None:
            return Place(self.file)
        mark = node.start_mark
        for index, step in enumerate(path):
            found = self._child(node, step)
            if found is None:
                break
            name, node = found
            wants_name = key and index == len(path) - 1
            mark = name.start_mark if wants_name and name is not None else node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    @staticmethod
    def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                if name.value == str(step):
                    return name, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return None, node.value[step]
        return None
