"""What is read of a cloud and its store: all pages, all quotas, and a refusal is never nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from govcloud.adoption.found import Bucket, Namespace
from govcloud.adoption.limits import LiveQuota
from govcloud.adoption.reading import read_buckets, read_namespaces
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.clouds.request import Answer, Request
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


class Cluster:
    """An API server of recorded answers, in pages of one."""

    server = "https://cluster.invalid"

    def __init__(self, refused: str = "") -> None:
        self.refused = refused

    def send(self, request: Request) -> Answer:
        kind = request.path.rpartition("/")[2]
        if kind == self.refused:
            return Answer(403, json.dumps({"message": "no"}))
        if request.path == "/api/v1":
            rows = (("Namespace", "namespaces", False), ("ResourceQuota", "resourcequotas", True))
            listed = [{"kind": kind, "name": name, "namespaced": within} for kind, name, within in rows]
            return Answer(200, json.dumps({"resources": listed}))
        items = {"namespaces": NAMESPACES, "resourcequotas": QUOTAS}[kind]
        index = int(request.query.get("continue") or 0)
        following = {"continue": str(index + 1)} if index + 1 < len(items) else {}
        return Answer(200, json.dumps({"items": items[index : index + 1], "metadata": following}))

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        raise NotImplementedError


NAMESPACES: list[dict[str, Any]] = [{"metadata": {"name": name, "labels": {"n": name}}} for name in ("one", "two")]
_EXPRESSION = {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}
QUOTAS: list[dict[str, Any]] = [
    {"metadata": {"namespace": "one", "name": f"q{number}"}, "spec": spec}
    for number, spec in enumerate(
        (
            {"hard": {"pods": "5", "requests.cpu": "1"}},
            {"hard": {"pods": "3"}, "scopes": ["BestEffort"]},
            {"hard": {"pods": "2"}, "scopeSelector": {"matchExpressions": [_EXPRESSION]}},
            {},
        )
    )
]


def test_namespaces_are_read_page_by_page_with_all_their_quotas() -> None:
    assert read_namespaces(LiveCluster(Cluster())) == [
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


@pytest.mark.parametrize("refused", ["namespaces", "resourcequotas"])
def test_a_cluster_that_does_not_let_one_look_is_an_error(refused: str) -> None:
    with pytest.raises(CloudError) as caught:
        read_namespaces(LiveCluster(Cluster(refused)))
    assert caught.value.problems[0].code == "GC-IMPORT-001"
