"""The API server's version, and that it applies objects as we do."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.examination import served
from govcloud.examination.finding import Finding
from govcloud.examination.site import Site

__all__ = ["CAPABILITIES", "examine"]

CAPABILITIES = (served.VERSION, served.APPLIES)


def examine(site: Site) -> Iterator[Finding]:
    """Look at the version, and apply an object without any effect."""
    yield served.version(site.api, site.cloud.spec.cluster.version)
    yield served.applies(site.api)
