"""From a declared cloud to the means to look at it, as this shell has them."""

from __future__ import annotations

from govcloud.audit.workload import IMAGE
from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.reach import answering
from govcloud.examination.site import Site, StoreView
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.site import authority_of

__all__ = ["opened"]


def opened(country: Country, cloud: Cloud, image: str = IMAGE) -> Site:
    """Return the site of a cloud; `image` is what probe pods run.

    Raises CloudError where the API server does not answer this identity, EnvironmentProblem where the kubeconfig, the
    store's address or its authority is not known here.
    """
    connection = Connection(cloud)
    api = answering(connection)
    here = country.within({cloud.name})
    pods = Pods(Ground(api, Patience()), image)
    return Site(here, cloud, api.server, api, pods, _store(connection) if _keeps_buckets(here) else None)


def _keeps_buckets(country: Country) -> bool:
    return any(tenant.spec.storage.buckets for tenant in country.tenants.values())


def _store(connection: Connection) -> StoreView:
    workloads = connection.cloud.spec.object_store.workloads
    variable = workloads.authority_from if workloads else None
    authority = authority_of(connection.name, variable, connection.environment) if variable else None
    return StoreView(connection.objects(), connection.administrator(), authority)
