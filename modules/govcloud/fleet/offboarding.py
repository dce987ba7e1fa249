"""The end of a tenant: allowed by its declared lifecycle only, and then complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from botocore.exceptions import ClientError

from govcloud.country import Country
from govcloud.errors import GovCloudError, Problem, Text
from govcloud.fleet.stack import StackKind, StackName
from govcloud.providers.storage import endpoint
from govcloud.providers.storage.site import store_of
from govcloud.render import tenant as render_tenant

__all__ = ["empty_buckets", "owner", "require_removed"]


def owner(country: Country, stack: StackName) -> str | None:
    """Return the tenant to which a stack belongs, None for a cluster."""
    match stack.kind:
        case StackKind.TENANT:
            return stack.id
        case StackKind.SEGMENT:
            return country.segments[stack.id].spec.tenant
        case StackKind.PLATFORM:
            return country.tenants_by_agency[country.platforms[stack.id].spec.owner].name
        case StackKind.CLUSTER:
            return None


def require_removed(country: Country, stacks: Sequence[StackName]) -> None:
    """Raise GovCloudError that names every stack whose tenant is not declared as removed."""
    problems = []
    for stack in stacks:
        tenant = owner(country, stack)
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


def empty_buckets(country: Country, tenant: str, report: Callable[[str], None]) -> None:
    """Delete every object and version in the buckets of a tenant that is declared as removed.

    Raises GovCloudError when it is not, CloudError when the store refuses.
    """
    require_removed(country, [StackName(StackKind.TENANT, tenant)])
    rendered = render_tenant(country, tenant)
    store = store_of(country.clouds[rendered.cloud])
    s3 = endpoint.client(store)
    for bucket in rendered.buckets:
        with endpoint.reported(f"empty bucket {bucket.name}", store):
            try:
                s3.head_bucket(Bucket=bucket.name)
            except ClientError as error:
                if endpoint.error_code(error) in ("404", "NoSuchBucket"):
                    continue
                raise
            deleted = 0
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket.name):
                for row in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    s3.delete_object(Bucket=bucket.name, Key=row["Key"], VersionId=row["VersionId"])
                    deleted += 1
            report(f"{bucket.name}: {deleted} versions deleted")
