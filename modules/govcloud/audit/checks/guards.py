"""TEN-03 and TEN-05 by reading: quota and limits are live as declared and in force, Pod Security labels stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination, by_tenant, read_all
from govcloud.audit.comparison import as_declared, same_quantities
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Request, resource
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge_limits", "judge_namespace", "judge_quota"]

Object = Mapping[str, Any]


def judge_quota(namespace: str, declared: Object, live: Iterable[Object]) -> Finding:
    """Return whether the declared ResourceQuota is live and whole, and the cluster counts against it."""
    name = Text.quoted(f"ResourceQuota {namespace}/{declared['metadata']['name']}")
    found = _named(declared, live)
    finding = as_declared(name, declared, found)
    counted = ((found or {}).get("status") or {}).get("hard") or {}
    if finding.verdict is Verdict.PASS and not same_quantities(declared["spec"]["hard"], counted):
        return Finding(
            name,
            Verdict.FAIL,
            Text(
                "is not counted: its status does not show the declared amounts",
                "không được tính: trạng thái của nó không nêu các mức đã khai báo",
            ),
        )
    return finding


def judge_limits(namespace: str, declared: Object, live: Iterable[Object]) -> Finding:
    """Return whether the declared LimitRange is live and whole."""
    return as_declared(
        Text.quoted(f"LimitRange {namespace}/{declared['metadata']['name']}"), declared, _named(declared, live)
    )


def judge_namespace(namespace: str, declared: Object, live: Object) -> Finding:
    """Return whether the live namespace carries exactly the declared labels, those of Pod Security included."""
    return as_declared(Text.quoted(f"Namespace {namespace}"), declared, live)


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
            raise BlindError(answer.to(request))
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
