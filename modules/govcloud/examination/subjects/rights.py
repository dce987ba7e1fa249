"""Rights: the platform may do all that our plans do, the auditor may look and change nothing.

The API server decides each right as it would decide the request (SubjectAccessReview); the auditor is asked about by
its group, so that no credential of the auditor is needed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from govcloud import render
from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, resource
from govcloud.examination.finding import Finding, absent, found, lacking
from govcloud.examination.site import Site
from govcloud.render.cluster import AUDITOR_GROUP
from govcloud_base.discovery import Served, root, served
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "Right", "examine", "judged"]

PLATFORM, AUDITOR = "rights-platform", "rights-auditor"
CAPABILITIES = (PLATFORM, AUDITOR)

_RBAC = "rbac.authorization.k8s.io"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
_READS, _WRITES = _VERBS[:3], _VERBS[3:]
_BESIDE = (("", "secrets"), ("", "pods"), ("", "namespaces"))
"""What plans hold besides manifests: delivered keys; and what an examination and an audit make."""
_SHOWN = 6
_WHOLE = Text("", "")


class Right(NamedTuple):
    """A verb on a kind."""

    verb: str
    group: str
    resource: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}{f'.{self.group}' if self.group else ''}"


def examine(site: Site) -> Iterator[Finding]:
    """Ask for every verb on every kind that plans for this cloud use."""
    kinds = sorted({*_kinds(site), *_BESIDE})
    wanted = [Right(verb, *kind) for kind in kinds for verb in _VERBS]
    wanted += [Right(verb, _RBAC, kind) for kind in ("roles", "clusterroles") for verb in ("bind", "escalate")]
    wanted += [Right("create", "", "pods/exec"), Right("get", "", "pods/log")]
    refused = [right for right, allowed in _asked(site, wanted, None) if not allowed]
    yield judged(
        PLATFORM,
        refused,
        len(wanted),
        Text("the platform may not", "nền tảng không được"),
        Text(
            "bind the platform's identity to cluster-admin, or to a role with these verbs",
            "gán danh tính của nền tảng vào `cluster-admin` hoặc vai trò có các quyền này",
        ),
    )
    yield from _auditor(site, kinds)


def _auditor(site: Site, kinds: list[tuple[str, str]]) -> Iterator[Finding]:
    writing = [Right(verb, *kind) for kind in kinds for verb in _WRITES]
    writing += [Right("create", "", "pods/exec"), Right("get", "", "secrets")]
    given = [right for right, allowed in _asked(site, writing, AUDITOR_GROUP) if allowed]
    yield judged(
        AUDITOR,
        given,
        len(writing),
        Text("the auditor may", "kiểm toán viên được"),
        Text(f"take these rights from {AUDITOR_GROUP}", f"thu hồi các quyền này của {AUDITOR_GROUP}"),
        Text("changes nothing", "không sửa được gì"),
    )
    role = next(m for m in render.cluster(site.country, site.cloud.name).manifests.values() if _is_role(m))
    looking = [
        Right(verb, group, kind)
        for rule in role["rules"]
        for group in rule.get("apiGroups") or ()
        for kind in rule["resources"]
        for verb in rule["verbs"]
    ]
    request = Request("GET", resource(_RBAC, "clusterroles", str(role["metadata"]["name"])))
    answer = site.api.send(request)
    aspect = Text("looks everywhere", "xem được mọi nơi")
    if answer.status == 404:
        later = Text("the cluster's stack brings the role", "stack của cụm sẽ tạo vai trò này")
        yield absent(AUDITOR, later, aspect)
        return
    if not answer.ok:
        raise BlindError(answer.to(request))
    missing = [right for right, allowed in _asked(site, looking, AUDITOR_GROUP) if not allowed]
    yield judged(
        AUDITOR,
        missing,
        len(looking),
        Text("the auditor may not", "kiểm toán viên không được"),
        Text(f"bring the stack cluster.{site.cloud.name} up again", f"dựng lại stack `cluster.{site.cloud.name}`"),
        aspect,
    )


def _is_role(manifest: dict[str, Any]) -> bool:
    return bool(manifest["kind"] == "ClusterRole" and manifest["metadata"]["name"] == "govcloud-auditor")


def _kinds(site: Site) -> Iterable[tuple[str, str]]:
    """Yield group and plural of every kind that plans for this cloud use, as the API server calls them."""
    plans = [render.stack(site.country, name) for name in site.country.within({site.cloud.name}).stacks()]
    used = {(m["apiVersion"], m["kind"]) for plan in plans for m in plan.manifests.values()}
    there: dict[str, dict[str, Served]] = {}
    for version, kind in sorted(used):
        if version not in there:
            there[version] = served(version, site.api.send(Request("GET", root(version))).json())
        if kind in there[version]:
            yield there[version][kind].group, there[version][kind].plural


def _asked(site: Site, rights: Iterable[Right], group: str | None) -> list[tuple[Right, bool]]:
    """Return each right with whether the API server grants it: to `group`, or to whoever asks."""
    kind = "SubjectAccessReview" if group else "SelfSubjectAccessReview"
    path = f"/apis/authorization.k8s.io/v1/{kind.lower()}s"
    who = {"user": "govcloud-examined", "groups": [group, "system:authenticated"]} if group else {}

    def one(right: Right) -> tuple[Right, bool]:
        name, _, below = right.resource.partition("/")
        attributes = {"verb": right.verb, "group": right.group, "resource": name, "subresource": below}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": kind,
            "spec": {"resourceAttributes": attributes, **who},
        }
        request = Request("POST", path, body)
        answer = site.api.send(request)
        if not answer.ok:
            raise BlindError(answer.to(request))
        return right, bool((answer.json().get("status") or {}).get("allowed"))

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(one, rights))


def judged(capability: str, wrong: list[Right], asked: int, lead: Text, fix: Text, aspect: Text = _WHOLE) -> Finding:
    """Return that every right is as it must be, or which are not."""
    if not wrong:
        return found(capability, Text(f"{asked} rights asked for", f"đã hỏi {asked} quyền"), aspect)
    shown = ", ".join(map(str, wrong[:_SHOWN])) + (f" (+{len(wrong) - _SHOWN})" if len(wrong) > _SHOWN else "")
    return lacking(capability, Text(f"{lead.en} {shown}", f"{lead.vi} {shown}"), fix, aspect)
