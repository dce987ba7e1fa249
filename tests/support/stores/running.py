"""A server of an object store that runs for tests: where it is, and who administers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store

__all__ = ["RunningStore"]


@dataclass(frozen=True)
class RunningStore:
    """One server."""

    dialect: str
    url: str
    region: str
    environment: Mapping[str, str] = field(repr=False)
    """What a shell must hold to work with it: address, authority, and the keys of its administrator."""
    ca: Path
    """Certificate (PEM) of who signed its own."""

    def store(self) -> Store:
        """Return it as the plugin sees it, with the provisioner's key; close it when it is not needed any more."""
        config = {"adapter": self.dialect, "endpoint": self.url, "region": self.region}
        return Store(Endpoint.from_config(config, self.environment), self.environment)
