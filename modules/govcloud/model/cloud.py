"""Cloud: a site that offers computing and storage to agencies."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from govcloud.model.declaration import Declaration, Once, Reference, Shape, Title
from govcloud.model.dialect import Dialect
from govcloud.model.identifier import AgencyCode, Identifier
from govcloud.model.quota import Quota

__all__ = [
    "Cloud",
    "CloudSpec",
    "Cluster",
    "Endpoint",
    "Images",
    "ObjectStore",
    "Overcommit",
    "Prices",
    "SealedDisks",
    "StoreAdministration",
    "WorkloadAccess",
]

EnvironmentVariable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
"""Name of an environment variable: files name where a secret or address comes from, never the thing itself."""


def _service_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        complete = parts.hostname and parts.netloc == text.removeprefix("https://") and parts.port != 0
    except ValueError:  # brackets that do not match, a port out of range
        complete = False
    if not complete:
        raise PydanticCustomError("GC-CLOUD-005", "not a service's address", {"allowed": "https://host[:port]"})
    return text


Endpoint = Annotated[
    str, StringConstraints(pattern=r"^https://[A-Za-z0-9.:\[\]-]{1,255}$"), AfterValidator(_service_address)
]
"""Address of a service over HTTPS."""


def _host_address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if address is None or (
        address.is_unspecified or address.is_loopback or address.is_link_local or address.is_multicast
    ):
        # what a policy opens must be one machine's address, the same seen from every node
        raise PydanticCustomError("GC-CLOUD-003", "not the address of a host", {"allowed": "10.20.30.40, 2001:db8::1"})
    return str(address)


HostAddress = Annotated[str, AfterValidator(_host_address)]
"""IP address of one host."""


def _at_least_one(addresses: tuple[str, ...]) -> tuple[str, ...]:
    # not as a length: that would be a second complaint wherever one of the addresses is wrong
    if not addresses:
        raise PydanticCustomError("GC-CLOUD-003", "not the address of a host", {"allowed": "at least one"})
    return addresses


class Cluster(Shape):
    """The site's Kubernetes cluster."""

    context: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][-A-Za-z0-9_.@:/]{0,99}$")]
    """Context of the kubeconfig that the operator uses; credentials stay there."""
    version: Annotated[str, StringConstraints(pattern=r"^v1\.[0-9]{1,3}$")]
    """Minor version to which the Pod Security rules are pinned: `v1.36`."""
    dns_address: HostAddress
    """Address of the cluster's DNS service, asked by gateways for the names of their peers."""
    gpu_resource: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,200}/[a-z0-9._-]{1,63}$")] = "nvidia.com/gpu"
    """Name by which the cluster counts graphics processors."""
    dns_domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,63}$")] = "cluster.local"
    """Domain of the cluster's services."""


class WorkloadAccess(Shape):
    """How workloads reach the object store: seldom by the way that the operator's machine takes."""

    endpoint: Endpoint
    """Address that workloads are told. HTTPS only; a port where it is not 443."""
    addresses: Annotated[tuple[HostAddress, ...], AfterValidator(_at_least_one), Once]
    """Addresses of the hosts that answer there: policies open these, to the zones that hold keys and to nobody else."""
    authority_from: EnvironmentVariable | None = None
    """Environment variable that names the file (PEM) of the authority that signed the store's certificate; absent where
    it is one that every system trusts."""

    @property
    def port(self) -> int:
        """TCP port of the endpoint."""
        return urlsplit(self.endpoint).port or 443

    @model_validator(mode="after")
    def _endpoint_is_there(self) -> WorkloadAccess:
        host = urlsplit(self.endpoint).hostname or ""
        literal = ":" in host or host.replace(".", "").isdigit()
        if literal and _host_address(host) not in self.addresses:
            raise PydanticCustomError(
                "GC-CLOUD-004", "the endpoint is none of the addresses", {"allowed": ", ".join(self.addresses)}
            )
        return self


