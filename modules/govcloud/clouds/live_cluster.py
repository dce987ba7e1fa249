"""Read what is live: Kubernetes objects of the namespaces and kinds that a stack declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from govcloud.advice import alternative
from govcloud.clouds.request import JSON_PATCH, Answer, Api, Request
from govcloud.comparison.boundary import BOUNDARY_KINDS
from govcloud_base.discovery import Served, root, served
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["LiveCluster", "unreadable"]


_PAGE = 500
"""Objects that are asked for at once."""


class LiveCluster:
    """A cluster as its API server shows it to one identity; safe to share between threads."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._served: dict[str, dict[str, Served]] = {}

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
            live = self._get(self._kind(version, kind).path(name))
            found += [live] if live is not None else []
        return found

    def listing(
        self, version: str, kind: str, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        """Return every live object of a kind, in one namespace or in all, that labels and fields select.

        Raises CloudError where it cannot be read.
        """
        path, token, found = self._kind(version, kind).collection(namespace), "", list[dict[str, Any]]()
        while True:
            query = {"limit": str(_PAGE), "labelSelector": labels, "fieldSelector": fields, "continue": token}
            answer = self._get(path, {key: value for key, value in query.items() if value}) or {"items": []}
            if "items" not in answer:
                no_list = Text(f"GET {path}: the answer holds no list", f"GET {path}: trả lời không chứa danh sách")
                raise CloudError(unreadable(no_list))
            found += [{"apiVersion": version, "kind": kind, **item} for item in answer.get("items") or ()]
            token = str((answer.get("metadata") or {}).get("continue") or "")
            if not token:
                return found

    def delete(self, live: Mapping[str, Any]) -> None:
        """Delete the very object that was read, and no other that took its name. Raises CloudError."""
        self.call(Request("DELETE", self._path_of(live), {"preconditions": {"uid": live["metadata"]["uid"]}}))

    def patch(self, live: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> None:
        """Change an object as it was read, by a JSON patch that fails where it has changed since.

        Raises CloudError where it is refused.
        """
        version = live["metadata"]["resourceVersion"]
        # Not a test: a version that differs from the live one is a conflict to the API server, a failed test an error.
        unchanged = {"op": "replace", "path": "/metadata/resourceVersion", "value": version}
        self.call(Request("PATCH", self._path_of(live), [unchanged, *operations], JSON_PATCH))

    def _path_of(self, item: Mapping[str, Any]) -> str:
        metadata = item["metadata"]
        return self._kind(item["apiVersion"], item["kind"]).path(metadata["name"], metadata.get("namespace"))

    def _kind(self, version: str, kind: str) -> Served:
        if version not in self._served:
            self._served[version] = served(version, self._get(root(version)) or {})
        if kind not in self._served[version]:
            unknown = Text(f"the cluster knows no {version} {kind}", f"cụm không có loại {version} {kind}")
            raise CloudError(unreadable(unknown))
        return self._served[version][kind]

    def call(self, request: Request) -> dict[str, Any] | None:
        """Return the answer to any request, None where there is no such thing.

        Raises CloudError where it does not come or is a refusal.
        """
        answer = self._api.send(request)
        if answer.status == 404:
            return None
        if not answer.ok:
            raise CloudError(_refused(request, answer))
        return answer.json()

    def _get(self, path: str, query: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any] | None:
        answer = self._api.send(Request("GET", path, query=query))
        if answer.status == 404:
            return None
        body = answer.json()
        if not answer.ok or not body:  # some proxies answer with a page of their own
            raise CloudError(unreadable(answer.to(f"GET {path}")))
        return body


def unreadable(reason: Text) -> Problem:
    """GC-DRIFT-001: an API server does not answer, or does not let this be read."""
    return Problem(
        code="GC-DRIFT-001",
        message=Text(
            en=f"the live cloud could not be read, so nothing is known about it: {reason.en}",
            vi=f"không đọc được đám mây đang chạy nên chưa biết gì về nó: {reason.vi}",
        ),
        fix=alternative(
            Text(
                "check that the cloud runs (`govcloud local status`) and that KUBECONFIG names it",
                "kiểm tra đám mây đang chạy (`govcloud local status`) và KUBECONFIG đã trỏ tới nó",
            ),
            Text(
                "check that the cloud runs and that KUBECONFIG names it",
                "kiểm tra đám mây đang chạy và KUBECONFIG đã trỏ tới nó",
            ),
        ),
    )


def _refused(request: Request, answer: Answer) -> Problem:
    return Problem(
        code="GC-DRIFT-002",
        message=Text(
            en="the cluster did not let this be taken back",
            vi="cụm không cho đưa đối tượng này về như khai báo",
        ),
        value=answer.to(request),
        fix=Text(
            en="see what holds it, or whether somebody changes it at the same time, then run the command again",
            vi="xem điều gì đang giữ đối tượng, hoặc có ai đang sửa cùng lúc, rồi chạy lại lệnh",
        ),
    )
