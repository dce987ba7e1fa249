"""Admission rules as Kubernetes objects: ValidatingAdmissionPolicies and their bindings, from
policies/admission/.

Each rule file says which requests it judges, who is exempt, and CEL expressions with a control id and a
message in both languages. What gates compare with is filled in from the catalogue of controls as literals:
a policy that reads a parameter object can be switched off by deleting that object, a literal cannot. Policy
and binding are made as a pair under one name, because the API server silently ignores a binding whose
policy is missing, and a policy without a binding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from govcloud.country import controls
from govcloud.country.law_folder import PROJECT_LAW
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["CONTROLS_ANNOTATION", "exempt_platform", "policies", "policy_names"]

CONTROLS_ANNOTATION = "govcloud.gov.vn/controls"
"""On each policy: the ids of the controls that it enforces, comma-separated. The table of gates is made
from it."""

_PREFIX = "govcloud-"
_PLATFORM, _REMOVAL = "platform", "removal"
"""The identities, in identities.yaml, of who provisions, and of those who take away what is to go."""
_FACT = re.compile(r"\{\{([A-Z]{3}-[0-9]{2})\.([a-z_]+)\}\}")
_REGISTRIES = "{{cloud.registries}}"
"""Stands for the registries from which the cluster's cloud lets images come."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Matched(_Strict):
    groups: list[str] = Field(min_length=1)
    resources: list[str] = Field(min_length=1)
    operations: list[str] = Field(min_length=1)


class _Validation(_Strict):
    control: str
    expression: str
    en: str
    vi: str


class _Target(_Strict):
    """One of several shapes of object that the same validations judge, for instance pods and templates of
    pods."""

    name: str
    rules: list[_Matched]
    variables: dict[str, str] = {}


class _File(_Strict):
    name: str
    scope: str = Field(pattern=r"^(tenants|cluster)$")
    exempt: list[str]
    rules: list[_Matched] = []
    targets: list[_Target] = []
    variables: dict[str, str] = {}
    validations: list[_Validation] = Field(min_length=1)

    def shapes(self) -> list[_Target]:
        return self.targets or [_Target(name=self.name, rules=self.rules)]


class _Identity(_Strict):
    groups: list[str] = []
    users: list[str] = []


