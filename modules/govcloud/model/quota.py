"""A quota: how much of each resource a tenant, an environment or a zone may use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from govcloud.model.declaration import Shape
from govcloud.model.quantity import Bytes, Count, MilliCpu, format_bytes, format_cpu

__all__ = ["Quota"]


class Quota(Shape):
    """Amounts of six resources; what is left out is none of it. Exact integers, so sums and splits never round."""

    cpu: MilliCpu = 0
    """Processors that may be requested, in thousandths."""
    memory: Bytes = 0
    """Memory, in bytes; the sum of limits, as memory is never promised twice."""
    storage: Bytes = 0
    """Volumes (PersistentVolumeClaims), in bytes."""
    pods: Count = 0
    """Pods that exist at once."""
    buckets: Count = 0
    """Buckets of the object store."""
    object_storage: Bytes = 0
    """Object store, in bytes, all versions counted."""

    RESOURCES: ClassVar[tuple[str, ...]] = ("cpu", "memory", "storage", "pods", "buckets", "object_storage")

    def amount(self, resource: str) -> int:
        """Return the amount of one of RESOURCES in its unit."""
        value = getattr(self, resource)
        assert isinstance(value, int)
        return value

    def written(self, resource: str) -> str:
        """Return the amount of `resource` as a declaration writes it."""
        return self.write(resource, self.amount(resource))

    @staticmethod
    def write(resource: str, amount: int) -> str:
        """Return `amount` of `resource` as a declaration writes it: `250m`, `4Gi`, `12`."""
        if resource == "cpu":
            return format_cpu(amount)
        return str(amount) if resource in ("pods", "buckets") else format_bytes(amount)

    @classmethod
    def of(cls, amounts: Mapping[str, int]) -> Self:
        """Return a quota from exact amounts by resource."""
        # Amounts are in their units already; validation would read 1500 thousandths as 1500 processors.
        return cls.model_construct(None, **{r: amounts.get(r, 0) for r in cls.RESOURCES})

    @classmethod
    def total(cls, quotas: Iterable[Quota]) -> Self:
        """Return the sum of `quotas`."""
        found = tuple(quotas)
        return cls.of({r: sum(q.amount(r) for q in found) for r in cls.RESOURCES})

    def split(self, shares: Mapping[str, int]) -> dict[str, Quota]:
        """Divide the quota by weight; the parts add up to exactly the whole.

        What does not divide evenly goes to the parts in their order, one grain each, so the result depends on nothing
        but the arguments. Bytes are dealt in whole mebibytes, to be read by people. Shares are positive.
        """
        whole = sum(shares.values())
        parts: dict[str, dict[str, int]] = {name: {} for name in shares}
        for resource in self.RESOURCES:
            grain = 1 if resource in ("cpu", "pods", "buckets") else 1 << 20
            grains, dust = divmod(self.amount(resource), grain)
            for name, share in shares.items():
                parts[name][resource] = grains * share // whole * grain
            rest = grains - sum(part[resource] for part in parts.values()) // grain
            for name in itertools.islice(shares, rest):
                parts[name][resource] += grain
            parts[next(iter(shares))][resource] += dust
        return {name: self.of(part) for name, part in parts.items()}
