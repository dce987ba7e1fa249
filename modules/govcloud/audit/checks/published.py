"""NET-04 by reading: no service of a tenant is published, answers at a foreign address or stands for a foreign host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, by_tenant, read_all
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison.services import ways_around
from govcloud.country.controls import Catalogue
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]


def judge(namespace: str, live: Iterable[Mapping[str, Any]], catalogue: Catalogue) -> list[Finding]:
    """Return a finding for the namespace, and one for each service in it that leads around the network policies."""
    findings = [
        Finding(
            Text.quoted(f"Service {namespace}/{service['metadata']['name']}"),
            Verdict.FAIL,
            Text.quoted("; ".join(found)),
        )
        for service in live
        if (found := list(ways_around(service, catalogue)))
    ]
    return findings or [
        Finding(
            Text(f"services in {namespace}", f"các Service trong {namespace}"),
            Verdict.PASS,
            Text("all stay inside", "tất cả ở bên trong"),
        )
    ]


def _examine(subject: str, access: Access) -> Examination:
    spaces = access.tenants[subject].namespaces
    findings = [
        finding
        for space in spaces
        for finding in judge(space, read_all(access.auditor, "", "services", space), access.catalogue)
    ]
    return Examination(len(spaces), tuple(findings))


CHECK = Check("NET-04.published", ("NET-04",), by_tenant, _examine)
