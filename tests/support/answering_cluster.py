"""An API server in memory that answers an examination: what a path is answered, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from govcloud.clouds.request import Answer, Request

__all__ = ["AnsweringCluster", "items", "said"]

Reply = Answer | Callable[[Request], Answer]


def said(body: object, status: int = 200, date: str = "") -> Answer:
    """Return an answer with a body."""
    return Answer(status, json.dumps(body), date=date)


def items(*objects: dict[str, Any]) -> Answer:
    """Return the answer to a listing."""
    return said({"items": list(objects)})


class AnsweringCluster:
    """Answers by method and path; what it does not know is 404."""

    def __init__(self, replies: dict[str, Reply] | None = None) -> None:
        self.replies = replies or {}
        self.asked: list[Request] = []

    def send(self, request: Request) -> Answer:
        """Answer, and note what was asked."""
        self.asked.append(request)
        reply = self.replies.get(f"{request.method} {request.path}", Answer(404, '{"message": "not found"}'))
        return reply(request) if callable(reply) else reply

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        """Run nothing: no pod is here."""
        return Answer(404, "no pod")

    def deleted(self) -> list[str]:
        """Return the names of what was asked to be deleted."""
        return [request.path.rpartition("/")[2] for request in self.asked if request.method == "DELETE"]
