"""Resources of a stack as rules see them: the kind, the inputs, and where an object belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from govcloud.country.controls import Control, in_force
from govcloud.country.law_folder import PROJECT_LAW, law_folder
from govcloud.folders import country_of_run

__all__ = [
    "RESOURCE_RULES",
    "STACK_RULES",
    "Declared",
    "ResourceRule",
    "StackRule",
    "control",
    "label",
    "labels",
    "law",
    "resource_rule",
    "stack_rule",
    "tenant_of",
]

_Rule = TypeVar("_Rule")


def control(name: str) -> Control:
    """Return a control as the law of the country has it on which this run of Pulumi works; else as the project's."""
    return in_force(law())[name]


@cache
def law() -> Path:
    """Return the folder of the law of the country on which this run of Pulumi works; else of the project's."""
    country = country_of_run()
    return law_folder(country) if country else PROJECT_LAW


_BOUNDARY = control("TEN-01")


@dataclass(frozen=True)
class Declared:
    """One resource about to be created or updated."""

    type: str
    """Type token: `kubernetes:core/v1:Namespace`."""
    props: Mapping[str, Any]
    """Inputs, as the program gave them and the provider checked them."""
    cloud: str = ""
    """The cloud on which it is made: the name of its provider. Empty where the engine does not say."""

    @property
    def kind(self) -> str:
        """The Kubernetes kind; empty for resources of other providers. List and Patch kinds keep their own
        names."""
        return self.type.rpartition(":")[2] if self.type.startswith("kubernetes:") else ""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The object's metadata; empty where it has none."""
        return self.props.get("metadata") or {}

    @property
    def name(self) -> str:
        """Namespace and name, as messages show them."""
        return "/".join(str(p) for p in (self.metadata.get("namespace"), self.metadata.get("name")) if p)

    @property
    def spec(self) -> Mapping[str, Any]:
        """The object's spec; empty where it has none."""
        return self.props.get("spec") or {}


ResourceRule = Callable[[Declared], Iterable[str]]
"""Yields one message for each violation of one resource."""
StackRule = Callable[[Iterable[Declared]], Iterator[str]]
"""Yields one message for each violation that only the whole stack shows."""

RESOURCE_RULES: dict[str, list[ResourceRule]] = {}
"""Rules that one resource alone can break, by control; they block before it is touched."""

STACK_RULES: dict[str, list[StackRule]] = {}
"""Rules about what is absent, by control. They bite at preview: an `up` without one would judge after the fact."""


def resource_rule(name: str) -> Callable[[ResourceRule], ResourceRule]:
    """Register a rule of the control called `name`."""
    return partial(_registered, RESOURCE_RULES, name)


def stack_rule(name: str) -> Callable[[StackRule], StackRule]:
    """Register a rule of the control called `name` about a whole stack."""
    return partial(_registered, STACK_RULES, name)


def _registered(rules: dict[str, list[_Rule]], name: str, rule: _Rule) -> _Rule:
    rules.setdefault(name, []).append(rule)
    return rule


def labels(resource: Declared) -> Mapping[str, str]:
    """Return the object's labels."""
    return resource.metadata.get("labels") or {}


def label(resource: Declared, fact: str) -> str:
    """Return the label that the catalogue calls `fact` (tenant_label, env_label, ...); empty where it is
    not set."""
    return str(labels(resource).get(_BOUNDARY.string(fact)) or "")


def tenant_of(resource: Declared) -> str:
    """Return the tenant to whom the object is labelled; empty for objects of the platform."""
    return label(resource, "tenant_label")
