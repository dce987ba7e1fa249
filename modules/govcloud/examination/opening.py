"""From a declared cloud to the means to look at it, as this shell has them."""

from __future__ import annotations

import threading
from functools import partial

from govcloud.clouds.connection import Connection
from govcloud.country import Country
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.pull_secret import lend
from govcloud.examination.reach import answering
from govcloud.examination.site import Site, StoreView
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.site import authority_of
from govcloud.render.image import image
from govcloud_base.errors import CloudError, EnvironmentProblem, Problem

__all__ = ["opened"]


def opened(country: Country, cloud: Cloud, stopped: threading.Event | None = None) -> Site:
    """Return the site of a cloud; nobody waits there any more once `stopped` is set.

    Raises CloudError where the API server does not answer this identity or the kubeconfig has no such context. What
    this shell lacks for the store, or the cloud's declaration for pods, is told by whoever looks.
    """
    images = cloud.spec.images
    probe = image(country, cloud.name, "probe") if images else None
    connection = Connection(cloud)
    api = answering(connection)
    here = country.within({cloud.name})
    ground = Ground(api, Patience(stopped))
    pods = Pods(ground, probe, partial(lend, ground, images, country)) if images else Pods(ground, None)
    store = _store(connection) if _keeps_buckets(here) else None
    return Site(here, cloud, api.server, api, pods, frozenset(country.tenants), store)


def _keeps_buckets(country: Country) -> bool:
    return any(tenant.spec.storage.buckets for tenant in country.tenants.values())


def _store(connection: Connection) -> StoreView | Problem:
    workloads = connection.cloud.spec.object_store.workloads
    variable = workloads.authority_from if workloads else None
    authority: str | Problem | None = None
    try:
        at, session = connection.objects(), connection.administrator()
    except CloudError as error:
        return error.problems[0]
    try:
        authority = authority_of(connection.name, variable, connection.environment) if variable else None
    except EnvironmentProblem as error:
        authority = error.problems[0]
    return StoreView(at, session, authority)
