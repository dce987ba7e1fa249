"""Cloud: a site that offers computing and storage to agencies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from govcloud.model.declaration import Declaration, Shape, Title
from govcloud.model.identifier import Identifier
from govcloud.model.quota import Quota

__all__ = ["Cloud", "CloudSpec", "Cluster", "ObjectStore", "Overcommit"]

EnvironmentVariable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
"""Name of an environment variable: files name where a secret or address comes from, never the thing itself."""


class Cluster(Shape):
    """The site's Kubernetes cluster."""

    context: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][-A-Za-z0-9_.@:/]{0,99}$")]
    """Context of the kubeconfig that the operator uses; credentials stay there."""
    version: Annotated[str, StringConstraints(pattern=r"^v1\.[0-9]{1,3}$")]
    """Minor version to which the Pod Security rules are pinned: `v1.36`."""
    dns_address: Annotated[str, StringConstraints(pattern=r"^[0-9a-f:.]{3,39}$")]
    """Address of the cluster's DNS service, asked by gateways for the names of their peers."""
    dns_domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,63}$")] = "cluster.local"
    """Domain of the cluster's services."""


class ObjectStore(Shape):
    """The site's S3-compatible store."""

    adapter: Literal["seaweedfs", "radosgw", "minio", "aws"]
    """Dialect of the server: stores differ in identities, policies and quotas."""
    endpoint: Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.:\[\]-]{1,255}$")] | None = None
    """Address, where it is fixed. HTTPS only."""
    endpoint_from: EnvironmentVariable | None = None
    """Environment variable that holds the address, where it differs from run to run."""

    @model_validator(mode="after")
    def _one_endpoint(self) -> ObjectStore:
        if (self.endpoint is None) == (self.endpoint_from is None):
            raise PydanticCustomError(
                "GC-CLOUD-001", "one of two fields", {"allowed": "either endpoint or endpointFrom"}
            )
        return self


class Overcommit(Shape):
    """How many times the requested amount workloads may burst to."""

    cpu: Annotated[int, Field(ge=1, le=50)] = 10
    """Processors are shared by time, so a burst only slows others down. Memory is never overcommitted."""


class CloudSpec(Shape):
    """A site of the government cloud."""

    kind: Literal["CGC", "AGC", "EGC"]
    """Government cloud (CGC), an agency's own (AGC) or an enterprise's that meets the criteria (EGC)."""
    title: Title
    """Name for people."""
    region: Identifier
    """Region; must be among the country's allowed ones (NĐ 163/2024, article 30)."""
    cluster: Cluster
    """Kubernetes."""
    object_store: ObjectStore
    """S3."""
    capacity: Quota
    """What the site can promise to tenants in all."""
    overcommit: Overcommit = Overcommit()
    """How far workloads may burst."""


class Cloud(Declaration):
    """A site of the government cloud: cluster, object store, region, capacity."""

    kind: Literal["Cloud"]
    spec: CloudSpec
