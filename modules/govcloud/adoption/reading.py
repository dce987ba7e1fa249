"""Reading namespaces and buckets: only lists and gets, with the identity that the environment names."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from kubernetes import client
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from urllib3.exceptions import HTTPError

from govcloud.adoption.found import Bucket, Namespace
from govcloud.adoption.limits import LiveQuota
from govcloud.refusal import quotation, refusal
from govcloud_base import cluster_client
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["read_buckets", "read_namespaces"]

_PAGE = 500


def read_namespaces(context: str | None) -> list[Namespace]:
    """Return the namespaces of the cluster of `context`, or of the kubeconfig's current one.

    Raises CloudError where it cannot be reached or does not allow reading.
    """
    try:
        core = client.CoreV1Api(cluster_client.from_files(os.environ.get("KUBECONFIG"), context))
        quotas = _pages(core.list_resource_quota_for_all_namespaces)
        found = _pages(core.list_namespace)
    except (ApiException, ConfigException, HTTPError, OSError) as error:
        raise _unreadable("cluster", "cụm Kubernetes", "KUBECONFIG", error) from None
    held: dict[str, list[LiveQuota]] = defaultdict(list)
    for quota in quotas:
        live = LiveQuota(quota.metadata.name, dict(quota.spec.hard or {}), _scopes(quota.spec))
        held[quota.metadata.namespace].append(live)
    return [
        Namespace(n.metadata.name, dict(n.metadata.labels or {}), tuple(held.get(n.metadata.name, ()))) for n in found
    ]


def _scopes(spec: Any) -> tuple[str, ...]:
    """Return the scopes of a quota, in both of the ways in which it may state them."""
    selected = spec.scope_selector.match_expressions if spec.scope_selector else None
    return (*(spec.scopes or ()), *(" ".join((e.scope_name, e.operator, *(e.values or ()))) for e in selected or ()))


def _pages(read: Callable[..., Any]) -> list[Any]:
    """Return all items of a list that the API server hands out in pages."""
    found: list[Any] = []
    token = None
    while True:
        page = read(limit=_PAGE, _continue=token) if token else read(limit=_PAGE)
        found += page.items
        token = getattr(page.metadata, "_continue", None)
        if not token:
            return found


def read_buckets(store: Any, quota: Callable[[str], int | None]) -> list[Bucket]:
    """Return the buckets that `store`, an S3 client, lists; `quota` asks for what S3 has no call for.

    Raises CloudError where the store cannot be reached or does not allow reading.
    """
    try:
        listed = [row["Name"] for row in store.list_buckets().get("Buckets", [])]
        return [Bucket(name, _tags(store, name), _versioning(store, name), quota(name)) for name in listed]
    except (ClientError, BotoCoreError) as error:
        raise _unreadable("object store", "hệ thống lưu trữ", "AWS_ENDPOINT_URL_S3", error) from None


def _tags(store: Any, name: str) -> Mapping[str, str]:
    try:
        return {row["Key"]: row["Value"] for row in store.get_bucket_tagging(Bucket=name)["TagSet"]}
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchTagSet":
            return {}
        raise


def _versioning(store: Any, name: str) -> bool | None:
    """Return whether versions are kept; None where the store does not know the question."""
    try:
        return bool(store.get_bucket_versioning(Bucket=name).get("Status") == "Enabled")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NotImplemented", "MethodNotAllowed"):
            return None
        raise


def _unreadable(english: str, vietnamese: str, variable: str, error: Exception) -> CloudError:
    said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    reason = refusal(error) if isinstance(error, OSError) else quotation(said)
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
