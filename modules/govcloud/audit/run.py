"""One run of the audit: the mark that tells its objects from everybody else's, and the probe pods that it made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from govcloud.country.controls import in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.model import names
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["LABEL", "ProbePod", "Run"]

LABEL = names.label("audit")
"""On all that the audit makes as the platform; its value is the run's mark. Admission lets nobody else wear it."""


@dataclass(frozen=True)
class ProbePod:
    """A pod that a run made, as the API server answered when it was made and when it was ready."""

    uid: str
    address: str
    image: str
    """What the container runtime says that it runs: the image's digest."""
    ports: frozenset[int]


@dataclass(frozen=True)
class Run:
    """A run's mark, and what it keeps standing for several checks."""

    image: Image
    """What probe pods run."""
    mark: str = field(default_factory=lambda: secrets.token_hex(5))
    prefix: str = field(default_factory=lambda: in_force(PROJECT_LAW)["TEN-01"].string("probe_prefix"))
    """How the names begin that admission keeps for the platform's probes; a law's TEN-01 says it."""
    pods: dict[str, ProbePod] = field(default_factory=dict)
    """The standing probe pods by namespace: never found by name, only known because this run made them."""
    blind: dict[str, Text] = field(default_factory=dict)
    """Why a namespace has none; one look is enough for all the checks that follow one another."""

    @property
    def probe(self) -> str:
        """Name of the run's probe pods and canary rules. Admission keeps names that begin so for the platform."""
        return f"{self.prefix}{self.mark}"

    def named(self, name: str) -> str:
        """Return a name of this run alone for an object that the audit makes as a tenant."""
        return f"{name}-{self.mark}"
