"""The API server of a declared cloud, as the platform's identity reaches it from this shell."""

from __future__ import annotations

from govcloud.clouds.connection import Connection
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.model.cloud import Cloud
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["answering"]


def answering(connection: Connection) -> KubernetesApi:
    """Return the API server of a connection, once it has answered.

    Raises CloudError where it does not, or the kubeconfig has no such context.
    """
    api = connection.platform
    answer = connection.asked()
    if not answer.ok:
        raise CloudError(_unreachable(connection.cloud, api.server, answer.described))
    return api


def _unreachable(cloud: Cloud, server: str, reason: Text) -> Problem:
    return Problem(
        code="GC-CLOUD-011",
        message=Text(
            en=f"cloud {cloud.name} cannot be examined: {server} does not answer",
            vi=f"không kiểm tra được đám mây {cloud.name}: {server} không trả lời",
        ),
        fix=Text(
            en="see that the cluster runs, and that the kubeconfig's context is good for it",
            vi="xem cụm có chạy không, và context trong kubeconfig có dùng được không",
        ),
        value=reason,
    )
