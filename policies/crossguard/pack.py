"""The pack's policies: one for each control and way of looking, from rules that know nothing of Pulumi.

One policy holds all rules of its control, because the engine sends and decodes every resource once for each
policy.
"""

from __future__ import annotations

from typing import Any

import boundary
import flows
import guards
import hardening
import rights
import storage
import supply
from declared import Declared, ResourceRule, StackRule, control
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    ReportViolation,
    ResourceValidation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidation,
    StackValidationArgs,
    StackValidationPolicy,
)

from govcloud.country.controls import Control

__all__ = ["POLICIES", "RESOURCE_RULES", "STACK_RULES"]

RESOURCE_RULES: dict[str, tuple[ResourceRule, ...]] = {
    "TEN-01": (
        boundary.namespace_is_labelled,
        boundary.object_is_at_home,
        boundary.bindings_stay_inside,
        boundary.admission_stays_closed,
    ),
    "TEN-03": (guards.bucket_has_quota,),
    "TEN-04": (rights.roles_have_no_wildcard, rights.roles_keep_secrets, rights.bindings_are_modest),
    "TEN-05": (hardening.namespace_is_restricted, hardening.pods_are_hardened),
    "SUP-01": (supply.images_are_declared,),
    "NET-04": (flows.policies_name_their_peers, flows.services_stay_inside),
    "STO-01": (storage.bucket_is_private, storage.identity_reaches_only_its_own),
    "STO-03": (storage.bucket_says_whose_it_is,),
    "STO-04": (storage.bucket_keeps_versions,),
    "CRY-03": (storage.bucket_is_encrypted,),
}
"""Rules that one resource alone can break; they block before it is touched."""

STACK_RULES: dict[str, tuple[StackRule, ...]] = {
    "TEN-03": (guards.namespaces_have_quota,),
    "NET-02": (guards.namespaces_deny_by_default,),
}
"""Rules about what is absent. They bite at preview: an `up` without one would judge after the fact."""


def _resource_validation(control: str, rule: ResourceRule) -> ResourceValidation:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        cloud = args.provider.name if args.provider is not None else ""
        for message in rule(Declared(args.resource_type, args.props, cloud)):
            report(f"{control}: {message}", args.urn)

    return validate


def _stack_validation(control: str, rules: tuple[StackRule, ...]) -> StackValidation:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        resources = [Declared(resource.resource_type, resource.props) for resource in args.resources]
        for rule in rules:
            for message in rule(resources):
                report(f"{control}: {message}", None)

    return validate


def _metadata(demanded: Control, suffix: str) -> dict[str, Any]:
    return {
        "name": demanded.id.lower() + suffix,
        "description": f"{demanded.title.en} / {demanded.title.vi}",
        "enforcement_level": EnforcementLevel.MANDATORY,
        "display_name": f"{demanded.id} {demanded.title.en}",
        "severity": Severity.HIGH,
        "framework": PolicyComplianceFramework(
            name="govcloud",
            version=str(demanded.version),
            reference=demanded.id,
            specification="; ".join(demanded.sources),
        ),
        "tags": [f"{name}:{item}" for name, items in sorted(demanded.references.items()) for item in items],
        "remediation_steps": f"{demanded.verdict.en} / {demanded.verdict.vi}",
    }


def _policies() -> list[Policy]:
    found: list[Policy] = []
    for name, rules in RESOURCE_RULES.items():
        checks = [_resource_validation(name, rule) for rule in rules]
        found.append(ResourceValidationPolicy(validate=checks, **_metadata(control(name), "")))
    for name, stack_rules in STACK_RULES.items():
        check = _stack_validation(name, stack_rules)
        found.append(StackValidationPolicy(validate=check, **_metadata(control(name), "-stack")))
    return found


POLICIES = _policies()