class StoreAdministration(Shape):
    """Where identities and quotas of the store are asked for, and with whose key: names of variables, never keys."""

    endpoint: Endpoint | None = None
    """Address, where it is not the store's own. HTTPS only."""
    endpoint_from: EnvironmentVariable | None = None
    """Environment variable that holds this address, where it differs from run to run."""
    access_key_from: EnvironmentVariable | None = None
    """Environment variable that holds the administrator's access key; absent where the provisioner's administers."""
    secret_key_from: EnvironmentVariable | None = None
    """Environment variable that holds its secret key."""

    @model_validator(mode="after")
    def _whole(self) -> StoreAdministration:
        if self.endpoint is not None and self.endpoint_from is not None:
            raise PydanticCustomError(
                "GC-CLOUD-001", "one of two fields", {"allowed": "endpoint or endpointFrom, or neither"}
            )
        if (self.access_key_from is None) != (self.secret_key_from is None):
            raise PydanticCustomError(
                "GC-CLOUD-016", "a key has two halves", {"allowed": "accessKeyFrom and secretKeyFrom, or neither"}
            )
        return self


class SealedDisks(Shape):
    """Encryption of what a store keeps by the disks below it: no request can show it, so somebody attests it."""

    reference: Reference
    """Document that attests it."""
    until: datetime.date
    """Last day for which it is attested."""


class ObjectStore(Shape):
    """The site's S3-compatible store."""

    adapter: Dialect
    """Dialect of the server: stores differ in identities, policies and quotas."""
    endpoint: Endpoint | None = None
    """Address, where it is fixed. HTTPS only."""
    endpoint_from: EnvironmentVariable | None = None
    """Environment variable that holds the address, where it differs from run to run."""
    administration: StoreAdministration = StoreAdministration()
    """Who administers it; absent where that is the provisioner's key at the store's own address."""
    sealed_disks: SealedDisks | None = None
    """Who attests that its disks are encrypted, where the store itself encrypts nothing; buckets then ask for none."""
    workloads: WorkloadAccess | None = None
    """How workloads reach it; absent where they cannot."""

    @model_validator(mode="after")
    def _one_endpoint(self) -> ObjectStore:
        if (self.endpoint is None) == (self.endpoint_from is None):
            raise PydanticCustomError(
                "GC-CLOUD-001", "one of two fields", {"allowed": "either endpoint or endpointFrom"}
            )
        return self


def _registry(text: str) -> str:
    name, _, port = text.partition("/")[0].partition(":")
    # Without a dot or port, container runtimes take the first part of a name for a folder of Docker's registry.
    if not (name == "localhost" or "." in name or port) or (port and not 0 < int(port) < 65536):
        raise PydanticCustomError(
            "GC-CLOUD-009", "not a registry", {"allowed": "host[:port][/path]: registry.example.gov.vn/govcloud"}
        )
    return text


_HOST = r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?"
_PATH = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*){0,7}"
RegistryHost = Annotated[str, StringConstraints(pattern=rf"^{_HOST}$", max_length=260), AfterValidator(_registry)]
"""Host of an OCI registry, with a port where it is not 443: `registry.example.gov.vn:5000`."""
RegistryPath = Annotated[
    str, StringConstraints(pattern=rf"^{_HOST}(/{_PATH})?$", max_length=400), AfterValidator(_registry)
]
"""A registry, or a part of one: everything at and below `registry.example.gov.vn/health`."""


_SYSTEM = "kube-system"
"""The namespace that every cluster has for what its operators run."""


