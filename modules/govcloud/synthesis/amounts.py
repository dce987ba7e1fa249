"""Amounts of computing resources in the units in which declarations write them, and the budgets made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Amounts"]


class Amounts(NamedTuple):
    """What an environment, a segment or a whole tree of tenants may use."""

    cpu: int = 0
    """Thousandths of a processor."""
    memory: int = 0
    """Mebibytes."""
    storage: int = 0
    """Gibibytes of volumes."""
    pods: int = 0
    buckets: int = 0
    objects: int = 0
    """Gibibytes of the object store."""

    def scaled(self, factor: float) -> Amounts:
        """Return all amounts times `factor`, rounded up to numbers that people would write."""
        return Amounts(*(-int(-value * factor // step) * step for value, step in zip(self, _STEPS, strict=True)))

    @classmethod
    def total(cls, parts: Iterable[Amounts]) -> Amounts:
        """Return the sum."""
        return cls(*map(sum, zip(cls(), *parts, strict=True)))

    def written(self) -> str:
        """Return the amounts as a declaration writes them, without those that are zero."""
        parts = (
            ("cpu", f"{self.cpu // 1000}" if self.cpu % 1000 == 0 else f"{self.cpu}m", self.cpu),
            ("memory", f"{self.memory // 1024}Gi" if self.memory % 1024 == 0 else f"{self.memory}Mi", self.memory),
            ("storage", f"{self.storage}Gi", self.storage),
            ("pods", str(self.pods), self.pods),
            ("buckets", str(self.buckets), self.buckets),
            ("objectStorage", f"{self.objects}Gi", self.objects),
        )
        return "{" + ", ".join(f"{name}: {text}" for name, text, value in parts if value) + "}"


_STEPS = Amounts(cpu=50, memory=64, storage=1, pods=1, buckets=1, objects=1)
