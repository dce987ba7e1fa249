"""Read what is live: Kubernetes objects of the namespaces and kinds that a stack declares."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from govcloud import cluster_client
from govcloud.errors import CloudError, Problem, Text
from govcloud.fleet.drift import BOUNDARY_KINDS

__all__ = ["LiveCluster"]


class LiveCluster:
    """A cluster as its API server shows it to the caller's identity."""

    def __init__(self, context: str) -> None:
        """Connect with the kubeconfig of KUBECONFIG. Raises CloudError when there is no such context."""
        try:
            # Named here because the library looks at KUBECONFIG only once, when it is imported.
            self._api: client.ApiClient = cluster_client.from_files(os.environ.get("KUBECONFIG"), context)
        except config.ConfigException as error:
            raise _unreachable(str(error)) from error
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
                answer = self._get(self._path(version, kind, home)) or {"items": []}
                found += [{"apiVersion": version, "kind": kind, **item} for item in answer["items"]]
        for version, kind, name in singles:
            live = self._get(f"{self._path(version, kind, None)}/{name}")
            found += [live] if live is not None else []
        return found

    def _path(self, version: str, kind: str, namespace: str | None) -> str:
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if root not in self._plurals:
            listed = self._get(root) or {"resources": []}
            self._plurals[root] = {
                row["kind"]: (row["name"], row["namespaced"]) for row in listed["resources"] if "/" not in row["name"]
            }
        plural, namespaced = self._plurals[root][kind]
        return f"{root}/namespaces/{namespace}/{plural}" if namespaced else f"{root}/{plural}"

    def _get(self, path: str) -> dict[str, Any] | None:
        call = self._api.param_serialize("GET", path, auth_settings=["BearerToken"])
        try:
            response = self._api.call_api(*call, _request_timeout=30)
            content = _content(response)
        except (client.ApiException, HTTPError) as error:
            raise _unreachable(str(error)) from error
        if response.status == 404:
            return None
        if response.status != 200:
            raise _unreachable(f"GET {path}: {response.status} {response.reason}")
        answer: dict[str, Any] = json.loads(content)
        return answer


def _content(response: Any) -> bytes:
    """Return a response's body; the client library has no types."""
    body: bytes = response.read()
    return body


def _unreachable(reason: str) -> CloudError:
    return CloudError(
        Problem(
            code="GC-DRIFT-001",
            message=Text(
                en=f"the live cloud could not be read, so nothing is known about drift: {reason}",
                vi=f"không đọc được đám mây đang chạy nên chưa biết có sai lệch hay không: {reason}",
            ),
            fix=Text(
                en="check that the cloud runs (`govcloud local status`) and that KUBECONFIG names it",
                vi="kiểm tra đám mây đang chạy (`govcloud local status`) và KUBECONFIG đã trỏ tới nó",
            ),
        )
    )
