"""Every field of a kind, in every spelling that its type has, put into an object one at a time.

From the OpenAPI documents of an API server and a few objects to start with. What the server takes is a place to look
for more: a source of a volume that was accepted has fields of its own.
"""

from __future__ import annotations

import copy
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Path", "Schemas", "Search", "Trial", "inside", "value_at"]

Path = tuple[str | int, ...]
_TRIES: Final = 20  # places where a field that is refused is tried again
_GUESSED: Final = 2  # of these, those where it is tried with values that might please
_PREFIX: Final = "#/components/schemas/"

# Spellings of what writes itself, by the end of the schema's name.
_OWN: Final[dict[str, tuple[Any, ...]]] = {
    "resource.Quantity": ("1000m", "0.5", "1024Mi", 2, "1e3", "2000", "100u", "1.0001", "0"),
    "meta.v1.Time": ("2026-01-02T03:04:05+07:00", "2026-01-02T03:04:05.6Z"),
    "meta.v1.MicroTime": ("2026-01-02T03:04:05.000000+07:00",),
    "intstr.IntOrString": (0, "", 1, "1%"),
}
_PLAIN: Final[dict[str, tuple[Any, ...]]] = {"boolean": (False,), "integer": (0,), "number": (0,), "string": ("",)}
# What a required field of a name may hold, where "a" or 1 would be refused.
_REQUIRED: Final[dict[str, Any]] = {
    "expression": "true",
    "iqn": "iqn.2001-04.com.example:x",
    "operator": "Exists",
    "targetPortal": "192.0.2.1:3260",
}
# What is tried where nothing empty is taken: names, paths, addresses and the like.
_TEXTS: Final = ("a", "/a", "a.example/b", "192.0.2.1", "192.0.2.0/24", "https://a.example", "YQ==")
_NUMBERS: Final = (1, 2, 600, 1000)
_KEYS: Final = ("a", "cpu", "memory", "storage", "a.example/b")


def value_at(document: Any, path: Path) -> tuple[bool, Any]:
    """Return whether there is something at a path, and what."""
    for step in path:
        if isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        elif isinstance(document, dict) and step in document:
            document = document[str(step)]
        else:
            return False, None
    return True, document


def inside(path: Path, *values: Any) -> Any:
    """Return an object with a value at a path and nothing else; without a value, with all that leads there."""
    step, rest = path[0], path[1:]
    if not rest:
        return {step: values[0]} if values else {}
    inner = inside(rest, *values)
    return [{} for _ in range(step)] + [inner] if isinstance(step, int) else {step: inner}


