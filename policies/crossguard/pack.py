"""The pack's policies: one for each control and way of looking, from rules that know nothing of Pulumi.

One policy holds all rules of its control, because the engine sends and decodes every resource once for each
policy.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from declared import RESOURCE_RULES, STACK_RULES, Declared, ResourceRule, StackRule, control
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

for _file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(_file.stem)  # the rules of each register themselves


def _resource_validation(control: str, rule: ResourceRule) -> ResourceValidation:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        cloud = args.provider.name if args.provider is not None else ""
        for message in rule(Declared(args.resource_type, args.props, cloud)):
            report(f"{control}: {message}", args.urn)

    return validate


def _stack_validation(control: str, rules: Sequence[StackRule]) -> StackValidation:
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
    for name, rules in sorted(RESOURCE_RULES.items()):
        checks = [_resource_validation(name, rule) for rule in rules]
        found.append(ResourceValidationPolicy(validate=checks, **_metadata(control(name), "")))
    for name, stack_rules in sorted(STACK_RULES.items()):
        check = _stack_validation(name, stack_rules)
        found.append(StackValidationPolicy(validate=check, **_metadata(control(name), "-stack")))
    return found


POLICIES = _policies()
