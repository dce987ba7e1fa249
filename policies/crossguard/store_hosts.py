"""The hosts outside a cluster that declarations open to workloads: those of the object store of each cloud."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Mapping
from pathlib import Path

from govcloud.country.fields import typed
from govcloud.country.reader import read_file
from govcloud.folders import country_of_run
from govcloud.model.cloud import Cloud
from govcloud_base.errors import GovCloudError

__all__ = ["Host", "declared_hosts"]

Host = tuple[str, int]
"""Range of exactly one address, and a TCP port."""


def declared_hosts(cloud: str) -> frozenset[Host]:
    """Return the hosts that `cloud` declares as those of its store; where that is empty, those of all clouds.

    A country that has no cloud of that name opens none: what is not known is not let through.
    """
    country = country_of_run()
    known = _by_cloud(country) if country else {}
    return known.get(cloud, frozenset()) if cloud else frozenset().union(*known.values())


@functools.cache
def _by_cloud(folder: Path) -> Mapping[str, frozenset[Host]]:
    """Read only the clouds: the program that is judged has read and judged the whole country."""
    found: dict[str, frozenset[Host]] = {}
    for file in sorted((folder / "clouds").glob("*.yaml")):
        try:
            declared = typed(Cloud, read_file(file, file.name))
        except GovCloudError:
            continue  # refused by the program, with its place; here it opens nothing
        reach = declared.spec.object_store.workloads
        addresses = reach.addresses if reach else ()
        found[declared.name] = frozenset((str(ipaddress.ip_network(a)), reach.port) for a in addresses if reach)
    return found
