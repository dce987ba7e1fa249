"""A stranger's site, and an engineer's shell with the installed product and a country, which all tests here share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import installed_product
import pytest
import strangers_country
import strangers_site
from installed_product import Shell
from port_bases import STRANGER
from strangers_country import Engineer
from strangers_site import Cluster, Site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site, with a node; nothing of it is left behind."""
    with strangers_site.site(STRANGER + 100) as found:
        yield found


@pytest.fixture(scope="session")
def second() -> Iterator[Cluster]:
    """The site's second cluster, a control plane alone."""
    with strangers_site.control_plane_only(STRANGER + 150) as found:
        yield found


@pytest.fixture(scope="session")
def engineer(site: Site, second: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Engineer:
    """Somebody with the product from its wheels, a shell that knows the site, and a country that was just begun."""
    folder = tmp_path_factory.mktemp("engineer")
    wheels = installed_product.build_wheels(folder / "wheels")
    product = installed_product.installed(folder, wheels)
    pulumi = installed_product.add_pulumi(product, wheels, site.tools["pulumi"].path, folder / "pulumi")
    (folder / "home").mkdir()
    programs = [Path(sys.executable).with_name("weed"), site.tools["kubectl"].path]
    for program in programs:  # what operators of such a site have
        (folder / "pulumi" / "bin" / program.name).symlink_to(program)
    shell = Shell(product, folder / "home", {**pulumi, **strangers_country.variables(site, second, folder / "keys")})
    return strangers_country.begun(shell, site, second)
