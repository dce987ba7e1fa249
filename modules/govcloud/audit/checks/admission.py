"""The admission gate is in force as written: every policy and binding is there, whole, failing closed and denying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, once, read_all
from govcloud.audit.comparison import differences
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict

__all__ = ["CHECK", "judge"]

_GROUP = "admissionregistration.k8s.io"
_PLURALS = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}


def judge(declared: Iterable[Mapping[str, Any]], live: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[Finding]:
    """Return a finding for each declared object; `live` holds the objects of each kind."""
    by_name = {(kind, item["metadata"]["name"]): item for kind, items in live.items() for item in items}
    findings = []
    for manifest in declared:
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        found = by_name.get((kind, name))
        if found is None:
            findings.append(Finding(f"{kind} {name}", Verdict.FAIL, "is not there"))
            continue
        changed = differences(manifest["spec"], found.get("spec"))
        findings.append(
            Finding(f"{kind} {name}", Verdict.FAIL, f"differs from the declaration in {', '.join(changed)}")
            if changed
            else Finding(f"{kind} {name}", Verdict.PASS, "as declared")
        )
    return findings


def _examine(_subject: str, access: Access) -> Examination:
    live = {kind: read_all(access.auditor, _GROUP, plural) for kind, plural in _PLURALS.items()}
    return Examination(len(access.admission), tuple(judge(access.admission, live)))


CHECK = Check("TEN-05.admission-in-force", ("TEN-01", "TEN-03", "TEN-04", "TEN-05", "NET-02", "NET-04"), once, _examine)
