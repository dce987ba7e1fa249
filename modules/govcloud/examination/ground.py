"""Namespaces of an examination's own: made, never adopted, and removed; with what a killed one left.

Everything carries the run's label and says who made it. Only what has both the label and the name is ever touched, by
the uid under which it was seen; and what a process that still works made is left to it.
"""

from __future__ import annotations

import datetime
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Api, Request, collection, resource
from govcloud.examination.patience import Patience
from govcloud.model import names

__all__ = ["IN", "LABEL", "OPEN", "OUT", "PREFIX", "RULES", "Ground", "owner", "sweep"]

LABEL = names.label("examination")
"""On all that an examination makes; its value is the run's mark."""
_OWNER = names.label("examiner")
"""Annotation with the process that made it."""
PREFIX = "govcloud-examination-"

OPEN, IN, OUT, RULES = "open", "in", "out", "rules"
"""The namespaces: without any policy, closed on the way in, closed on the way out, and for admission."""

_ADMISSION = "admissionregistration.k8s.io"
_LIFE = datetime.timedelta(minutes=10)
"""How long an examination may take at most: what is older and from another machine was left by one that was killed."""
_GONE_SECONDS = 30.0

Object = Mapping[str, Any]


def owner() -> str:
    """Return what tells this process from all others: machine, number and start."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start(os.getpid())}"


def _start(process: int) -> str:
    """Return when a process of this machine started, in ticks since the machine did; empty where it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _abandoned(metadata: Object, now: datetime.datetime) -> bool:
    """Return whether nobody works with the object any more: its process is gone, or of another machine and too old."""
    host, _, rest = str((metadata.get("annotations") or {}).get(_OWNER, "")).partition("/")
    number, _, start = rest.partition("/")
    if host == socket.gethostname() and number.isdigit():
        return not start or _start(int(number)) != start
    made = datetime.datetime.fromisoformat(str(metadata["creationTimestamp"]))
    return now - made > _LIFE


def _ours(metadata: Object) -> bool:
    """Return whether an examination made the object: by label and name, one of both is not enough."""
    mark = (metadata.get("labels") or {}).get(LABEL)
    return bool(mark) and str(metadata.get("name", "")).startswith(f"{PREFIX}{mark}")


def sweep(api: Api) -> None:
    """Remove what examinations left that were killed."""
    now = datetime.datetime.now(datetime.UTC)
    for group, plural, metadata in _labelled(api):
        if _ours(metadata) and not metadata.get("deletionTimestamp") and _abandoned(metadata, now):
            _delete(api, group, plural, metadata)


def _labelled(api: Api, mark: str = "") -> Iterator[tuple[str, str, Object]]:
    selector = f"{LABEL}={mark}" if mark else LABEL
    # The binding before its policy, which may then go without anybody being judged by half of a pair.
    for group, plural in (
        (_ADMISSION, "validatingadmissionpolicybindings"),
        (_ADMISSION, "validatingadmissionpolicies"),
        ("", "namespaces"),
    ):
        answer = api.send(Request("GET", collection(group, plural), query={"labelSelector": selector}))
        yield from ((group, plural, item.get("metadata") or {}) for item in answer.json().get("items") or ())


def _delete(api: Api, group: str, plural: str, metadata: Object) -> Answer:
    body = {"preconditions": {"uid": metadata["uid"]}, "propagationPolicy": "Background"}
    return api.send(Request("DELETE", resource(group, plural, str(metadata["name"])), body))


class Ground:
    """The namespaces of one examination."""

    def __init__(self, api: Api, patience: Patience) -> None:
        self.api = api
        self.patience = patience
        self.mark = secrets.token_hex(4)
        self._made = False

    def namespace(self, role: str) -> str:
        """Return the name of a namespace: `govcloud-examination-1a2b3c4d-open`."""
        return f"{PREFIX}{self.mark}-{role}"

    def metadata(self, name: str, namespace: str | None = None, **labels: str) -> dict[str, Any]:
        """Return the metadata of an object of this examination."""
        place = {"namespace": namespace} if namespace else {}
        worn = {LABEL: self.mark, **labels}
        return {"name": name, **place, "labels": worn, "annotations": {_OWNER: owner()}}

    def make(self) -> None:
        """Make the namespaces. Raises BlindError where that is refused, also because one is there already."""
        self._made = True
        for role in (OPEN, IN, OUT, RULES):
            labels = {"pod-security.kubernetes.io/enforce": "restricted"}
            metadata = self.metadata(self.namespace(role), **labels)
            self.create(
                Request(
                    "POST",
                    collection("", "namespaces"),
                    {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata},
                )
            )

    def create(self, request: Request, seconds: float = 5.0) -> dict[str, Any]:
        """Send what makes an object and return it; raises BlindError where it is refused.

        For `seconds` it is tried again where the server is not ready: a namespace's service account comes after it.
        """
        answer = Answer(0, "")
        for _ in self.patience.tries(seconds):
            answer = self.api.send(request)
            if answer.ok or answer.status not in (0, 403, 404, 429, 500, 503):
                break
        if not answer.ok:
            raise BlindError(answer.to(request))
        return answer.json()

    def remove(self) -> list[str]:
        """Remove everything and return what had not gone after half a minute: it goes, but nobody saw it.

        Nothing is raised: this runs on the way out of whatever went wrong.
        """
        if not self._made:
            return []
        for role in (OPEN, IN, OUT):
            self.api.send(Request("DELETE", collection("", "pods", self.namespace(role)), {"gracePeriodSeconds": 0}))
        left = [row for row in _labelled(self.api, self.mark) if _ours(row[2])]
        for group, plural, metadata in left:
            _delete(self.api, group, plural, metadata)
        for _ in Patience().tries(_GONE_SECONDS):
            left = [row for row in _labelled(self.api, self.mark) if _ours(row[2])]
            if not left:
                break
        return [str(metadata["name"]) for _, _, metadata in left]
