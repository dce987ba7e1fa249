"""What an API server says and does at once, with nothing kept: before every run this is looked at again."""

from __future__ import annotations

import re
from pathlib import Path

from govcloud.clouds.request import APPLY, Api, Request, resource
from govcloud.examination.finding import Finding, found, lacking, unknown
from govcloud.render.admission import exempt_platform
from govcloud_base.errors import Text

__all__ = ["APPLIES", "IDENTITY", "POLICIES", "VERSION", "applies", "identity", "policies", "version"]

VERSION, APPLIES, POLICIES = "server-version", "server-side-apply", "admission-policies"
IDENTITY = "platform-identity"

_MANAGER = "govcloud-examination"
_MINOR = re.compile(r"v?1\.(\d+)")
_SERVING = ("validatingadmissionpolicies", "validatingadmissionpolicybindings")


def version(api: Api, declared: str) -> Finding:
    """Return whether the server knows the Pod Security rules of the declared minor version."""
    request = Request("GET", "/version")
    answer = api.send(request)
    live = str(answer.json().get("gitVersion") or "")
    wanted, seen = _MINOR.match(declared), _MINOR.match(live)
    if not answer.ok or wanted is None or seen is None:
        return unknown(VERSION, answer.to(request))
    if int(seen[1]) < int(wanted[1]):
        return lacking(
            VERSION,
            Text(f"{live}, but {declared} is declared", f"{live}, trong khi khai báo {declared}"),
            Text(
                f"write cluster.version: v1.{seen[1]}, or upgrade the cluster",
                f"ghi `cluster.version: v1.{seen[1]}`, hoặc nâng cấp cụm",
            ),
        )
    return found(VERSION, Text(f"{live}, declared {declared}", f"{live}, khai báo {declared}"))


def applies(api: Api) -> Finding:
    """Return whether the server applies an object and notes whose its fields are, with nothing kept."""
    name = "govcloud-examination"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"asked": "yes"}}
    query = {"fieldManager": _MANAGER, "force": "true"}
    path = resource("", "configmaps", name, "default")
    request = Request("PATCH", path, body, APPLY, query).dry_run()
    answer = api.send(request)
    owners = (answer.json().get("metadata") or {}).get("managedFields") or ()
    if any(row.get("operation") == "Apply" and row.get("manager") == _MANAGER for row in owners):
        return found(
            APPLIES, Text("applied on trial, and the fields' owner noted", "đã áp dụng thử và ghi nhận chủ trường")
        )
    fix = Text(
        "use a Kubernetes that serves server-side apply, and give the platform the right to patch",
        "dùng Kubernetes có `server-side apply` và cấp cho nền tảng quyền `patch`",
    )
    if answer.status in (405, 415) or answer.ok:
        return lacking(APPLIES, answer.to(request), fix)
    return unknown(APPLIES, answer.to(request), fix=fix)


def policies(api: Api) -> Finding | None:
    """Return that admission policies are not even served; None where they are, which says nothing of their effect."""
    request = Request("GET", "/apis/admissionregistration.k8s.io/v1")
    answer = api.send(request)
    if answer.status != 404 and not answer.ok:
        return unknown(POLICIES, answer.to(request))
    names = {str(row.get("name")) for row in answer.json().get("resources") or ()}
    if answer.ok and names.issuperset(_SERVING):
        return None
    return lacking(
        POLICIES,
        Text(
            "the API server does not serve ValidatingAdmissionPolicy v1",
            "máy chủ API không phục vụ `ValidatingAdmissionPolicy` v1",
        ),
        Text(
            "use Kubernetes 1.30 or later, and do not switch admissionregistration.k8s.io/v1 off",
            "dùng Kubernetes từ 1.30 và không tắt `admissionregistration.k8s.io/v1`",
        ),
    )


def identity(api: Api, law: Path | None) -> Finding:
    """Return whether the admission policies of the law will take whoever asks for the platform.

    If not, the cluster's own stack shuts the platform out: it may still remove the policies, and make no tenant.
    """
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    request = Request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
    answer = api.send(request)
    if not answer.ok:
        return unknown(IDENTITY, answer.to(request))
    seen = (answer.json().get("status") or {}).get("userInfo") or {}
    user, groups = str(seen.get("username", "")), {str(group) for group in seen.get("groups") or ()}
    known_groups, known_users = exempt_platform(law)
    called = f"{user} ({', '.join(sorted(groups))})"
    if user in known_users or known_groups & groups:
        return found(IDENTITY, Text.quoted(called))
    known = ", ".join(sorted(known_groups | known_users))
    return lacking(
        IDENTITY,
        Text(f"{called}; the platform is {known}", f"{called}; nền tảng là {known}"),
        Text(
            f"use an identity that is one of {known}, or name this one's group under `platform` in "
            "admission/identities.yaml of the country's own law",
            f"dùng danh tính thuộc {known}, hoặc ghi nhóm của danh tính này vào mục `platform` trong "
            "`admission/identities.yaml` thuộc luật riêng của quốc gia",
        ),
    )
