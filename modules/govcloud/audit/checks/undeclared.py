"""TEN-01 by reading: nothing bears the platform's mark, or stands in its namespaces, that no plan names.

It is what drift tells of as well (:mod:`govcloud.comparison.undeclared`). Rights, namespaces with a tenant's label and
services have checks of their own; of Secrets the auditor sees none, so drift alone looks for lasting tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination, once
from govcloud.audit.result import Finding
from govcloud.audit.run import LABEL
from govcloud.audit.verdict import Verdict
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison import undeclared as beside
from govcloud.render.manifest import key_of
from govcloud_base.errors import CloudError, Text

__all__ = ["CHECK", "judge"]


def judge(title: Text, found: Iterable[beside.Stray]) -> list[Finding]:
    """Return a finding for each thing that no plan names, one that passes, called `title`, where there is none."""
    wrong = [
        Finding(
            Text.quoted(each.subject),
            Verdict.FAIL,
            Text(
                f"was not declared{f': {each.reason}' if each.reason else ''}",
                f"không được khai báo{f': {each.reason}' if each.reason else ''}",
            ),
        )
        for each in sorted(found)
    ]
    return wrong or [Finding(title, Verdict.PASS, Text("is all declared", "đều đã được khai báo"))]


def _examine(subject: str, access: Access) -> Examination:
    cloud = subject in once(access)
    title = (
        Text("what says that it is the platform's", "những gì mang dấu của nền tảng")
        if cloud
        else Text(f"accounts and work beside those of {subject}", f"tài khoản và tải chạy ngoài phần của {subject}")
    )
    try:
        findings = judge(title, list(_of_cloud(access) if cloud else _of_tenant(subject, access)))
    except CloudError as error:
        raise BlindError(Text.joined(problem.message for problem in error.problems)) from error
    return Examination(len(findings), tuple(findings))


@dataclass(frozen=True)
class _Others:
    """The cluster as the auditor sees it, without what the audit itself keeps standing there for a while."""

    cluster: LiveCluster
    mark: str
    """The run's: nobody knows it before, and admission lets nobody else wear the label."""

    def listing(
        self, version: str, kind: str, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        found = self.cluster.listing(version, kind, namespace, labels, fields)
        return [item for item in found if (item["metadata"].get("labels") or {}).get(LABEL) != self.mark]


def _of_cloud(access: Access) -> Iterator[beside.Stray]:
    cluster = LiveCluster(access.auditor)
    yield from beside.claims(cluster, {key_of(manifest) for manifest in access.cluster})
    yield from beside.nobodys(cluster, access.owners)


def _of_tenant(name: str, access: Access) -> Iterator[beside.Stray]:
    cluster, tenant = _Others(LiveCluster(access.auditor), access.run.mark), access.tenants[name]
    yield from beside.accounts(cluster, tenant.manifests, tenant.namespaces)
    # What runs in its own zones is the tenant's business.
    yield from beside.work(cluster, tenant.manifests, [n for n in tenant.namespaces if n not in tenant.zones])


def _subjects(access: Access) -> tuple[str, ...]:
    return (*once(access), *access.tenants)


CHECK = Check("TEN-01.undeclared", ("TEN-01",), _subjects, _examine)
