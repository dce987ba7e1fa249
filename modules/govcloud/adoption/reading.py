"""Reading namespaces and buckets: only lists and gets, with the platform's identity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from govcloud.adoption.found import Bucket, Namespace
from govcloud.adoption.limits import LiveQuota
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.clouds.object_store import REFUSALS
from govcloud.providers.storage.endpoint import error_code
from govcloud.refusal import quotation
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["read_buckets", "read_namespaces"]


def read_namespaces(cluster: LiveCluster) -> list[Namespace]:
    """Return the namespaces of a cluster.

    Raises CloudError where it cannot be reached or does not allow reading.
    """
    try:
        quotas, namespaces = cluster.listing("v1", "ResourceQuota"), cluster.listing("v1", "Namespace")
    except CloudError as error:
        (why,) = error.problems
        raise _unreadable("cluster", "cụm Kubernetes", "KUBECONFIG", why.message) from None
    held: dict[str, list[LiveQuota]] = defaultdict(list)
    for quota in quotas:
        spec = quota.get("spec") or {}
        live = LiveQuota(quota["metadata"]["name"], dict(spec.get("hard") or {}), _scopes(spec))
        held[quota["metadata"]["namespace"]].append(live)
    found = (namespace["metadata"] for namespace in namespaces)
    return [Namespace(n["name"], dict(n.get("labels") or {}), tuple(held.get(n["name"], ()))) for n in found]


def _scopes(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scopes of a quota, in both of the ways in which it may state them."""
    selected = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    return (
        *(spec.get("scopes") or ()),
        *(" ".join((e["scopeName"], e["operator"], *(e.get("values") or ()))) for e in selected),
    )


def read_buckets(store: Any, quota: Callable[[str], int | None]) -> list[Bucket]:
    """Return the buckets that `store`, an S3 client, lists; `quota` asks for what S3 has no call for.

    Raises CloudError where the store cannot be reached or does not allow reading.
    """
    try:
        listed = [row["Name"] for row in store.list_buckets().get("Buckets", [])]
        return [Bucket(name, _tags(store, name), _versioning(store, name), quota(name)) for name in listed]
    except REFUSALS as error:
        said = quotation(str(error).splitlines()[0][:200] if str(error) else type(error).__name__)
        raise _unreadable("object store", "hệ thống lưu trữ", "AWS_ENDPOINT_URL_S3", said) from None


def _tags(store: Any, name: str) -> Mapping[str, str]:
    try:
        return {row["Key"]: row["Value"] for row in store.get_bucket_tagging(Bucket=name)["TagSet"]}
    except REFUSALS as error:
        if error_code(error) == "NoSuchTagSet":
            return {}
        raise


def _versioning(store: Any, name: str) -> bool | None:
    """Return whether versions are kept; None where the store does not know the question."""
    try:
        return bool(store.get_bucket_versioning(Bucket=name).get("Status") == "Enabled")
    except REFUSALS as error:
        if error_code(error) in ("NotImplemented", "MethodNotAllowed"):
            return None
        raise


def _unreadable(english: str, vietnamese: str, variable: str, reason: Text) -> CloudError:
    return CloudError(
        Problem(
            "GC-IMPORT-001",
            Text(f"the {english} cannot be read: {reason.en}", f"không đọc được {vietnamese}: {reason.vi}"),
            Text(
                f"check {variable} and that its identity may list and get",
                f"kiểm tra {variable} và quyền liệt kê, đọc của danh tính đó",
            ),
        )
    )
