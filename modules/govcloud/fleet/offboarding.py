"""The end of a tenant: allowed by its declared lifecycle only, and then complete."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence

from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.fleet.erasure import Emptied, Erasure
from govcloud.fleet.remains import release
from govcloud.providers.storage import content, content_problems, deviation, identity
from govcloud.providers.storage.deviation import NameSpace
from govcloud.providers.storage.holds import first_hold
from govcloud.providers.storage.store import Store
from govcloud.render import stack as render_stack
from govcloud.render import tenant as render_tenant
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import CloudError, GovCloudError, Language, Problem, Text, told

__all__ = ["empty_buckets", "release_namespaces", "require_removed"]

_PACE = 2.0
"""Seconds after which somebody who waits is told how far it is."""


def require_removed(country: Country, stacks: Sequence[StackName]) -> None:
    """Raise GovCloudError that names every stack whose tenant is not declared as removed."""
    problems = []
    for stack in stacks:
        tenant = country.tenant_of(str(stack))
        state = country.tenants[tenant].spec.lifecycle.state if tenant else "active"
        if state != "removed":
            problems.append(
                Problem(
                    code="GC-LIFECYCLE-011",
                    message=Text(
                        en=f"{stack} may not be destroyed: its tenant is not declared as removed",
                        vi=f"không được xóa {stack}: tenant của nó chưa được khai báo là đã gỡ bỏ",
                    ),
                    value=f"lifecycle.state: {state}",
                    allowed="lifecycle.state: removed",
                    fix=Text(
                        en="export the data, have `lifecycle.state: removed` approved in the tenant's file, try again",
                        vi="xuất dữ liệu, duyệt `lifecycle.state: removed` trong tệp của tenant, rồi thử lại",
                    ),
                )
            )
    if problems:
        raise GovCloudError(problems)


def empty_buckets(
    country: Country,
    tenant: str,
    connection: Connection,
    report: Callable[[Text], None],
    counted: Callable[[Erasure], None] = lambda erasure: None,
) -> Erasure:
    """Delete every object, version and unfinished upload in the buckets of a tenant that is declared as removed; return
    what was there and what was deleted.

    What nobody may delete yet is looked for first, and then nothing is deleted at all. Its identities are shut out
    next: nobody fills a bucket again while it is emptied. A bucket of its name that was never declared is reported and
    left alone. `counted` hears what was there before anything is deleted: nobody can count it afterwards.

    Raises GovCloudError when it is not, CloudError when the store refuses or keeps something.
    """
    require_removed(country, [StackName(StackKind.TENANT, tenant)])
    rendered = render_tenant(country, tenant)
    erasure = Erasure(tenant, datetime.datetime.now(datetime.UTC))
    if not rendered.buckets:
        counted(erasure)
        return erasure
    store = connection.store
    present = [bucket.name for bucket in rendered.buckets if store.exists(bucket.name)]
    _require_free(store, present, erasure.begun)
    for holder in rendered.identities:
        identity.shut_out(store, holder.name)
    # All is listed before anything is deleted: where one bucket cannot be seen whole, none is touched.
    held = {name: _held(store, name) for name in present}
    erasure.buckets = [held.get(bucket.name, Emptied(bucket.name, there=False)) for bucket in rendered.buckets]
    counted(erasure)
    for name, bucket in held.items():
        with store.reported(Text(f"empty bucket {name}", f"việc làm trống kho {name}")):
            bucket.deleted = content.remove_all(store.s3, name, _Paced(name, bucket.held, report))
        report(
            Text(
                f"{name}: {bucket.deleted} versions and uploads deleted",
                f"{name}: đã xóa {bucket.deleted} phiên bản và lượt tải lên",
            )
        )
    space, planned = (
        NameSpace.of(country.name, tenant, country.tenants),
        {bucket.name for bucket in rendered.buckets},
    )
    for extra in deviation.extra_buckets(planned, space, connection.stored().buckets):
        report(
            Text(
                f"{extra.name}: left alone, for it was never declared; it needs a person",
                f"{extra.name}: để nguyên vì chưa từng được khai báo; cần người quyết định",
            )
        )
    return erasure


def _require_free(store: Store, buckets: Sequence[str], now: datetime.datetime) -> None:
    """Raise CloudError (GC-STORE-042) that names every bucket in which something may not be deleted yet."""
    problems = []
    for name in buckets:
        with store.reported(Text(f"reading the locks of {name}", f"việc đọc khóa chống xóa của kho {name}")):
            if (held := first_hold(store.s3, name, now)) is not None:
                problems.append(content_problems.content_held(name, str(held)))
    if problems:
        raise CloudError(problems)


def _held(store: Store, bucket: str) -> Emptied:
    """Count what a bucket holds, to its end."""
    counted = Emptied(bucket)
    with store.reported(Text(f"list bucket {bucket}", f"việc liệt kê kho {bucket}")):
        for thing in content.everything(store.s3, bucket):
            counted.saw(thing)
    return counted


class _Paced:
    """Tells of a bucket that takes long, every few seconds."""

    def __init__(self, bucket: str, number: int, report: Callable[[Text], None]) -> None:
        self._bucket, self._number, self._report = bucket, number, report
        self._told = time.monotonic()

    def __call__(self, removed: int) -> None:
        if time.monotonic() - self._told > _PACE:
            self._told = time.monotonic()
            done = f"{removed} / {self._number}"
            self._report(Text(f"{self._bucket}: {done} deleted", f"{self._bucket}: đã xóa {done}"))


def release_namespaces(
    country: Country, stack: StackName, connection: Connection, report: Callable[[Text], None]
) -> None:
    """Name and remove what would hold the namespaces of a removed tenant's stack when they are deleted.

    Raises GovCloudError when the tenant is not declared as removed, CloudError when the cluster refuses.
    """
    require_removed(country, [stack])
    rendered = render_stack(country, str(stack))
    if not rendered.namespaces:
        return
    lawful = country.law.catalogue["TEN-04"].strings("finalizers_allowed")
    try:
        release(connection.cluster, rendered.namespaces, report, lawful)
    except CloudError as error:
        raise CloudError(_unseen(error.problems[0])) from error


def _unseen(why: Problem) -> Problem:
    reason = [each for each in (why.message, why.value) if each is not None]
    return Problem(
        code="GC-LIFECYCLE-012",
        message=Text(
            en="it cannot be seen or removed what holds the namespaces of the tenant",
            vi="không xem hoặc không gỡ được những gì đang giữ lại không gian của tenant",
        ),
        fix=Text(
            en="check that the cluster runs and that KUBECONFIG names it, then destroy again",
            vi="kiểm tra cụm đang chạy và KUBECONFIG đã trỏ tới cụm, rồi xóa lại",
        ),
        value=Text(
            *(": ".join(str(told(each, language)) for each in reason) for language in (Language.EN, Language.VI))
        ),
    )
