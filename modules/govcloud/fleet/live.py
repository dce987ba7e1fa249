"""Read what is live: Kubernetes objects of the namespaces and kinds that a stack declares."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from govcloud.fleet.drift import BOUNDARY_KINDS
from govcloud.refusal import quotation, refusal
from govcloud_base import cluster_client
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["LiveCluster"]


_PAGE = 500
"""Objects that are asked for at once."""


class LiveCluster:
    """A cluster as its API server shows it to the caller's identity."""

    def __init__(self, context: str) -> None:
        """Connect with the kubeconfig of KUBECONFIG. Raises CloudError when there is no such context."""
        try:
            # Named here because the library looks at KUBECONFIG only once, when it is imported.
            self._api: client.ApiClient = cluster_client.from_files(os.environ.get("KUBECONFIG"), context)
        except config.ConfigException as error:
            raise _unreachable(refusal(error)) from error
        self._plurals: dict[str, dict[str, tuple[str, bool]]] = {}

    def objects(self, declared: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the live objects of every (kind, namespace) that `declared` uses.

        Kinds that make up a tenant's walls are read in all its namespaces, whether the stack declares any or not.
        Outside namespaces only the declared names are read. Raises CloudError when the API server cannot be reached or
        refuses: not being allowed to look is never taken for nothing being there.
        """
        namespaces: set[str] = set()
        lists: dict[tuple[str, str], set[str]] = defaultdict(set)
        singles: list[tuple[str, str, str]] = []
        for item in declared:
            metadata = item["metadata"]
            if home := metadata.get("namespace"):
                namespaces.add(home)
                lists[item["apiVersion"], item["kind"]].add(home)
            else:
                singles.append((item["apiVersion"], item["kind"], metadata["name"]))
        for kind, version in BOUNDARY_KINDS.items():
            if namespaces:
                lists[version, kind] |= namespaces
        found: list[dict[str, Any]] = []
        for (version, kind), homes in sorted(lists.items()):
            for home in sorted(homes):
                found += self.listing(version, kind, home)
        for version, kind, name in singles:
            live = self._get(f"{self._path(version, kind, None)}/{name}")
            found += [live] if live is not None else []
        return found

    def listing(
        self, version: str, kind: str, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        """Return every live object of a kind, in one namespace or in all, that labels and fields select.

        Raises CloudError where it cannot be read.
        """
        path, token, found = self._path(version, kind, namespace), "", list[dict[str, Any]]()
        while True:
            query = {"limit": str(_PAGE), "labelSelector": labels, "fieldSelector": fields, "continue": token}
            answer = self._get(path, {key: value for key, value in query.items() if value}) or {}
            found += [{"apiVersion": version, "kind": kind, **item} for item in answer.get("items") or ()]
            token = str((answer.get("metadata") or {}).get("continue") or "")
            if not token:
                return found

    def delete(self, live: Mapping[str, Any]) -> None:
        """Delete the very object that was read, and no other that took its name. Raises CloudError."""
        body = {"preconditions": {"uid": live["metadata"]["uid"]}}
        self._send("DELETE", self._path_of(live), body, "application/json")

    def patch(self, live: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> None:
        """Change an object as it was read, by a JSON patch that fails where it has changed since.

        Raises CloudError where it is refused.
        """
        version = live["metadata"]["resourceVersion"]
        # Not a test: a version that differs from the live one is a conflict to the API server, a failed test an error.
        unchanged = {"op": "replace", "path": "/metadata/resourceVersion", "value": version}
        self._send("PATCH", self._path_of(live), [unchanged, *operations], "application/json-patch+json")

    def _path_of(self, item: Mapping[str, Any]) -> str:
        metadata = item["metadata"]
        return f"{self._path(item['apiVersion'], item['kind'], metadata.get('namespace'))}/{metadata['name']}"

    def _path(self, version: str, kind: str, namespace: str | None) -> str:
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if root not in self._plurals:
            listed = self._get(root) or {"resources": []}
            self._plurals[root] = {
                row["kind"]: (row["name"], row["namespaced"]) for row in listed["resources"] if "/" not in row["name"]
            }
        plural, namespaced = self._plurals[root][kind]
        return f"{root}/namespaces/{namespace}/{plural}" if namespaced and namespace else f"{root}/{plural}"

    def _send(self, method: str, path: str, body: object, content_type: str) -> None:
        headers = {"Content-Type": content_type}
        call = self._api.param_serialize(method, path, header_params=headers, body=body, auth_settings=["BearerToken"])
        try:
            response = self._api.call_api(*call, _request_timeout=30)
            content = _content(response)
        except (client.ApiException, HTTPError) as error:
            raise CloudError(_refused(method, path, str(error))) from error
        if response.status not in (200, 202, 404):
            raise CloudError(_refused(method, path, _message(content) or f"{response.status} {response.reason}"))

    def _get(self, path: str, query: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any] | None:
        call = self._api.param_serialize("GET", path, query_params=list(query.items()), auth_settings=["BearerToken"])
        try:
            response = self._api.call_api(*call, _request_timeout=30)
            content = _content(response)
        except (client.ApiException, HTTPError) as error:
            raise _unreachable(refusal(error)) from error
        if response.status == 404:
            return None
        if response.status != 200:
            raise _unreachable(quotation(f"GET {path}: {response.status} {response.reason}"))
        answer: dict[str, Any] = json.loads(content)
        return answer


def _content(response: Any) -> bytes:
    """Return a response's body; the client library has no types."""
    body: bytes = response.read()
    return body


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _unreachable(reason: Text) -> CloudError:
    return CloudError(
        Problem(
            code="GC-DRIFT-001",
            message=Text(
                en=f"the live cloud could not be read, so nothing is known about drift: {reason.en}",
                vi=f"không đọc được đám mây đang chạy nên chưa biết có sai lệch hay không: {reason.vi}",
            ),
            fix=Text(
                en="check that the cloud runs (`govcloud local status`) and that KUBECONFIG names it",
                vi="kiểm tra đám mây đang chạy (`govcloud local status`) và KUBECONFIG đã trỏ tới nó",
            ),
        )
    )


def _refused(method: str, path: str, reason: str) -> Problem:
    return Problem(
        code="GC-DRIFT-002",
        message=Text(
            en="the cluster did not let this be taken back",
            vi="cụm không cho đưa đối tượng này về như khai báo",
        ),
        value=f"{method} {path}: {reason}",
        fix=Text(
            en="see what holds it, or whether somebody changes it at the same time, then run the command again",
            vi="xem điều gì đang giữ đối tượng, hoặc có ai đang sửa cùng lúc, rồi chạy lại lệnh",
        ),
    )
