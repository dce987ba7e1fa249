"""Clocks: what the API server and the object store say of the time, beside this machine's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from govcloud.clouds.request import Answer, Request
from govcloud.examination.finding import Finding, found, lacking, unknown
from govcloud.examination.site import Site, StoreView
from govcloud.rules.capability import catalogue
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "difference", "examine"]

CLOCK = "clock"
CAPABILITIES = (CLOCK,)


def examine(site: Site) -> Iterator[Finding]:
    """Compare the clocks of both servers with this machine's."""
    most = catalogue(site.country.law.folder)[CLOCK].most_seconds
    asked = time.time()
    yield judged(Text("API server", "máy chủ API"), site.api.send(Request("GET", "/version")), asked, time.time(), most)
    if isinstance(site.store, StoreView):
        asked = time.time()
        answer, _ = site.store.at.unsigned().call("list_buckets")
        yield judged(Text("object store", "kho đối tượng"), answer, asked, time.time(), most)


def judged(server: Text, answer: Answer, asked: float, answered: float, most: int) -> Finding:
    """Return whether a server's clock is near: the least difference that its answer leaves open counts."""
    seconds = difference(answer.date, asked, answered)
    if seconds is None:
        nothing = Text(f"it says no time: {answer.described.en}", f"không cho biết giờ: {answer.described.vi}")
        return unknown(CLOCK, nothing, server)
    said = Text(f"{seconds:+.0f} s beside here, at most {most} s", f"lệch {seconds:+.0f} s, cho phép {most} s")
    if abs(seconds) <= most:
        return found(CLOCK, said, server)
    fix = Text(
        "set both machines by an approved time source (NTP)",
        "đồng bộ hai máy theo nguồn thời gian được phê duyệt (NTP)",
    )
    return lacking(CLOCK, said, fix, server)


def difference(date: str, asked: float, answered: float) -> float | None:
    """Return by how many seconds a server's clock is ahead, at the least; None where `date` is no HTTP date.

    The header says whole seconds, of some moment between question and answer.
    """
    try:
        said = parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None
    if said + 1 < asked:
        return said + 1 - asked
    return max(said - answered, 0.0)
