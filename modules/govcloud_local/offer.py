"""The embedded cloud as the product takes it, by the entry point `govcloud.clouds`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_interface

from govcloud.clouds import OfferedCloud
from govcloud_base.errors import Text
from govcloud_base.user_folders import state_folder
from govcloud_local import environment
from govcloud_local.access import kubeconfig
from govcloud_local.pulumi import install
from govcloud_local.settings import REGISTRY, Settings, load

__all__ = ["EmbeddedCloud", "offered"]

_LIFETIME = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class EmbeddedCloud:
    """The cloud of one state folder."""

    settings: Settings

    @property
    def said(self) -> Text:
        """Which cloud it is."""
        return Text(en=f"Embedded cloud of {self.settings.state}", vi=f"Đám mây nhúng ở {self.settings.state}")

    @property
    def kubeconfig(self) -> str:
        """Path of the platform engineer's kubeconfig."""
        return str(self.settings.kubeconfig)

    @property
    def site(self) -> Mapping[str, str | bool | list[str]]:
        """What a declaration says of it."""
        return {
            "context": self.settings.cluster,
            "version": "v1.36",
            "dns-address": self.settings.dns_address,
            "adapter": "seaweedfs",
            "store-address": [self.settings.store_address],
            "workload-endpoint": self.settings.workload_s3_url,
            "store-authority-from": "AWS_CA_BUNDLE",
            "registry": REGISTRY,
            "registry-endpoint-from": environment.REGISTRY_ENDPOINT,
            "registry-authority-from": environment.REGISTRY_AUTHORITY,
            "registry-credentials-from": environment.REGISTRY_CREDENTIALS,
            "reserved-network": [
                f"{ip_interface(f'{self.settings.node_address}/16').network}",
                self.settings.pod_cidr,
                self.settings.service_cidr,
            ],
        }

    def enter(self, path: str) -> Mapping[str, str]:
        """Return the variables for this cloud; what an earlier version of this code left in it is brought to date."""
        install.renew(self.settings)
        return environment.variables(self.settings, path)

    def identity(self, user: str, group: str) -> str:
        """Return a kubeconfig for an identity, good for an hour; it is kept nowhere."""
        return kubeconfig.issue(self.settings, user, [group], _LIFETIME)


def offered() -> OfferedCloud | None:
    """Return the cloud in the state folder, running or not; None where none was ever started.

    Raises EnvironmentProblem where its state cannot be read or was written by an incompatible version.
    """
    found = load(state_folder())
    return EmbeddedCloud(found) if found else None