@dataclass(frozen=True)
class Trial:
    """One field in one spelling, within an object that the server is asked to take."""

    owner: str
    """The schema that the field belongs to."""
    path: Path
    value: Any
    sent: dict[str, Any]


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]

    def of_kind(self, group: str, version: str, kind: str) -> str:
        """Return the name of a kind's schema."""
        wanted = {"group": group, "version": version, "kind": kind}
        return next(n for n, s in self._schemas.items() if wanted in s.get("x-kubernetes-group-version-kind", ()))

    def fields(self, name: str) -> Mapping[str, Any]:
        """Return the properties of a schema."""
        properties: Mapping[str, Any] = self._schemas[name].get("properties", {})
        return properties

    def reference(self, schema: Mapping[str, Any]) -> str:
        """Return the name of the schema with properties that this one refers to; "" for any other."""
        name = self._named(schema)
        return name if name and self.fields(name) else ""

    def _named(self, schema: Mapping[str, Any]) -> str:
        parts = [schema, *schema.get("allOf", ())]
        return next((part["$ref"].removeprefix(_PREFIX) for part in parts if "$ref" in part), "")

    def spellings(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Return values of a schema's type that the server might write in another way, then some to go on from."""
        name = self._named(schema)
        if name:
            yield from next((own for end, own in _OWN.items() if name.endswith(end)), ())
            if self.fields(name):
                yield {}
                yield self.least(name)
        elif schema.get("type") == "array":
            yield []
            yield from ([item] for item in self.spellings(schema["items"]))
            yield ["a"]
        elif schema.get("type") == "object":
            yield {}
            if isinstance(schema.get("additionalProperties"), dict):
                for value in self.spellings(schema["additionalProperties"]):
                    yield from ({key: value} for key in _KEYS)
        elif schema.get("format") == "byte":
            yield from ("", "YQ==\n", "YQ==")
        else:
            yield from _PLAIN.get(str(schema.get("type")), ())

    def guesses(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Return values that might be taken where a field may be neither empty nor the least that its type allows."""
        if schema.get("enum"):
            yield from filter(None, schema["enum"])
        elif schema.get("type") == "array":
            yield from ([item] for item in self.guesses(schema["items"]))
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from ({"a": item} for item in self.guesses(schema["additionalProperties"]))
        elif self._named(schema) or schema.get("type") == "object":
            return
        else:
            yield from {"string": _TEXTS, "integer": _NUMBERS, "boolean": (True,)}.get(str(schema.get("type")), ())

    def least(self, name: str, within: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return an object with no more than what a schema requires."""
        result = {}
        for key in self._schemas[name].get("required", ()):
            schema = self.fields(name)[key]
            inner = self.reference(schema)
            if schema.get("enum"):
                result[key] = next(filter(None, schema["enum"]))
            elif key in _REQUIRED:
                result[key] = _REQUIRED[key]
            elif inner and inner not in within:
                result[key] = self.least(inner, (*within, name))
            elif self._named(schema) or schema.get("type") in ("array", "object") or schema.get("format") == "byte":
                result[key] = next(filter(None, self.spellings(schema)), {})
            else:
                result[key] = {"integer": 1, "number": 1, "boolean": True}.get(str(schema.get("type")), "a")
        return result


@dataclass
class Search:
    """All trials for the objects of one kind; `take` says what the server made of an object, or None."""

    schemas: Schemas
    take: Callable[[dict[str, Any]], dict[str, Any] | None]
    taken: set[tuple[str, str]] = field(default_factory=set)
    """Fields that the server took in some spelling, by schema and name; shared by kinds that share schemas."""
    refused: set[tuple[str, str]] = field(default_factory=set)
    """Fields of which it took no spelling, in an object that it takes without them."""
    present: set[tuple[str, str]] = field(default_factory=set)
    """Fields that were in an object that it took, in whatever way they are written there."""
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(self, start: dict[str, Any], root: str) -> Iterator[tuple[Trial, dict[str, Any]]]:
        """Yield each trial that the server took, with its answer; the object to start with is the first."""
        answer = self.take(start)
        if answer is not None:
            self.present.update(self._fields_in(start, root))
            yield Trial(root, (), start, start), answer
        places = deque((start, place) for place in self._places(start, root))
        while places:
            document, (path, owner) = places.popleft()
            fields = [key for key in self.schemas.fields(owner) if self._due(path, owner, key)]
            valid = bool(fields) and self.take(document) is not None
            for key in fields:
                self.tries[owner, key] += 1
                for value in self._values(owner, key):
                    sent = _with(document, (*path, key), value)
                    answer = self.take(sent)
                    if answer is None:
                        continue
                    self.taken.add((owner, key))
                    self.present.update(self._fields_in(sent, root))
                    yield Trial(owner, (*path, key), value, sent), answer
                    if _holds_objects(value):
                        # Within what was added; and beside it again, for a choice of one may be made now.
                        places.extend(
                            (sent, place) for place in self._places(sent, root) if place[0][: len(path)] == path
                        )
                if valid and (owner, key) not in self.taken:
                    self.refused.add((owner, key))

    def _values(self, owner: str, key: str) -> Iterator[Any]:
        """Yield all spellings of a field, then guesses until one is taken."""
        schema = self.schemas.fields(owner)[key]
        yield from list(self.schemas.spellings(schema))
        if self.tries[owner, key] <= _GUESSED:
            for value in self.schemas.guesses(schema):
                if (owner, key) in self.taken:
                    return
                yield value

    def missed(self) -> set[tuple[str, str]]:
        """Return the fields that were never seen in an object that the server takes."""
        return set(self.tries) - self.taken - self.refused

    def never_taken(self) -> set[tuple[str, str]]:
        """Return the fields that were in no object that the server takes, whatever was written there."""
        return self.refused - self.present

    def _due(self, path: Path, owner: str, key: str) -> bool:
        done = (owner, key) in self.taken or self.tries[owner, key] > _TRIES
        return not done and not self._outside(path, key)

    def _outside(self, path: Path, key: str) -> bool:
        """Tell whether a field is no input: its kind, its status, what names it, what only a server writes."""
        if path == ():
            return key in ("apiVersion", "kind", "metadata", "status")
        return path[-1] == "metadata" and key in (
            "name",
            "namespace",
            "generateName",
            "managedFields",
            "ownerReferences",
        )

    def _fields_in(self, document: Any, root: str) -> Iterator[tuple[str, str]]:
        for path, owner in self._places(document, root):
            yield from ((owner, key) for key in value_at(document, path)[1])

    def _places(self, document: Any, owner: str, path: Path = ()) -> Iterator[tuple[Path, str]]:
        """Yield the objects within an object, with their schemas; the innermost last."""
        yield path, owner
        for key, value in document.items():
            schema = self.schemas.fields(owner).get(key)
            if schema is not None and not (path == () and key in ("metadata", "status")):
                yield from self._inner(value, schema, (*path, key))

    def _inner(self, value: Any, schema: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
        name = self.schemas.reference(schema)
        if name and isinstance(value, dict):
            yield from self._places(value, name, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._inner(item, schema.get("items", {}), (*path, index))
        elif isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
            for key, item in value.items():
                yield from self._inner(item, schema["additionalProperties"], (*path, key))


def _holds_objects(value: Any) -> bool:
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return isinstance(value, dict) or any(isinstance(item, dict) for item in items)


def _with(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = copy.deepcopy(value)
    return result
