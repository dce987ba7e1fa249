"""From a declared cloud to the means to look at it, as this shell has them."""

from __future__ import annotations

import os

from govcloud.audit.workload import IMAGE
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.object_store import Key, ObjectStore
from govcloud.clouds.request import Request
from govcloud.country import Country
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.site import Site, StoreView
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.site import authority_of, url_of
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["api_of", "opened"]


def api_of(cloud: Cloud) -> KubernetesApi:
    """Return access to a cloud's API server as the platform. Raises EnvironmentProblem where the kubeconfig is none."""
    return KubernetesApi.from_kubeconfig(os.environ.get("KUBECONFIG") or None, cloud.spec.cluster.context)


def opened(country: Country, cloud: Cloud, image: str = IMAGE) -> Site:
    """Return the site of a cloud; `image` is what probe pods run.

    Raises CloudError where the API server does not answer this identity, EnvironmentProblem where the kubeconfig, the
    store's address or its authority is not known here.
    """
    api = api_of(cloud)
    answer = api.send(Request("GET", "/version"))
    if answer.ok:
        answer = api.send(Request("GET", "/api/v1"))  # everybody may ask for the version
    if not answer.ok:
        raise CloudError(_unreachable(cloud, api.server, answer.described))
    here = country.within({cloud.name})
    pods = Pods(Ground(api, Patience()), image)
    return Site(here, cloud, api.server, api, pods, _store(cloud) if _keeps_buckets(here) else None)


def _keeps_buckets(country: Country) -> bool:
    return any(tenant.spec.storage.buckets for tenant in country.tenants.values())


def _store(cloud: Cloud) -> StoreView:
    declared = cloud.spec.object_store
    at = ObjectStore(
        url_of(cloud.name, declared.endpoint, declared.endpoint_from),
        cloud.spec.region,
        os.environ.get("AWS_CA_BUNDLE"),
    )
    access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    variable = declared.workloads.authority_from if declared.workloads else None
    authority = authority_of(cloud.name, variable) if variable else None
    return StoreView(at, at.signed(Key(access, secret)) if access and secret else None, authority)


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
