"""TEN-01 by reading: every namespace of a tenant is there, and no other carries the label by which flows pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, by_tenant, read_all
from govcloud.audit.comparison import NOT_THERE
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison.borrowed import borrowed
from govcloud.country.controls import Control
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]


def judge(tenant: str, declared: Collection[str], live: Iterable[Mapping[str, Any]], control: Control) -> list[Finding]:
    """Return a finding for each declared namespace, and for each other one that carries the tenant's label."""
    label = control.string("tenant_label")
    spaces = {str(item["metadata"]["name"]): item for item in live}
    findings = [
        Finding(Text.quoted(f"Namespace {name}"), Verdict.PASS, Text("is there", "có tồn tại"))
        if name in spaces
        else Finding(Text.quoted(f"Namespace {name}"), Verdict.FAIL, NOT_THERE)
        for name in sorted(declared)
    ]
    for name, labels in sorted(borrowed(spaces.values(), declared).items()):
        if labels.get(label) == tenant:
            worn = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
            findings.append(
                Finding(
                    Text.quoted(f"Namespace {name}"),
                    Verdict.FAIL,
                    Text(f"was not declared and carries {worn}", f"không được khai báo mà mang {worn}"),
                )
            )
    return findings


def _examine(subject: str, access: Access) -> Examination:
    declared = access.tenants[subject].namespaces
    findings = judge(subject, declared, read_all(access.auditor, "", "namespaces"), access.catalogue["TEN-01"])
    return Examination(len(declared), tuple(findings))


CHECK = Check("TEN-01.territory", ("TEN-01",), by_tenant, _examine)