def policies(folder: Path | None = None, registries: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return every policy followed by its binding, ordered by name, as manifests for the cluster.

    `folder` holds `admission/` and `controls/`; by default the law of this project. `registries` are those from which
    the cloud lets images come (Images.admitted). Raises GovCloudError
    naming every rule file that cannot be read, or that names an identity, control or fact which does not
    exist.
    """
    source = folder or PROJECT_LAW
    return [json.loads(manifest) for manifest in _rendered(source, tuple(registries))]


def policy_names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the policies; each binding has the name of its policy."""
    return tuple(m["metadata"]["name"] for m in policies(folder) if m["kind"] == "ValidatingAdmissionPolicy")


def exempt_platform(folder: Path | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """Return groups and users whom the policies take for the platform: nobody else may change what it made.

    `folder` as in `policies`. Raises GovCloudError where the identities cannot be read.
    """
    identity = _identities(folder or PROJECT_LAW)[_PLATFORM]
    return frozenset(identity.groups), frozenset(identity.users)


@cache
def _identities(source: Path) -> dict[str, _Identity]:
    file = source / "admission" / "identities.yaml"
    try:
        found = {name: _Identity.model_validate(value) for name, value in _read(file).items()}
        for name in (_PLATFORM, _REMOVAL):
            found[name]
    except (yaml.YAMLError, ValidationError, OSError, AttributeError, KeyError) as error:
        raise GovCloudError(_malformed(file, str(error))) from None
    return found


@cache
def _rendered(source: Path, registries: tuple[str, ...]) -> tuple[str, ...]:
    catalogue = controls.in_force(source)
    problems: list[Problem] = []
    manifests: list[dict[str, Any]] = []
    identities = _identities(source)
    for path in sorted((source / "admission").glob("*.yaml")):
        if path.stem == "identities":
            continue
        try:
            rules = _File.model_validate(_read(path))
            for target in rules.shapes():
                manifests += _pair(rules, target, identities, catalogue, registries)
        except (yaml.YAMLError, ValidationError, KeyError) as error:
            problems.append(_malformed(path, str(error)))
    if problems:
        raise GovCloudError(problems)
    return tuple(json.dumps(m, ensure_ascii=False) for m in manifests)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _pair(
    rules: _File,
    target: _Target,
    identities: dict[str, _Identity],
    catalogue: controls.Catalogue,
    registries: tuple[str, ...],
) -> list[dict[str, Any]]:
    def cel(expression: str) -> str:
        known = expression.replace(_REGISTRIES, json.dumps(registries))
        return _FACT.sub(lambda m: _fact(catalogue[m[1]], m[2]), known).strip()

    boundary = catalogue["TEN-01"]
    managed = {boundary.string("managed_label"): boundary.string("managed_value")}
    enforced = sorted({catalogue[validation.control].id for validation in rules.validations})
    metadata = {
        "name": _PREFIX + target.name,
        "labels": dict(managed),
        "annotations": {CONTROLS_ANNOTATION: ",".join(enforced)},
    }
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "matchPolicy": "Equivalent",
            "resourceRules": [
                {
                    "apiGroups": rule.groups,
                    "apiVersions": ["*"],
                    "operations": rule.operations,
                    "resources": rule.resources,
                    "scope": "Cluster" if rules.scope == "cluster" else "Namespaced",
                }
                for rule in target.rules
            ],
        },
        "variables": [
            {"name": name, "expression": cel(expression)}
            for name, expression in (target.variables | rules.variables).items()
        ],
        "validations": [
            {
                "expression": cel(v.expression),
                "message": f"{v.control}: {v.en} / {v.vi}",
                "reason": "Forbidden",
            }
            for v in rules.validations
        ],
    }
    spec["matchConditions"] = [
        _removal(identities[_REMOVAL]),
        *(_exemption(name, identities[name]) for name in rules.exempt),
    ]
    if not spec["variables"]:
        del spec["variables"]
    binding: dict[str, Any] = {"policyName": metadata["name"], "validationActions": ["Deny"]}
    if rules.scope == "tenants":
        binding["matchResources"] = {
            "matchPolicy": "Equivalent",
            "namespaceSelector": {"matchLabels": dict(managed)},
        }
    api = "admissionregistration.k8s.io/v1"
    return [
        {"apiVersion": api, "kind": "ValidatingAdmissionPolicy", "metadata": metadata, "spec": spec},
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": metadata,
            "spec": binding,
        },
    ]


def _fact(control: controls.Control, name: str) -> str:
    """Return a fact of a control, or the level from which it holds, as a literal of CEL."""
    return json.dumps(control.level if name == "level" else control.facts[name])


def _exemption(name: str, identity: _Identity) -> dict[str, str]:
    """Return the condition under which the policy applies: the requester is not this identity."""
    parts = []
    if identity.groups:
        parts.append(f"!{json.dumps(identity.groups)}.exists(g, g in request.userInfo.?groups.orValue([]))")
    if identity.users:
        parts.append(f"!(request.userInfo.username in {json.dumps(identity.users)})")
    return {"name": f"not-{name}", "expression": " && ".join(parts)}


def _removal(identity: _Identity) -> dict[str, str]:
    """Return the condition that no policy hinders those who take away what is to go: they create nothing."""
    condition = _exemption(_REMOVAL, identity)
    changing = "!(request.operation in ['UPDATE', 'DELETE'])"
    return {**condition, "expression": f"{changing} || {condition['expression']}"}


def _malformed(path: Path, detail: str) -> Problem:
    return Problem(
        code="GC-ADMISSION-001",
        message=Text(en="the admission rules cannot be read", vi="không đọc được quy tắc tiếp nhận"),
        fix=Text(
            en="compare the file with its neighbours and name only existing controls and facts",
            vi="đối chiếu với các tệp cùng thư mục, dùng đúng tên biện pháp và dữ kiện hiện có",
        ),
        place=Place(str(path)),
        value=detail,
    )
