"""Access under other identities than the platform's: the auditor's, and every tenant's.

First counts a kubeconfig that the operator names: it shows what its holder really holds. The cloud of this machine
issues a certificate for itself, and for nobody else. Any other cluster is asked through the platform's own connection,
by impersonation (ADR 0046). Whatever the way, the API server is asked whom it takes the caller for before anything is
examined: a check that looked with the platform's rights would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from govcloud.clouds.contexts import servers
from govcloud.clouds.impersonation import Impersonated
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.live_cluster import unreadable
from govcloud.clouds.offer import OfferedCloud, offered
from govcloud.clouds.request import Api, Request
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Problem, Text, language

__all__ = ["access_of", "confirm", "variable_of"]

_MASTERS = "system:masters"
_REVIEW = Request(
    "POST",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
)


def access_of(platform: KubernetesApi, context: str, environment: Mapping[str, str], user: str, group: str) -> Api:
    """Return access as `user` of an identity group, at the cluster that `context` names and `platform` speaks to.

    `environment` is the cloud's. Raises EnvironmentProblem where there is no such access, or where the API server takes
    it for somebody else; CloudError where the server does not answer.
    """
    variable = variable_of(group)
    if named := environment.get(variable):
        api = _named(named, context, platform.server, variable, group)
        confirm(api, None, group, variable)
        return api
    if (cloud := _own_cloud(platform.server)) is not None:
        try:
            issued: Api = KubernetesApi.from_text(cloud.identity(user, group))
        except GovCloudError as error:
            raise EnvironmentProblem(_no_credential(group, variable, error.render(language()))) from None
    else:
        issued = Impersonated(platform, user, group)
    confirm(issued, user, group, variable)
    return issued


def variable_of(group: str) -> str:
    """Return the variable that names the kubeconfig of an identity group: `gov:<tenant>:<role>`, or the auditor's."""
    _, tenant, role = group.split(":")
    if role == "auditor":
        return "GOVCLOUD_AUDITOR_KUBECONFIG"
    return f"GOVCLOUD_TENANT_KUBECONFIG_{tenant.upper().replace('-', '_')}"


def confirm(api: Api, user: str | None, group: str, variable: str) -> None:
    """Make sure that the API server takes `api` for `user` (None for any) of `group`, who is no master of the cluster.

    Raises EnvironmentProblem where it does not, CloudError where it does not answer.
    """
    answer = api.send(_REVIEW)
    if answer.status == 0:
        raise CloudError(unreadable(answer.to(_REVIEW)))
    if not answer.ok:
        raise EnvironmentProblem(_no_credential(group, variable, answer.to(_REVIEW)))
    seen = (answer.json().get("status") or {}).get("userInfo") or {}
    name, groups = str(seen.get("username", "")), [str(each) for each in seen.get("groups") or ()]
    if group not in groups or _MASTERS in groups or user not in (None, name):
        raise EnvironmentProblem(_another(group, variable, name, groups))


def _named(files: str, context: str, server: str, variable: str, group: str) -> KubernetesApi:
    """Return access by a kubeconfig in the cloud's context, else in its current one, where that leads to the server.

    Many clusters have contexts of one name, and identities of one group: only the address tells them apart.
    """
    known = context in servers(files)
    api = KubernetesApi.from_kubeconfig(files, context if known else None)
    if api.server != server:
        reason = Text(
            f"the context {context} of {variable} leads to {api.server}, not to {server}",
            f"context {context} của {variable} dẫn tới {api.server} chứ không tới {server}",
        )
        if not known:
            reason = Text(
                f"{variable} has no context {context}, and its current one leads to {api.server}, not to {server}",
                f"{variable} không có context {context}, context hiện tại dẫn tới {api.server} chứ không tới {server}",
            )
        raise EnvironmentProblem(_no_credential(group, variable, reason))
    return api


def _own_cloud(server: str) -> OfferedCloud | None:
    """Return the cloud of this machine where it is the one behind `server`."""
    try:
        found = offered()
        return found if found is not None and server in servers(found.kubeconfig).values() else None
    except GovCloudError:  # what is left of a cloud that nobody asks about
        return None


def _no_credential(group: str, variable: str, reason: str | Text) -> Problem:
    return Problem(
        code="GC-AUDIT-002",
        message=Text(en=f"there is no credential of {group}", vi=f"không có thông tin xác thực của {group}"),
        fix=Text(
            en=f"name its kubeconfig in {variable}, or let the platform's identity impersonate users and groups",
            vi=f"chỉ ra kubeconfig trong biến {variable}, hoặc cho danh tính của nền tảng quyền mạo danh "
            "(impersonate) người dùng và nhóm",
        ),
        value=reason,
    )


def _another(group: str, variable: str, name: str, groups: list[str]) -> Problem:
    return Problem(
        code="GC-AUDIT-004",
        message=Text(
            en=f"the API server takes the credential of {group} for somebody else",
            vi=f"máy chủ API coi thông tin xác thực của {group} là của người khác",
        ),
        value=f"{name} ({', '.join(sorted(groups))})",
        allowed=Text(f"a member of {group}, not of {_MASTERS}", f"thành viên của {group}, không thuộc {_MASTERS}"),
        fix=Text(
            en=f"name a kubeconfig of {group} in {variable}; through a proxy, let it pass the headers Impersonate-*",
            vi=f"đặt {variable} trỏ tới kubeconfig của {group}; nếu đi qua proxy thì cho phép các tiêu đề "
            "`Impersonate-*`",
        ),
    )
