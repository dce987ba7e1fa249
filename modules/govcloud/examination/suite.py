"""All subjects, registered here and nowhere else, and one run of them over a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from types import MappingProxyType

from govcloud.audit.check import BlindError
from govcloud.examination import ground
from govcloud.examination.finding import Finding, unknown
from govcloud.examination.remains import Remains
from govcloud.examination.site import Examine, Site
from govcloud.examination.subjects import (
    admission,
    clock,
    dns,
    features,
    network,
    nodes,
    registry,
    rights,
    separation,
    storage,
    store,
)
from govcloud_base.errors import GovCloudError, Text

__all__ = ["SUBJECTS", "Told", "run"]

_SUBJECTS = (
    (Text("version and features", "phiên bản và tính năng"), features),
    (Text("admission", "tiếp nhận"), admission),
    (Text("name service", "dịch vụ tên miền"), dns),
    (Text("network policies", "chính sách mạng"), network),
    (Text("nodes", "nút"), nodes),
    (Text("separation", "tách biệt"), separation),
    (Text("volumes", "ổ đĩa"), storage),
    (Text("registry of images", "kho ảnh"), registry),
    (Text("object store", "kho đối tượng"), store),
    (Text("clocks", "đồng hồ"), clock),
    (Text("rights", "quyền"), rights),
)
SUBJECTS: Mapping[Text, tuple[Examine, tuple[str, ...]]] = MappingProxyType(
    {title: (module.examine, module.CAPABILITIES) for title, module in _SUBJECTS}
)
"""What is looked at, in the order of the report: how, and the capabilities of which it finds something."""

_OFTEN = 0.2
"""Seconds after which the examination sees that it was told to stop."""

Told = Callable[[Text, tuple[Finding, ...]], None]
"""Is told of each subject when it was looked at."""


def run(site: Site, told: Told) -> tuple[list[Finding], Remains]:
    """Look at everything at once; return the findings in the order of the subjects, and what had not gone at the end.

    Nothing is left behind, whatever goes wrong, and what a killed run left is removed first. Where the site's patience
    is stopped meanwhile, what was found until then is returned.
    """
    ground.sweep(site.api)
    found: dict[Text, tuple[Finding, ...]] = {}
    try:
        with ThreadPoolExecutor(max_workers=len(SUBJECTS)) as pool:
            try:
                with suppress(BlindError):  # who needs the namespaces says so; the others need none
                    site.ground.make()
                running = {
                    pool.submit(_looked, site, examine, capabilities): title
                    for title, (examine, capabilities) in SUBJECTS.items()
                }
                for title, findings in _ended(site, running):
                    found[title] = findings
                    told(title, findings)
            finally:
                site.patience.end()
                site.ground.remove()
    finally:
        remains = site.ground.remains()
    return [finding for title in SUBJECTS for finding in found.get(title, ())], remains


def _ended(
    site: Site, running: Mapping[Future[tuple[Finding, ...]], Text]
) -> Iterator[tuple[Text, tuple[Finding, ...]]]:
    """Yield each subject when it has ended, until the site's patience is stopped."""
    waiting = set(running)
    while waiting and not site.patience.stopped:
        done, waiting = wait(waiting, _OFTEN, FIRST_COMPLETED)
        yield from ((running[future], future.result()) for future in done)


def _looked(site: Site, examine: Examine, capabilities: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return what a subject found; nothing that it should have found stays unsaid."""
    seen: list[Finding] = []
    reason, fix = Text("not looked at", "chưa xem được"), None
    try:
        seen += examine(site)
    except BlindError as error:
        reason = error.reason
    except GovCloudError as error:  # what is declared is not enough to know what to look for
        reason, fix = error.problems[0].message, error.problems[0].fix
    said = {finding.capability for finding in seen}
    return (*seen, *(unknown(name, reason, fix=fix) for name in capabilities if name not in said))
