"""A country that somebody begins for a site of their own, with `govcloud init` and a text editor."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from installed_product import Shell
from strangers_site import ADMINISTRATORS, Cluster, Site

from govcloud.fleet import backend
from govcloud_base.user_folders import cache_folder
from govcloud_local import private_file

__all__ = ["CLOUD", "SECOND", "Engineer", "begun", "variables"]

CLOUD, SECOND = "north", "south"
_FOLDER = "country"
_AUTHORITY = "SITE_STORE_AUTHORITY"
_ROOMY = {"cpu": 1, "memory": "3904Mi", "storage": "17Gi", "pods": 106, "buckets": 8, "objectStorage": "18Gi"}
"""The ministry's quota with room for one body more."""
_REGISTRY_AUTHORITY, _REGISTRY_LOGIN = "SITE_REGISTRY_AUTHORITY", "SITE_REGISTRY_LOGIN"


@dataclass(frozen=True)
class Engineer:
    """A shell in the project of a country."""

    shell: Shell
    """Works in the project's folder."""

    @property
    def project(self) -> Path:
        """The folder that `govcloud init` made."""
        return self.shell.home

    @property
    def country(self) -> Path:
        """The declarations."""
        return self.project / "stacks" / "vn"

    def edit(self, file: Path, changes: Mapping[str, Any]) -> None:
        """Put values into a YAML file, mappings into those that are there."""
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        _put(document, changes)
        file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def begun(shell: Shell, site: Site, second: Cluster) -> Engineer:
    """Begin a country in the shell's home, on the site's clusters and store, under a law of its own."""
    settings = site.cluster.settings
    shell.govcloud(
        "init",
        _FOLDER,
        "--law=own",
        f"--cloud={CLOUD}",
        f"--context={site.cluster.context}",
        f"--dns-address={settings.dns_address}",
        f"--endpoint={site.store.url}",
        f"--store-address={settings.store_address}",
        f"--workload-endpoint=https://{settings.store_address}",
        f"--store-authority-from={_AUTHORITY}",
    )
    engineer = Engineer(dataclasses.replace(shell, home=shell.home / _FOLDER))
    # What no question asks for: the cluster's domain, and whom the site calls its administrators.
    images = {"registry": site.registry.host, "authorityFrom": _REGISTRY_AUTHORITY, "credentialsFrom": _REGISTRY_LOGIN}
    spec = {"cluster": {"dnsDomain": settings.cluster_domain}, "images": None}
    engineer.edit(engineer.country / "clouds" / f"{CLOUD}.yaml", {"spec": spec})
    engineer.edit(engineer.country / "clouds" / f"{CLOUD}.yaml", {"spec": {"images": images}})
    clouds = engineer.country / "clouds"
    (clouds / f"{SECOND}.yaml").write_text((clouds / f"{CLOUD}.yaml").read_text())
    another = {"metadata": {"name": SECOND}, "spec": {"cluster": {"context": second.context}}}
    engineer.edit(clouds / f"{SECOND}.yaml", another)
    _add_body_on_the_second(engineer)
    law = engineer.project / "policies"
    engineer.edit(law / "admission" / "identities.yaml", {"platform": {"groups": [ADMINISTRATORS]}})
    access = law / "controls" / "TEN-04.yaml"
    access.write_text(access.read_text().replace("gov:platform:engineer", ADMINISTRATORS))
    return engineer


def _add_body_on_the_second(engineer: Engineer) -> None:
    """Declare a third body, whose tenant lies on the second cloud; the ministry's own quota grows by as much."""
    home = engineer.country
    for file in ("agencies/g90-10.yaml", "tenants/g90-10/tenant.yaml"):
        copy = home / file.replace("g90-10", "g90-20")
        copy.parent.mkdir(exist_ok=True)
        copy.write_text((home / file).read_text(encoding="utf-8").replace("g90-10", "g90-20").replace("90.10", "90.20"))
    flows = [{"from": "dmz", "to": ["srv"], "ports": [8080]}]
    spec = {"cloud": SECOND, "environments": {"prod": {"flows": flows}}}
    engineer.edit(home / "tenants" / "g90-20" / "tenant.yaml", {"spec": spec})
    engineer.edit(home / "tenants" / "g90" / "tenant.yaml", {"spec": {"quota": _ROOMY}})


def variables(site: Site, second: Cluster, folder: Path) -> Mapping[str, str]:
    """Return what an engineer's shell holds for the site's two clusters; `folder` takes the files that it names."""
    master, filer = site.store.shell
    files = [private_file.folder(folder) / f"kubeconfig-{cluster.context}" for cluster in (site.cluster, second)]
    for file, cluster in zip(files, (site.cluster, second), strict=True):
        private_file.write(file, cluster.access)
    own = {
        **{name: value for name, value in site.store.keys.items() if name.endswith(("_KEY", "_ID", "_BUNDLE"))},
        "SEAWEEDFS_MASTER": master,
        "SEAWEEDFS_FILER": filer,
        "SEAWEEDFS_CONFIG": str(site.store.authority.parents[1]),
    }
    site.registry.login(folder / "registry-login.json")
    return {
        # What the machine has built and fetched before; all else of the engineer's is new.
        "GOVCLOUD_CACHE": str(cache_folder()),
        "KUBECONFIG": os.pathsep.join(map(str, files)),
        **site.database.variables,
        **backend.settings(site.database.url),  # for who runs `pulumi` without `govcloud`
        "PULUMI_CONFIG_PASSPHRASE": "what the team agreed on",
        _AUTHORITY: str(site.store.authority),
        _REGISTRY_AUTHORITY: str(site.registry.authority),
        _REGISTRY_LOGIN: str(folder / "registry-login.json"),
        # Both clouds declare one store, and each its own keys of it.
        **{f"GOVCLOUD_{cloud.upper()}_{name}": value for cloud in (CLOUD, SECOND) for name, value in own.items()},
    }


def _put(document: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if isinstance(value, Mapping) and isinstance(document.get(name), dict):
            _put(document[name], value)
        else:
            document[name] = value
