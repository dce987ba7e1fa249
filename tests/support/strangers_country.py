"""A country that somebody begins for a site of their own, with `govcloud init` and a text editor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from installed_product import Shell
from strangers_site import ADMINISTRATORS, Site

__all__ = ["CLOUD", "FOLDER", "begun", "variables"]

FOLDER, CLOUD = "country", "north"
_AUTHORITY = "SITE_STORE_AUTHORITY"


def begun(shell: Shell, site: Site) -> Path:
    """Begin the country in the shell's home, on the site's cluster and store; return the project's folder."""
    settings = site.cluster.settings
    shell.govcloud(
        "init",
        FOLDER,
        "--law=own",
        f"--cloud={CLOUD}",
        f"--context={site.cluster.context}",
        f"--dns-address={settings.dns_address}",
        f"--endpoint={site.store.url}",
        f"--store-address={settings.store_address}",
        f"--workload-endpoint=https://{settings.store_address}",
        f"--store-authority-from={_AUTHORITY}",
    )
    project = shell.home / FOLDER
    edit(project / "stacks" / "vn" / "clouds" / f"{CLOUD}.yaml", _of_the_site(site))
    edit(project / "policies" / "admission" / "identities.yaml", {"platform": {"groups": [ADMINISTRATORS]}})
    file = project / "policies" / "controls" / "TEN-04.yaml"
    file.write_text(file.read_text().replace("gov:platform:engineer", ADMINISTRATORS))
    return project


def variables(site: Site, folder: Path) -> Mapping[str, str]:
    """Return what an engineer's shell holds for the site; `folder` takes the files that it names."""
    master, filer = site.store.shell
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(site.cluster.access)
    kubeconfig.chmod(0o600)
    return {
        "KUBECONFIG": str(kubeconfig),
        "PULUMI_BACKEND_URL": site.database.url,
        "PULUMI_CONFIG_PASSPHRASE": "what the team agreed on",
        _AUTHORITY: str(site.store.authority),
        **{name: value for name, value in site.store.keys.items() if name != "AWS_REGION"},
        "GOVCLOUD_SEAWEEDFS_MASTER": master,
        "GOVCLOUD_SEAWEEDFS_FILER": filer,
        "GOVCLOUD_SEAWEEDFS_CONFIG": str(site.store.authority.parents[1]),
    }


def edit(file: Path, changes: Mapping[str, Any]) -> None:
    """Put values into a YAML file, mappings into those that are there."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    _put(document, changes)
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _put(document: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if isinstance(value, Mapping) and isinstance(document.get(name), dict):
            _put(document[name], value)
        else:
            document[name] = value


def _of_the_site(site: Site) -> Mapping[str, Any]:
    """Return what no question asks for: the cluster's own domain."""
    return {"spec": {"cluster": {"dnsDomain": site.cluster.settings.cluster_domain}}}