class Images(Shape):
    """Where the site's nodes get images from."""

    registry: RegistryHost
    """OCI registry that holds the project's own images."""
    path: Annotated[str, StringConstraints(pattern=rf"^{_PATH}$", max_length=120)] | None = None
    """Folder of the registry in which they lie."""
    endpoint_from: EnvironmentVariable | None = None
    """Environment variable that holds the address (https://...) at which operators reach the registry; absent where its
    own name leads there, as it does for nodes."""
    authority_from: EnvironmentVariable | None = None
    """Environment variable that names the file (PEM) of the authority that signed the registry's certificate; absent
    where it is one that every system trusts."""
    credentials_from: EnvironmentVariable | None = None
    """Environment variable that names the file with the user and password of the registry, as `docker login` writes it;
    where absent, `~/.docker/config.json`."""
    pull_secret: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")] | None = None
    """Secret of each namespace with which nodes get images; absent where they need none. Who runs the site makes it."""
    pull_secret_namespace: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")] = _SYSTEM
    """Namespace of the site's own that has this Secret as well: from there examinations of the cloud borrow it."""
    mirrors: Annotated[tuple[RegistryPath, ...], Once] = ()
    """Registries that hold the same images; they are filled as well, and allowed as well."""
    allowed: Annotated[tuple[RegistryPath, ...], Once] = ()
    """Further registries from which tenants may run images, from the level of SUP-01 on."""

    @property
    def home(self) -> str:
        """Registry and path together: what references to the project's images begin with."""
        return f"{self.registry}/{self.path}" if self.path else self.registry

    @property
    def admitted(self) -> tuple[str, ...]:
        """Registries, or parts of them, from which images may come."""
        return tuple(dict.fromkeys((self.home, *self.mirrors, *self.allowed)))


class Overcommit(Shape):
    """How many times the requested amount workloads may burst to."""

    cpu: Annotated[int, Field(ge=1, le=50)] = 10
    """Processors are shared by time, so a burst only slows others down. Memory is never overcommitted."""


Money = Annotated[
    Decimal,
    BeforeValidator(lambda value: Decimal(value) if type(value) is int else value),
    Field(ge=0, le=10**12),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""An amount of VND, exact."""


class Prices(Shape):
    """What the site charges a month, in VND. Reviews show what a change costs by it."""

    cpu: Money
    """One processor."""
    memory: Money
    """One GiB of memory."""
    storage: Money
    """One GiB of volumes."""
    object_storage: Money
    """One GiB of the object store."""
    source: Reference | None = None
    """Document that sets these prices."""
    provisional: bool = False
    """Whether no published source confirms them: reviews then show amounts as an illustration."""

    @model_validator(mode="after")
    def _known_or_provisional(self) -> Prices:
        if self.source is None and not self.provisional:
            raise PydanticCustomError(
                "GC-CLOUD-007",
                "prices without a source are provisional",
                {"allowed": "source: a document, or provisional: true"},
            )
        return self


class CloudSpec(Shape):
    """A site of the government cloud."""

    kind: Literal["CGC", "AGC", "EGC"]
    """Government cloud (CGC), an agency's own (AGC) or an enterprise's that meets the criteria (EGC)."""
    title: Title
    """Name for people."""
    national_data_centre: bool = False
    """Whether it is the National Data Centre, where national databases live."""
    dedicated_to: AgencyCode | None = None
    """The only agency whose tenants run here: from some level on, systems have a site of their own."""
    region: Identifier
    """Region; must be among the country's allowed ones (NĐ 163/2024, article 30)."""
    cluster: Cluster
    """Kubernetes."""
    object_store: ObjectStore
    """S3."""
    images: Images | None = None
    """Registry of images; absent where neither gateways nor platforms run, nor tenants of a level that asks whence
    images come."""
    capacity: Quota
    """What the site can promise to tenants in all."""
    overcommit: Overcommit = Overcommit()
    """How far workloads may burst."""
    prices: Prices | None = None
    """Price list, where there is one."""


class Cloud(Declaration):
    """A site of the government cloud: cluster, object store, region, capacity."""

    kind: Literal["Cloud"]
    spec: CloudSpec
    table: ClassVar[str] = "clouds"
    vietnamese: ClassVar[str] = "đám mây"
    folder: ClassVar[str | None] = "clouds"
    stack: ClassVar[str | None] = "cluster"

    def topics(self, country: str) -> Iterator[str]:
        """Yield the agency that it is for alone."""
        if self.spec.dedicated_to:
            yield f"for {self.spec.dedicated_to}"
