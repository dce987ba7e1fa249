"""TEN-04 across the cluster: roles and bindings are as declared, and nobody holds a right that nobody declared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination, once, read_all
from govcloud.audit.comparison import as_declared
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison.cluster_rights import HARMLESS, undeclared_rights, widened
from govcloud_base.discovery import plural
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]

_GROUP = "rbac.authorization.k8s.io"
_KINDS = ("ClusterRole", "ClusterRoleBinding")

Object = Mapping[str, Any]

_ACCOUNTED = Text(
    "is Kubernetes' own, the law's or the site's software's",
    "là của chính Kubernetes, do luật quy định hoặc của phần mềm tại cơ sở",
)


def judge(
    declared: Iterable[Object],
    live: Mapping[str, Iterable[Object]],
    tenants: Collection[str],
    lawful: Collection[str],
) -> list[Finding]:
    """Return a finding for each declared role and binding, each other binding, and each role that everybody holds.

    `live` holds the objects of both kinds, `tenants` are the namespaces that are a tenant's, `lawful` those whom the
    law lets hold rights everywhere.
    """
    rest = {(kind, item["metadata"]["name"]): item for kind, items in live.items() for item in items}
    findings = []
    for manifest in declared:
        name = manifest["kind"], manifest["metadata"]["name"]
        findings.append(as_declared(Text.quoted(" ".join(name)), manifest, rest.pop(name, None)))
    for (kind, name), item in sorted(rest.items()):
        if kind == "ClusterRoleBinding":
            given = list(undeclared_rights(item, tenants, lawful))
            findings.append(
                Finding(
                    Text.quoted(f"{kind} {name}"),
                    Verdict.FAIL,
                    Text(f"was not declared: {', '.join(given)}", f"không được khai báo: {', '.join(given)}"),
                )
                if given
                else Finding(Text.quoted(f"{kind} {name}"), Verdict.PASS, _ACCOUNTED)
            )
        elif name in HARMLESS:
            shown = list(widened(item))
            findings.append(
                Finding(
                    Text.quoted(f"{kind} {name}"),
                    Verdict.FAIL,
                    Text(
                        f"everybody holds it, and it gives {', '.join(shown)}",
                        f"ai cũng có vai trò này, và nó cho quyền trên {', '.join(shown)}",
                    ),
                )
                if shown
                else Finding(
                    Text.quoted(f"{kind} {name}"),
                    Verdict.PASS,
                    Text("shows everybody nothing of a tenant", "không để lộ gì của đơn vị thuê cho mọi người"),
                )
            )
    return findings


def _examine(_subject: str, access: Access) -> Examination:
    declared = [manifest for manifest in access.cluster if manifest["kind"] in _KINDS]
    if not declared:
        raise BlindError(
            Text(
                "no right across the cluster is declared, not even the auditor's, so none can be told apart",
                "không khai báo quyền nào trên toàn cụm, kể cả của kiểm toán viên, nên không phân biệt được quyền nào",
            )
        )
    boundary = access.catalogue["TEN-01"]
    label, value = boundary.string("managed_label"), boundary.string("managed_value")
    spaces = read_all(access.auditor, "", "namespaces")
    tenants = {s["metadata"]["name"] for s in spaces if (s["metadata"].get("labels") or {}).get(label) == value}
    live = {kind: read_all(access.auditor, _GROUP, plural(kind)) for kind in _KINDS}
    findings = judge(declared, live, tenants, access.lawful)
    return Examination(len(findings), tuple(findings))


CHECK = Check("TEN-04.cluster-rights", ("TEN-01", "TEN-04"), once, _examine)
