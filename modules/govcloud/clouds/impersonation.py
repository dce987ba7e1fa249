"""The API server as somebody else sees it, through the platform's own connection: with his rights, and without a key.

Every request carries the headers by which the API server takes on another identity. It judges them by the same
authoriser and the same admission policies as his own, and notes both names in its audit log.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence

from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Answer, Request, collection
from govcloud_base.errors import Text

__all__ = ["Impersonated"]

_AUTHENTICATION = "authentication.k8s.io"
_ACCOUNT = "system:serviceaccount:"


class Impersonated:
    """Access as `user` of `group`. Nothing that it sends can reach the server under the platform's own name."""

    def __init__(self, platform: KubernetesApi, user: str, group: str) -> None:
        self._platform = platform
        self._headers = {"Impersonate-User": user, "Impersonate-Group": group}

    @property
    def server(self) -> str:
        """Address of the API server."""
        return self._platform.server

    def send(self, request: Request) -> Answer:
        """Send the request as the identity.

        Headers hold one impersonation alone. So a request that tries another on top is never sent: the server's
        authoriser is asked, as the identity, whether it may impersonate so, and its decision is the answer.
        """
        wanted = {name.lower(): value for name, value in request.headers.items()}
        if any(name.startswith("impersonate-") for name in wanted):
            return self._decision(list(_attributes(wanted)))
        return self._platform.send(dataclasses.replace(request, headers={**request.headers, **self._headers}))

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        """Answer that nothing was run: the client library opens the connection without the identity's headers."""
        return Answer.none(
            Text("nobody can be impersonated to run a command in a pod", "không thể mạo danh ai để chạy lệnh trong pod")
        )

    def _decision(self, attributes: Sequence[Mapping[str, str]]) -> Answer:
        for wanted in attributes:
            body = {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {"verb": "impersonate", **wanted}},
            }
            answer = self.send(Request("POST", collection("authorization.k8s.io", "selfsubjectaccessreviews"), body))
            allowed = (answer.json().get("status") or {}).get("allowed")
            if not answer.ok:
                return answer
            if allowed is not True:
                what = f'{wanted["resource"]} "{wanted.get("name", "")}"'
                user = self._headers["Impersonate-User"]
                said = f'{what} is forbidden: User "{user}" cannot impersonate it, as SelfSubjectAccessReview says'
                return Answer(403, json.dumps({"kind": "Status", "code": 403, "message": said}))
        return Answer(200, "")


def _attributes(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield what the API server asks its authoriser about headers of impersonation, their names in lower case."""
    for name, value in headers.items():
        if name == "impersonate-user" and value.startswith(_ACCOUNT):
            namespace, _, account = value.removeprefix(_ACCOUNT).partition(":")
            yield {"resource": "serviceaccounts", "namespace": namespace, "name": account}
        elif name == "impersonate-user":
            yield {"resource": "users", "name": value}
        elif name == "impersonate-group":
            yield {"resource": "groups", "name": value}
        elif name == "impersonate-uid":
            yield {"group": _AUTHENTICATION, "resource": "uids", "name": value}
        elif name.startswith("impersonate-extra-"):
            key = name.removeprefix("impersonate-extra-")
            yield {"group": _AUTHENTICATION, "resource": "userextras", "subresource": key, "name": value}
