"""STO-01 and TEN-01 by reading the store: nobody was given a right on a bucket but its own identity, with one key."""

from __future__ import annotations

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination
from govcloud.audit.store_reading import judge, read
from govcloud.providers.storage import settings
from govcloud.providers.storage.deviation import READERS
from govcloud_base.errors import Text

__all__ = ["CHECK"]

_OF_BUCKETS = (settings.POLICY.name, settings.ACCESS_LIST.name, settings.CORS.name, READERS)
_OF_IDENTITIES = ("policy", "keys")


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    found = read(access, lambda store: store.deviations(subject))
    findings = [
        judge(
            Text(f"rights on bucket {bucket.name}", f"quyền trên kho {bucket.name}"),
            found,
            bucket.name,
            _OF_BUCKETS,
            Text("its own identity has them alone", "chỉ danh tính của nó có quyền"),
        )
        for bucket in tenant.buckets
    ]
    findings += [
        judge(
            Text(f"identity {name}", f"danh tính {name}"),
            found,
            name,
            _OF_IDENTITIES,
            Text("has its rights and one key", "có đúng quyền của nó và một khóa"),
        )
        for name in tenant.store_identities
    ]
    return Examination(len(tenant.buckets) + len(tenant.store_identities), tuple(findings))


def _owners(access: Access) -> tuple[str, ...]:
    return tuple(name for name, tenant in access.tenants.items() if tenant.buckets)


CHECK = Check("STO-01.rights", ("STO-01", "TEN-01"), _owners, _examine)
