"""What is read of a cloud and its store: all pages, all quotas, and a refusal is never nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from kubernetes import client as kubernetes_client

from govcloud.adoption.found import Bucket, Namespace
from govcloud.adoption.limits import LiveQuota
from govcloud.adoption.reading import read_buckets, read_namespaces
from govcloud_base import cluster_client
from govcloud_base.errors import CloudError

ROOT = Path(__file__).parents[3]


class Store:
    """An object store of recorded answers."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused

    def _answer(self, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        if operation == self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        return answer

    def list_buckets(self) -> dict[str, Any]:
        return self._answer("ListBuckets", {"Buckets": [{"Name": "a"}, {"Name": "b"}]})

    def get_bucket_tagging(self, Bucket: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if Bucket == "b":
            raise ClientError({"Error": {"Code": "NoSuchTagSet", "Message": ""}}, "GetBucketTagging")
        return self._answer("GetBucketTagging", {"TagSet": [{"Key": "owner", "Value": "x"}]})

    def get_bucket_versioning(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        return self._answer("GetBucketVersioning", {"Status": "Enabled"} if Bucket == "a" else {})


def test_buckets_are_read_with_tags_versions_and_quota() -> None:
    read = read_buckets(Store(), {"a": 7}.get)
    assert read == [Bucket("a", {"owner": "x"}, True, 7), Bucket("b", {}, False, None)]


@pytest.mark.parametrize("refused", ["ListBuckets", "GetBucketTagging", "GetBucketVersioning"])
def test_not_being_allowed_to_look_is_an_error_and_never_nothing(refused: str) -> None:
    with pytest.raises(CloudError) as caught:
        read_buckets(Store(refused), lambda _: None)
    assert caught.value.problems[0].code == "GC-IMPORT-001"


class Core:
    """An API server of recorded answers, in pages of one."""

    def __init__(self, _: Any) -> None:
        return

    @staticmethod
    def _page(items: list[Any], token: str | None) -> Any:
        index = int(token or 0)
        following = str(index + 1) if index + 1 < len(items) else None
        return SimpleNamespace(items=items[index : index + 1], metadata=SimpleNamespace(_continue=following))

    def list_namespace(self, limit: int, _continue: str | None = None) -> Any:
        names = ("one", "two")
        items = [SimpleNamespace(metadata=SimpleNamespace(name=n, labels={"n": n})) for n in names]
        return self._page(items, _continue)

    def list_resource_quota_for_all_namespaces(self, limit: int, _continue: str | None = None) -> Any:
        selector = kubernetes_client.V1ScopeSelector(
            match_expressions=[
                kubernetes_client.V1ScopedResourceSelectorRequirement(
                    scope_name="PriorityClass", operator="In", values=["high"]
                )
            ]
        )
        specs = [
            kubernetes_client.V1ResourceQuotaSpec(hard={"pods": "5", "requests.cpu": "1"}),
            kubernetes_client.V1ResourceQuotaSpec(hard={"pods": "3"}, scopes=["BestEffort"]),
            kubernetes_client.V1ResourceQuotaSpec(hard={"pods": "2"}, scope_selector=selector),
            kubernetes_client.V1ResourceQuotaSpec(),
        ]
        items = [
            SimpleNamespace(metadata=SimpleNamespace(namespace="one", name=f"q{n}"), spec=spec)
            for n, spec in enumerate(specs)
        ]
        return self._page(items, _continue)


def test_namespaces_are_read_page_by_page_with_all_their_quotas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_client, "from_files", lambda paths, context: None)
    monkeypatch.setattr(kubernetes_client, "CoreV1Api", Core)
    assert read_namespaces(None) == [
        Namespace(
            "one",
            {"n": "one"},
            (
                LiveQuota("q0", {"pods": "5", "requests.cpu": "1"}),
                LiveQuota("q1", {"pods": "3"}, ("BestEffort",)),
                LiveQuota("q2", {"pods": "2"}, ("PriorityClass In high",)),
                LiveQuota("q3", {}),
            ),
        ),
        Namespace("two", {"n": "two"}),
    ]


def test_a_kubeconfig_that_names_no_cluster_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(CloudError) as caught:
        read_namespaces("nowhere")
    assert caught.value.problems[0].code == "GC-IMPORT-001"
