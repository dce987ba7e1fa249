"""A stranger's site, which all tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import strangers_site
from port_bases import STRANGER
from strangers_site import Site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site, with a node; nothing of it is left behind."""
    with strangers_site.site(STRANGER + 100) as found:
        yield found
