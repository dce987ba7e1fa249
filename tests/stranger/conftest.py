"""A stranger's site, and an engineer's shell with the installed product and a country, which all tests here share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import installed_product
import pytest
import strangers_country
import strangers_site
from installed_product import Product, Shell
from port_bases import STRANGER
from strangers_country import Engineer
from strangers_site import Cluster, Site


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the engineer has on the own machine."""
    return tmp_path_factory.mktemp("engineer")


@pytest.fixture(scope="session")
def wheels(folder: Path) -> Iterator[Future[tuple[Path, Product]]]:
    """The product from its wheels, being built while the site comes up."""

    def installed() -> tuple[Path, Product]:
        built = installed_product.build_wheels(folder / "wheels")
        return built, installed_product.installed(folder, built)

    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(installed)


@pytest.fixture(scope="session")
def site(wheels: object) -> Iterator[Site]:
    """The site, with a node; nothing of it is left behind."""
    with strangers_site.site(STRANGER + 100) as found:
        yield found


@pytest.fixture(scope="session")
def second() -> Iterator[Cluster]:
    """The site's second cluster, a control plane alone."""
    with strangers_site.control_plane_only(STRANGER + 150) as found:
        yield found


@pytest.fixture(scope="session")
def engineer(site: Site, second: Cluster, folder: Path, wheels: Future[tuple[Path, Product]]) -> Engineer:
    """Somebody with the product from its wheels, a shell that knows the site, and a country that was just begun."""
    built, product = wheels.result()
    pulumi = installed_product.add_pulumi(product, built, site.tools["pulumi"].path, folder / "pulumi")
    (folder / "home").mkdir()
    programs = [Path(sys.executable).with_name("weed"), site.tools["kubectl"].path]
    for program in programs:  # what operators of such a site have
        (folder / "pulumi" / "bin" / program.name).symlink_to(program)
    shell = Shell(product, folder / "home", {**pulumi, **strangers_country.variables(site, second, folder / "keys")})
    return strangers_country.begun(shell, site, second)
