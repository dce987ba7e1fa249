"""A declared cloud, live: its cluster, its object store and the identities through which it is seen.

Everything that a command asks of a cloud goes through its connection, so that no answer of one cloud ever stands under
the name of another. Whatever stands between this machine and the cloud, be it an answer, a context, an address or a key
that is missing, is the cloud's being out of reach: CloudError, for whoever works on several.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from govcloud.clouds.contexts import crossed
from govcloud.clouds.identities import access_of
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.live_cluster import LiveCluster, unreadable
from govcloud.clouds.object_store import ObjectStore, StoreSession
from govcloud.clouds.request import Answer, Api, Request
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.site import store_of, surroundings_of
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View, look
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError

__all__ = ["Connection", "Connections"]


class Connection:
    """One cloud, each part of it opened when it is first used; safe to share between threads."""

    def __init__(self, cloud: Cloud, *, still: bool = False) -> None:
        """Connect to `cloud`; nothing is asked yet. `still` says that nobody changes the cloud meanwhile."""
        self.cloud = cloud
        self._still = still
        self._lock = threading.RLock()
        self._environment: Mapping[str, str] | None = None
        self._platform: KubernetesApi | None = None
        self._cluster: LiveCluster | None = None
        self._store: Store | None = None
        self._view: View | None = None

    @property
    def name(self) -> str:
        """Name of the cloud."""
        return self.cloud.name

    @property
    def environment(self) -> Mapping[str, str]:
        """The shell's variables as they stand for this cloud (:mod:`govcloud.providers.storage.surroundings`).

        Raises CloudError where its profile cannot be read.
        """
        with self._lock:
            if self._environment is None:
                with _reaching():
                    self._environment = surroundings_of(self.cloud)
            return self._environment

    @property
    def platform(self) -> KubernetesApi:
        """The API server as the platform sees it: the identity of the context that the cloud declares.

        Raises CloudError where the kubeconfig has no such context, or joins it with the cluster or user of another
        file.
        """
        with self._lock:
            if self._platform is None:
                files, context = os.environ.get("KUBECONFIG") or None, self.cloud.spec.cluster.context
                with _reaching():
                    if (problem := crossed(context)) is not None:
                        raise CloudError(problem)
                    self._platform = KubernetesApi.from_kubeconfig(files, context, renew=True)
            return self._platform

    @property
    def cluster(self) -> LiveCluster:
        """Its objects, as the platform sees them; raises likewise."""
        with self._lock:
            if self._cluster is None:
                self._cluster = LiveCluster(self.platform)
            return self._cluster

    @property
    def store(self) -> Store:
        """Its object store, as the platform sees it. Raises CloudError where its address is not known here."""
        with self._lock:
            if self._store is None:
                with _reaching():
                    self._store = Store(store_of(self.cloud, self.environment), self.environment)
            return self._store

    def stored(self) -> View:
        """Return what is in the object store: read anew each time, and once where the cloud stands still.

        Raises CloudError where it cannot be read, or its address or its keys are not known here.
        """
        with _reaching():
            if not self._still:
                return look(self.store)
            with self._lock:
                if self._view is None:
                    self._view = look(self.store)
                return self._view

    def objects(self) -> ObjectStore:
        """Return the object store for whoever brings a key of his own, or none. Raises as :attr:`store`."""
        where = self.store.endpoint
        return ObjectStore(where.url, where.region, where.ca_bundle)

    def administrator(self) -> StoreSession | None:
        """Return calls to the store with the platform's keys; None where there are none. Raises as :attr:`store`."""
        key = self.store.endpoint.key
        with _reaching():
            return self.objects().signed(key) if key else None

    def identity(self, user: str, group: str) -> Api:
        """Return access to the cluster as `user` of an identity group; see :func:`.identities.access_of`.

        Raises CloudError where there is none.
        """
        with _reaching():
            return access_of(self.platform, self.cloud.spec.cluster.context, self.environment, user, group)

    def asked(self) -> Answer:
        """Return how the cluster answers the platform. Raises as :attr:`platform`."""
        answer = self.platform.send(Request("GET", "/version"))
        return self.platform.send(Request("GET", "/api/v1")) if answer.ok else answer  # anybody may ask for the version

    def reach(self) -> None:
        """Make sure that the cluster answers. Raises CloudError where it does not, else as :attr:`platform`."""
        answer = self.asked()
        if not answer.ok:
            raise CloudError(unreadable(answer.to(f"{self.name}: {self.platform.server}")))

    def close(self) -> None:
        """Release what was opened, and forget what was seen."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = self._view = None


class Connections:
    """The connections of one run, by the names of their clouds."""

    def __init__(self, clouds: Mapping[str, Cloud], names: Iterable[str], *, still: bool = False) -> None:
        """Connect to those of `clouds` that `names` names; see :class:`Connection`."""
        self._connections = {name: Connection(clouds[name], still=still) for name in sorted(names)}

    def __getitem__(self, cloud: str) -> Connection:
        return self._connections[cloud]

    def __iter__(self) -> Iterator[str]:
        return iter(self._connections)

    def __len__(self) -> int:
        return len(self._connections)

    def silent(self) -> dict[str, GovCloudError]:
        """Ask every cluster at once; return those that don't answer, or cannot be asked, with the reason."""
        with ThreadPoolExecutor(max_workers=max(1, len(self))) as pool:
            found = zip(self, pool.map(_trouble, self._connections.values()), strict=True)
            return {name: error for name, error in found if error is not None}

    def close(self) -> None:
        """Release what all of them have opened."""
        for connection in self._connections.values():
            connection.close()


@contextmanager
def _reaching() -> Iterator[None]:
    """Say of what this machine lacks for a cloud that the cloud is out of reach."""
    try:
        yield
    except EnvironmentProblem as error:
        raise CloudError(error.problems) from None


def _trouble(connection: Connection) -> GovCloudError | None:
    try:
        connection.reach()
    except GovCloudError as error:
        return error
    return None
