"""What schemas say about types: those that an API server publishes, and those within definitions of custom kinds.

Both are JSON Schema. Go's types are published one by one and refer to each other; a definition spells out one kind as
a whole, and the server drops what is not in it, except where `x-kubernetes-preserve-unknown-fields` stands
(https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from govcloud_offline.kubernetes.inputs.field_types import ANY, METADATA
from govcloud_offline.kubernetes.inputs.kinds import Kind

__all__ = ["OTHERS", "Document", "defined_by", "document_of"]

OTHERS: Final = "*"
"""Stands for the fields that a type does not name, where it takes any."""

# Packages of Go's types for built-in kinds; their names are cut to the words of the table.
_GO: Final = (
    "io.k8s.api.",
    "io.k8s.apiextensions-apiserver.pkg.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.kube-aggregator.pkg.",
)
# Types that write themselves.
_OWN: Final = {
    "api/resource.Quantity": "quantity",
    "meta/v1.Time": "time",
    "meta/v1.MicroTime": "microtime",
}
_PLAIN: Final = {"string": "string", "boolean": "bool", "integer": "number", "number": "number"}
# What every object has, also one within another, whatever its schema says about these fields.
_OBJECT: Final = {"apiVersion": "string", "kind": "string", "metadata": METADATA}


@dataclass(frozen=True, slots=True)
class Document:
    """The types of one group and version, or of one kind."""

    kinds: Mapping[str, str]
    """Type by `apiVersion/kind`."""
    fields: Mapping[str, Mapping[str, str]]
    """What is written in each field, by type and name; whether an empty value is left out is not known."""

    def of_field(self, owner: str, name: str) -> str | None:
        """Return what is written in a field of a type; None for no such field."""
        if owner not in self.fields:
            return ANY
        fields = self.fields[owner]
        return fields.get(name, fields.get(OTHERS))


def document_of(answer: Mapping[str, Any]) -> Document:
    """Return what an OpenAPI v3 document of an API server says about types."""
    reader = _Reader((answer.get("components") or {}).get("schemas") or {})
    kinds = {}
    for name, schema in reader.schemas.items():
        owner, defined = _type_name(name), False
        for item in schema.get("x-kubernetes-group-version-kind") or ():
            kind = Kind(item["group"], item["version"], item["kind"])
            kinds[str(kind)] = owner
            defined = not kind.builtin
        if "properties" in schema:
            reader.object(schema, owner, defined=defined)
    return Document(kinds, reader.fields)


def defined_by(definition: Mapping[str, Any]) -> dict[str, Document]:
    """Return the types of each kind that a CustomResourceDefinition defines: one for each version.

    A kind without a schema takes any field. What is not known yet, or is no definition at all, says nothing.
    """
    spec = definition.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return {}
    documents = {}
    for version in _items(spec.get("versions")):
        kind = Kind(str(spec.get("group")), str(version.get("name")), str(names.get("kind")))
        reader = _Reader({}, {METADATA: {}})  # the table says all about these
        schema = version.get("schema")
        root = schema.get("openAPIV3Schema") if isinstance(schema, dict) else None
        if isinstance(root, dict):
            reader.object({**root, "x-kubernetes-embedded-resource": True}, str(kind), defined=True)
        documents[str(kind)] = Document({str(kind): str(kind)}, reader.fields)
    return documents


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _type_name(schema: str) -> str:
    """Return `core/v1.PodSpec` for `io.k8s.api.core.v1.PodSpec`: the same words as in the table."""
    if not schema.startswith(_GO):
        return schema
    group, version, name = schema.split(".")[-3:]
    return f"{group}/{version}.{name}"


@dataclass
class _Reader:
    """The schemas of one document on their way into types."""

    schemas: Mapping[str, Any]
    fields: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def object(self, schema: Mapping[str, Any], place: str, *, defined: bool) -> str:
        """Note the fields of an object as the type `place`, and return it. `defined`: by a definition, as a whole."""
        properties = schema.get("properties") or {}
        known = properties if isinstance(properties, dict) else {OTHERS: {}}
        fields = {name: self._word(value, f"{place}.{name}" if defined else "") for name, value in known.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            fields |= _OBJECT
        if schema.get("x-kubernetes-preserve-unknown-fields"):
            fields[OTHERS] = ANY
        self.fields[place] = fields
        return place

    def _word(self, schema: Any, place: str) -> str:
        """Return the type of a value; `place` is where it stands in a definition, "" in a type of Go's."""
        if not isinstance(schema, dict):
            return ANY
        reference = schema.get("$ref") or next(
            (part.get("$ref") for part in schema.get("allOf") or () if "$ref" in part), None
        )
        if reference:
            name = reference.rsplit("/", 1)[-1]
            owner = _type_name(name)
            return _OWN.get(owner) or (owner if "properties" in self.schemas.get(name, {}) else ANY)
        kind = schema.get("type")
        if kind == "array":
            return "[]" + self._word(schema.get("items"), place and f"{place}[]")
        if kind == "object":
            values = schema.get("additionalProperties")
            if isinstance(values, dict):
                return "{}" + self._word(values, place and f"{place}{{}}")
            if values is True and place:  # any names, but a server takes what is within for fields that nobody names
                return "{}" + self.object({}, f"{place}{{}}", defined=True)
            return self.object(schema, place, defined=True) if place and not values else ANY
        if kind == "string" and schema.get("format") == "byte" and not place:
            return "bytes"  # a definition's is kept as it is written
        return _PLAIN.get(str(kind), ANY)
