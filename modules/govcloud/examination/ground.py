"""Namespaces of an examination's own: made, never adopted, and removed; with what a killed one left.

Everything carries the run's label and says who made it. Only what has both the label and the name is ever touched, by
the uid under which it was seen; and what a process that still works made is left to it.
"""

from __future__ import annotations

import datetime
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Api, Request, collection, resource
from govcloud.examination.patience import Patience
from govcloud.examination.remains import LABEL, Remains
from govcloud.model import names
from govcloud_base import maker
from govcloud_base.errors import Text

__all__ = ["IN", "LABEL", "OPEN", "OUT", "PREFIX", "RULES", "Ground", "owner", "sweep"]

_OWNER = names.label("examiner")
"""Annotation with the process that made it."""
PREFIX = "govcloud-examination-"

OPEN, IN, OUT, RULES = "open", "in", "out", "rules"
"""The namespaces: without any policy, closed on the way in, closed on the way out, and for admission."""

_ADMISSION = "admissionregistration.k8s.io"
# The binding before its policy, which may then go without anybody being judged by half of a pair.
_KINDS = (
    (_ADMISSION, "validatingadmissionpolicybindings"),
    (_ADMISSION, "validatingadmissionpolicies"),
    ("", "namespaces"),
)
"""What an examination makes beside what lies in its namespaces and goes with them."""
_LIFE = datetime.timedelta(minutes=10)
"""How long an examination may take at most: what is older and from another place was left by one that was killed."""
_GONE_SECONDS = 30.0
_PROCESS = re.compile(r"/(?P<number>[1-9][0-9]{0,9})/(?P<start>[0-9]{1,20})")
"""What an owner's mark says after the place."""

Object = Mapping[str, Any]


def owner() -> str:
    """Return what tells this process from all others: where its number counts, the number, and its start."""
    return f"{maker.place()}/{os.getpid()}/{maker.start()}"


def _abandoned(metadata: Object, now: datetime.datetime) -> bool:
    """Return whether nobody works with the object any more: its process is gone, or of another place and too old.

    What no process writes as its mark is nobody's.
    """
    mark = str((metadata.get("annotations") or {}).get(_OWNER, ""))
    place = maker.place()
    if mark.startswith(place) and (process := _PROCESS.fullmatch(mark, len(place))):
        return not maker.lives(int(process["number"]), process["start"])
    made = datetime.datetime.fromisoformat(str(metadata["creationTimestamp"]))
    return now - made > _LIFE


def sweep(api: Api) -> None:
    """Remove what examinations left that were killed; what cannot be seen or removed now, the next one finds."""
    now = datetime.datetime.now(datetime.UTC)
    for group, plural in _KINDS:
        for metadata in _ours(api.send(_listing(group, plural, LABEL))):
            if not metadata.get("deletionTimestamp") and _abandoned(metadata, now):
                _delete(api, group, plural, metadata)


def _listing(group: str, plural: str, selector: str) -> Request:
    return Request("GET", collection(group, plural), query={"labelSelector": selector})


def _ours(answer: Answer) -> Iterator[Object]:
    """Yield what examinations made of what was listed: by label and name, one of both is not enough."""
    for item in answer.json().get("items") or ():
        metadata = item.get("metadata") or {}
        mark = (metadata.get("labels") or {}).get(LABEL)
        if mark and str(metadata.get("name", "")).startswith(f"{PREFIX}{mark}"):
            yield metadata


def _wide(request: Request) -> set[str]:
    """Return what a request makes beside what lies in a namespace: `namespaces/…`, or nothing."""
    below = request.path.rpartition("/")[2]
    return set() if "/namespaces/" in request.path else {f"{below}/{request.body['metadata']['name']}"}


def _delete(api: Api, group: str, plural: str, metadata: Object) -> Answer:
    body = {"preconditions": {"uid": metadata["uid"]}, "propagationPolicy": "Background"}
    return api.send(Request("DELETE", resource(group, plural, str(metadata["name"])), body))


class Ground:
    """The namespaces of one examination."""

    def __init__(self, api: Api, patience: Patience, roles: Sequence[str] = (OPEN, IN, OUT, RULES)) -> None:
        self.api = api
        self.patience = patience
        self.mark = secrets.token_hex(4)
        self._roles = roles
        self._begun: set[str] = set()
        """What may have been made, `namespaces/…`, beside what lies in a namespace."""

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
        for role in self._roles:
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
        name = _wide(request)
        answer, doubt = Answer(0, ""), False
        for _ in self.patience.tries(seconds):
            self._begun |= name
            answer = self.api.send(request)
            doubt = doubt or answer.status == 0 or answer.status >= 500  # it may have been made all the same
            if answer.ok or answer.status not in (0, 403, 404, 429, 500, 503):
                break
        if not answer.ok:
            if not doubt:
                self._begun -= name
            raise BlindError(answer.to(request))
        return answer.json()

    def remove(self) -> None:
        """Ask that everything goes, and pods at once: what still waits for one is broken off by that."""
        if self._begun:
            self._swept()

    def remains(self) -> Remains:
        """Look until everything has gone, for half a minute, and return what had not, or could not be looked at.

        To be called when nobody makes anything any more. Nothing is raised: this runs on the way out of whatever went
        wrong.
        """
        found = Remains(self.mark)
        if self._begun:
            for _ in Patience().tries(_GONE_SECONDS):
                found = self._swept()
                if not found.going and not found.left:
                    break
        return found

    def _swept(self) -> Remains:
        """Remove what is there and is not going yet; return what was there, or may have been."""
        going, left, reasons = list[str](), list[str](), list[Text]()
        for group, plural in _KINDS:
            listing = _listing(group, plural, f"{LABEL}={self.mark}")
            answer = self.api.send(listing)
            if not answer.ok:
                reasons.append(answer.to(listing))
                left += sorted(name for name in self._begun if name.startswith(f"{plural}/"))
            for metadata in _ours(answer):
                name = f"{plural}/{metadata['name']}"
                removed = None if metadata.get("deletionTimestamp") else self._removed(group, plural, metadata)
                if removed is None or removed.ok:
                    going.append(name)
                elif removed.status != 404:
                    left.append(name)
                    reasons.append(removed.to(f"DELETE {name}"))
        return Remains(self.mark, tuple(going), tuple(left), tuple(reasons))

    def _removed(self, group: str, plural: str, metadata: Object) -> Answer:
        if plural == "namespaces":
            pods = collection("", "pods", str(metadata["name"]))
            self.api.send(Request("DELETE", pods, {"gracePeriodSeconds": 0}))
        return _delete(self.api, group, plural, metadata)
