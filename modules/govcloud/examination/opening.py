"""From a declared cloud to the means to look at it, as this shell has them."""

from __future__ import annotations

import os

from govcloud.audit.workload import IMAGE
from govcloud.clouds.object_store import Key, ObjectStore
from govcloud.country import Country
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.reach import answering
from govcloud.examination.site import Site, StoreView
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.site import authority_of, url_of

__all__ = ["opened"]


def opened(country: Country, cloud: Cloud, image: str = IMAGE) -> Site:
    """Return the site of a cloud; `image` is what probe pods run.

    Raises CloudError where the API server does not answer this identity, EnvironmentProblem where the kubeconfig, the
    store's address or its authority is not known here.
    """
    api = answering(cloud)
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
