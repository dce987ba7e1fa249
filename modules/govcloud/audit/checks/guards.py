"""TEN-03 and TEN-05 by reading: quota and limits are live as declared and in force, Pod Security labels stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination, by_tenant, read_all
from govcloud.audit.comparison import same_quantities
from govcloud.audit.request import Request, resource
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.rules import controls

__all__ = ["CHECK", "judge_limits", "judge_namespace", "judge_quota"]

Object = Mapping[str, Any]


def judge_quota(namespace: str, declared: Object, live: Iterable[Object]) -> Finding:
    """Return whether the declared ResourceQuota is live with the same amounts and the cluster counts against it."""
    name = f"ResourceQuota {namespace}/{declared['metadata']['name']}"
    found = _named(declared, live)
    if found is None:
        return Finding(name, Verdict.FAIL, "is not there")
    hard = declared["spec"]["hard"]
    if not same_quantities(hard, found["spec"].get("hard") or {}):
        return Finding(name, Verdict.FAIL, f"is {found['spec'].get('hard')}, declared {hard}")
    if not same_quantities(hard, (found.get("status") or {}).get("hard") or {}):
        return Finding(name, Verdict.FAIL, "is not counted: its status does not show the declared amounts")
    return Finding(name, Verdict.PASS, "as declared and counted")


def judge_limits(namespace: str, declared: Object, live: Iterable[Object]) -> Finding:
    """Return whether the declared LimitRange is live with the same bounds."""
    name = f"LimitRange {namespace}/{declared['metadata']['name']}"
    found = _named(declared, live)
    if found is None:
        return Finding(name, Verdict.FAIL, "is not there")
    wanted, actual = declared["spec"]["limits"], found["spec"].get("limits") or []
    if len(wanted) != len(actual) or not all(_same_limit(a, b) for a, b in zip(wanted, actual, strict=True)):
        return Finding(name, Verdict.FAIL, f"is {actual}, declared {wanted}")
    return Finding(name, Verdict.PASS, "as declared")


def _same_limit(declared: Object, live: Object) -> bool:
    if declared.get("type") != live.get("type"):
        return False
    keys = {*declared, *live} - {"type"}
    return all(same_quantities(declared.get(key) or {}, live.get(key) or {}) for key in keys)


def judge_namespace(namespace: str, declared: Object, live: Object) -> Finding:
    """Return whether the live namespace still carries every declared label of the boundary and of Pod Security."""
    prefixes = (controls.by_id("TEN-01").string("label_prefix"), "pod-security.kubernetes.io/")
    wanted = {k: v for k, v in declared["metadata"]["labels"].items() if k.startswith(prefixes)}
    actual = {k: v for k, v in (live["metadata"].get("labels") or {}).items() if k.startswith(prefixes)}
    wrong = sorted(k for k in {*wanted, *actual} if wanted.get(k) != actual.get(k))
    name = f"Namespace {namespace}"
    if wrong:
        return Finding(
            name, Verdict.FAIL, "; ".join(f"{k} is {actual.get(k)}, declared {wanted.get(k)}" for k in wrong)
        )
    return Finding(name, Verdict.PASS, "labels as declared")


def _named(declared: Object, live: Iterable[Object]) -> Object | None:
    return next((item for item in live if item["metadata"]["name"] == declared["metadata"]["name"]), None)


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    findings = []
    expected = 3 * len(tenant.namespaces)
    for namespace in tenant.namespaces:
        quotas = read_all(access.auditor, "", "resourcequotas", namespace)
        limits = read_all(access.auditor, "", "limitranges", namespace)
        request = Request("GET", resource("", "namespaces", namespace))
        answer = access.auditor.send(request)
        if not answer.ok:
            raise BlindError(f"{request}: {answer}")
        for manifest in tenant.manifests.values():
            metadata = manifest["metadata"]
            if manifest["kind"] == "Namespace" and metadata["name"] == namespace:
                findings.append(judge_namespace(namespace, manifest, answer.json()))
            elif metadata.get("namespace") == namespace and manifest["kind"] == "ResourceQuota":
                findings.append(judge_quota(namespace, manifest, quotas))
            elif metadata.get("namespace") == namespace and manifest["kind"] == "LimitRange":
                findings.append(judge_limits(namespace, manifest, limits))
    return Examination(expected, tuple(findings))


CHECK = Check("TEN-03.guards", ("TEN-03", "TEN-05"), by_tenant, _examine)
