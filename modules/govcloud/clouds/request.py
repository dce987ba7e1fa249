"""Requests to an API server and the answers to them: what an audit sends, and the evidence that it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from govcloud.refusal import refusal
from govcloud_base.discovery import root
from govcloud_base.errors import Text

__all__ = [
    "APPLY",
    "JSON_PATCH",
    "MERGE_PATCH",
    "STRATEGIC_PATCH",
    "Answer",
    "Api",
    "Request",
    "collection",
    "no_answer",
    "resource",
    "version",
]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Request:
    """One request; `dry_run` makes the server judge it in full and keep nothing."""

    method: str
    path: str
    body: Any = None
    content_type: str = "application/json"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def url(self) -> str:
        """Return path and query, as the request line carries them."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")

    def dry_run(self) -> Request:
        """Return the same request with no effect: authorised, admitted and validated, but not stored."""
        query = {**self.query, "dryRun": "All"}
        return Request(self.method, self.path, self.body, self.content_type, query, self.headers)

    def __str__(self) -> str:
        return f"{self.method} {self.url()}"


@dataclass(frozen=True)
class Answer:
    """What came back. Status 0 means that no answer came: refused connection, time-out, broken TLS."""

    status: int
    text: str
    trouble: Text | None = None
    """Why no answer came; `text` says it in English."""
    date: str = ""
    """When the server says that it answered, by its header `Date`."""

    @classmethod
    def none(cls, trouble: Text) -> Answer:
        """Return what stands for an answer that did not come."""
        return cls(0, trouble.en, trouble)

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Return the body; an empty mapping where it is not a JSON object."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def message(self) -> str:
        """The server's reason in its words: a Status object's message, else the start of the body."""
        return str(self.json().get("message") or self.text[:400])

    @property
    def described(self) -> Text:
        """The status and the server's own words, or why there are none."""
        if self.trouble is not None:
            return Text(f"{self.status} {self.trouble.en}", f"{self.status} {self.trouble.vi}")
        return Text.quoted(str(self))

    def to(self, request: object) -> Text:
        """Return the answer beside the request to which it came."""
        said = self.described
        return Text(f"{request}: {said.en}", f"{request}: {said.vi}")

    def __str__(self) -> str:
        return f"{self.status} {self.message}" if not self.ok else str(self.status)


class Api(Protocol):
    """Somebody's access to an API server: one identity, one server."""

    def send(self, request: Request) -> Answer:
        """Send the request and return the answer; never raises for what the network or the server does."""
        ...

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        """Run a command in a pod; 200 with its standard output, or what went wrong. Never raises either."""
        ...


def no_answer(error: Exception) -> Text:
    """Return that no answer came, with what the network said."""
    reason = refusal(error)
    return Text(f"no answer: {reason.en}", f"không có trả lời: {reason.vi}")


def version(group: str) -> str:
    """Return the `apiVersion` in which objects of a group are read and written without asking which there are."""
    return {"": "v1", "autoscaling": "autoscaling/v2"}.get(group, f"{group}/v1")


def collection(group: str, plural: str, namespace: str | None = None) -> str:
    """Return the path of a kind's collection: in a namespace, or across the cluster."""
    middle = f"/namespaces/{namespace}" if namespace else ""
    return f"{root(version(group))}{middle}/{plural}"


def resource(group: str, plural: str, name: str, namespace: str | None = None, subresource: str = "") -> str:
    """Return the path of one object, or of a subresource of it."""
    tail = f"/{subresource}" if subresource else ""
    return f"{collection(group, plural, namespace)}/{name}{tail}"
