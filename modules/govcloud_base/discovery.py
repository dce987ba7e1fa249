"""Where an API server of Kubernetes keeps the objects of a kind: what its discovery answers, and the paths that follow.

https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

__all__ = ["Served", "builtin", "plural", "root", "served"]


class Served(NamedTuple):
    """A kind as a server serves it in one version of its group."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def group(self) -> str:
        """The API group; "" for the core."""
        return self.api_version.rpartition("/")[0]

    def collection(self, namespace: str | None = None) -> str:
        """Return the path of the objects in a namespace; of all where none is given or the kind has none."""
        within = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        return f"{root(self.api_version)}{within}/{self.plural}"

    def path(self, name: str, namespace: str | None = None) -> str:
        """Return the path of one object."""
        return f"{self.collection(namespace)}/{quote(name, safe='')}"


def root(api_version: str) -> str:
    """Return the path under which a group and version is served: `/api/v1`, `/apis/apps/v1`."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def plural(kind: str) -> str:
    """Return the plural of a kind of Kubernetes itself, by its own convention, where no server need be asked.

    As `UnsafeGuessKindToResource` of k8s.io/apimachinery does; definitions of custom kinds choose theirs freely.
    """
    name = kind.lower()
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith("s") else f"{name}s"


def builtin(api_version: str, kind: str, *, namespaced: bool = True) -> Served:
    """Return where every server has a kind of Kubernetes itself; none need be asked. What may be done is not told."""
    return Served(api_version, kind, plural(kind), namespaced, frozenset())


def served(api_version: str, answer: Mapping[str, Any]) -> dict[str, Served]:
    """Return what a server serves of a group and version, by kind, from its `answer` at :func:`root`.

    Subresources are no kinds of their own; an answer that lists nothing says that there is nothing.
    """
    return {
        row["kind"]: Served(api_version, row["kind"], row["name"], row["namespaced"], frozenset(row.get("verbs") or ()))
        for row in answer.get("resources") or ()
        if "/" not in row["name"]
    }
