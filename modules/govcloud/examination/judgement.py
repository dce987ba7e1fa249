"""From findings to consequences: which tenants need what the cloud lacks, and who is refused there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.examination.finding import Finding, State
from govcloud.rules.capability import Capability, needs

__all__ = ["Judged", "judge", "refusals", "state_of"]

_PRECEDENCE = {state: weight for weight, state in enumerate(State)}


@dataclass(frozen=True)
class Judged:
    """One capability on one cloud: what was found, and whom it concerns."""

    name: str
    capability: Capability
    findings: tuple[Finding, ...]
    tenants: tuple[str, ...]
    """Tenants there that need it, ordered."""

    @property
    def state(self) -> State:
        """What is known of it, all its parts together."""
        return state_of(self.findings)

    @property
    def missed(self) -> bool:
        """Whether it is not there, or not known to be, and somebody needs it."""
        return bool(self.tenants) and self.capability.needed and self.state in (State.LACKING, State.UNKNOWN)

    @property
    def refused(self) -> tuple[str, ...]:
        """Tenants that may not be provisioned there for its lack. What is only unknown refuses nobody."""
        counts = self.capability.needed and self.capability.refuses and self.state is State.LACKING
        return self.tenants if counts else ()


def state_of(findings: Iterable[Finding]) -> State:
    """Return the worst that is known of the parts of a capability; unknown where none was looked at."""
    return min((finding.state for finding in findings), key=_PRECEDENCE.__getitem__, default=State.UNKNOWN)


def judge(
    country: Country, cloud: str, capabilities: Mapping[str, Capability], findings: Iterable[Finding]
) -> list[Judged]:
    """Return every capability with its findings and the tenants on `cloud` that need it, in the catalogue's order."""
    seen: dict[str, list[Finding]] = {}
    for finding in findings:
        seen.setdefault(finding.capability, []).append(finding)
    here = [tenant for tenant in country.tenants.values() if tenant.spec.cloud == cloud and not tenant.leaving]
    return [
        Judged(
            name,
            capability,
            tuple(seen.get(name, ())),
            tuple(sorted(tenant.name for tenant in here if needs(country, tenant, capability))),
        )
        for name, capability in capabilities.items()
    ]


def refusals(judged: Iterable[Judged]) -> Iterator[tuple[str, Judged]]:
    """Yield each tenant that is refused with the capability for which it is."""
    for one in judged:
        yield from ((tenant, one) for tenant in one.refused)
