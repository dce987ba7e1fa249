"""Clouds and waivers: where data may be, and which exceptions count."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.errors import Problem
from govcloud.rules.finding import At, unknown

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield clouds abroad (GC-CLOUD-002) and waivers that do not count (GC-WAIVER-*)."""
    yield from _clouds(country)
    yield from _waivers(country, date)


def _clouds(country: Country) -> Iterable[Problem]:
    for cloud in country.clouds.values():
        if cloud.spec.region not in country.spec.regions:
            at = At(country, cloud, "spec", "region")
            what = ("region inside the country", "vùng trong lãnh thổ")
            yield unknown(at, "GC-CLOUD-002", what, cloud.spec.region, list(country.spec.regions))


def _waivers(country: Country, date: datetime.date) -> Iterable[Problem]:
    for waiver in country.waivers.values():
        if waiver.spec.approver.casefold() == waiver.spec.author.casefold():
            yield At(country, waiver, "spec", "approver").problem(
                "GC-WAIVER-001",
                ("who asks for a waiver does not approve it", "người đề nghị miễn trừ không được tự duyệt"),
                ("have somebody else approve it", "để người khác phê duyệt"),
                value=waiver.spec.approver,
            )
        if waiver.spec.expires < date:
            yield At(country, waiver, "spec", "expires").problem(
                "GC-WAIVER-002",
                ("the waiver has expired; its control applies again", "miễn trừ đã hết hạn; biện pháp lại có hiệu lực"),
                ("meet the control, or have the waiver renewed", "đáp ứng biện pháp, hoặc gia hạn miễn trừ"),
                value=waiver.spec.expires,
                allowed=f">= {date}",
            )
