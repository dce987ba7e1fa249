"""The API server's version, that it applies objects as we do, and whom it takes us for."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.examination import served
from govcloud.examination.finding import Finding
from govcloud.examination.site import Site

__all__ = ["CAPABILITIES", "examine"]

CAPABILITIES = (served.VERSION, served.APPLIES, served.IDENTITY)


def examine(site: Site) -> Iterator[Finding]:
    """Look at the version, apply an object without any effect, and ask who asks."""
    yield served.version(site.api, site.cloud.spec.cluster.version)
    yield served.applies(site.api)
    yield served.identity(site.api, site.country.law.folder)
