"""A quota: how much of each resource a tenant, an environment or a zone may use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from govcloud.model.declaration import Shape
from govcloud.model.quantity import Bytes, Count, MilliCpu, Pieces, format_bytes, format_cpu

__all__ = ["Quota"]

_BYTES = ("memory", "storage", "object_storage", "ephemeral_storage")


class Quota(Shape):
    """Amounts of eleven resources. Exact integers, so sums and splits never round.

    What is left out of the first seven is none of it. The last four are counted rather than carved out: the
    declarations below say how many namespaces, objects and addresses they take, their pods and level how much disk,
    and a limit that is left out leaves that to the nearest budget above that states one.
    """

    cpu: MilliCpu = 0
    """Processors that may be requested, in thousandths."""
    memory: Bytes = 0
    """Memory, in bytes; the sum of limits, as memory is never promised twice."""
    storage: Bytes = 0
    """Volumes (PersistentVolumeClaims), in bytes."""
    gpu: Count = 0
    """Graphics processors, whole ones: they are not shared."""
    pods: Count = 0
    """Pods that exist at once."""
    buckets: Count = 0
    """Buckets of the object store."""
    object_storage: Bytes = 0
    """Object store, in bytes, all versions counted."""
    namespaces: Count | None = None
    """Namespaces: one for each zone, gateway and platform."""
    objects: Pieces | None = None
    """Objects in the object store, all versions counted."""
    addresses: Pieces | None = None
    """IPv4 addresses of the dedicated network, as pools take them. IPv6 pools count for none: they are not scarce."""
    ephemeral_storage: Bytes | None = None
    """Disks of nodes in bytes: what pods write outside volumes, logs counted. Where none is stated, each pod brings
    what the level table gives it."""

    CARVED: ClassVar[tuple[str, ...]] = ("cpu", "memory", "storage", "gpu", "pods", "buckets", "object_storage")
    """Resources of which a quota without an amount has none."""
    COUNTED: ClassVar[tuple[str, ...]] = ("namespaces", "objects", "addresses", "ephemeral_storage")
    """Resources that a quota without an amount does not limit."""
    RESOURCES: ClassVar[tuple[str, ...]] = (*CARVED, *COUNTED)

    def limit(self, resource: str) -> int | None:
        """Return the amount of one of RESOURCES in its unit; None where the quota leaves it to the budget above."""
        value = getattr(self, resource)
        assert value is None or isinstance(value, int)
        return value

    def amount(self, resource: str) -> int:
        """Return the amount of one of RESOURCES in its unit; 0 where none is stated."""
        return self.limit(resource) or 0

    def amounts(self) -> tuple[int, ...]:
        """Return the amount of each of RESOURCES, in their order; 0 where none is stated."""
        counted = (self.namespaces or 0, self.objects or 0, self.addresses or 0, self.ephemeral_storage or 0)
        carved = (self.cpu, self.memory, self.storage, self.gpu, self.pods, self.buckets, self.object_storage)
        return (*carved, *counted)

    def written(self, resource: str) -> str:
        """Return the amount of `resource` as a declaration writes it."""
        return self.write(resource, self.amount(resource))

    @staticmethod
    def write(resource: str, amount: int) -> str:
        """Return `amount` of `resource` as a declaration writes it: `250m`, `4Gi`, `12`."""
        if resource == "cpu":
            return format_cpu(amount)
        return format_bytes(amount) if resource in _BYTES else str(amount)

    @classmethod
    def of(cls, amounts: Mapping[str, int]) -> Self:
        """Return a quota from exact amounts by resource."""
        # Amounts are in their units already; validation would read 1500 thousandths as 1500 processors.
        return cls.model_construct(None, **{r: amounts.get(r, None if r in cls.COUNTED else 0) for r in cls.RESOURCES})

    @classmethod
    def total(cls, quotas: Iterable[Quota]) -> Self:
        """Return the sum of `quotas`; of what is counted, the sum of what any of them states."""
        found = tuple(quotas)
        carved = {r: sum(q.amount(r) for q in found) for r in cls.CARVED}
        counted = {
            r: sum(q.amount(r) for q in found) for r in cls.COUNTED if any(q.limit(r) is not None for q in found)
        }
        return cls.of({**carved, **counted})

    def split(self, shares: Mapping[str, int]) -> dict[str, Quota]:
        """Divide the quota by weight; the parts add up to exactly the whole.

        What does not divide evenly goes to the parts in their order, one grain each, so the result depends on nothing
        but the arguments. Bytes are dealt in whole mebibytes, to be read by people. Shares are positive. Of what is
        counted only stated disk is dealt out: a zone is one namespace, and buckets and addresses belong to whole
        environments.
        """
        whole = sum(shares.values())
        parts: dict[str, dict[str, int]] = {name: {} for name in shares}
        disk = () if self.ephemeral_storage is None else ("ephemeral_storage",)
        for resource in (*self.CARVED, *disk):
            grain = 1 << 20 if resource in _BYTES else 1
            grains, dust = divmod(self.amount(resource), grain)
            for name, share in shares.items():
                parts[name][resource] = grains * share // whole * grain
            rest = grains - sum(part[resource] for part in parts.values()) // grain
            for name in itertools.islice(shares, rest):
                parts[name][resource] += grain
            parts[next(iter(shares))][resource] += dust
        return {name: self.of(part) for name, part in parts.items()}
