"""The API server of a declared cloud, as the platform's identity reaches it from this shell."""

from __future__ import annotations

import os

from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request
from govcloud.model.cloud import Cloud
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["answering", "api_of"]


def api_of(cloud: Cloud) -> KubernetesApi:
    """Return access to a cloud's API server as the platform. Raises EnvironmentProblem where the kubeconfig is none."""
    return KubernetesApi.from_kubeconfig(os.environ.get("KUBECONFIG") or None, cloud.spec.cluster.context)


def answering(cloud: Cloud) -> KubernetesApi:
    """Return the same, once it has answered. Raises CloudError where it does not, and as :func:`api_of`."""
    api = api_of(cloud)
    answer = api.send(Request("GET", "/version"))
    if answer.ok:
        answer = api.send(Request("GET", "/api/v1"))  # everybody may ask for the version
    if not answer.ok:
        raise CloudError(_unreachable(cloud, api.server, answer.described))
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
