"""What is looked at before `up`: the features at once, the rest as the last whole examination found it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govcloud.clouds.request import Api
from govcloud.country import Country
from govcloud.examination import memory, served
from govcloud.examination.finding import Finding, State
from govcloud.examination.judgement import Judged, judge, refusals
from govcloud.model.cloud import Cloud
from govcloud.rules.capability import catalogue
from govcloud_base.errors import Problem, Text

__all__ = ["OLD", "Looked", "look", "outsiders", "problems"]

OLD = datetime.timedelta(days=30)
"""After so long an examination says little of the cloud as it is, and the reader is told."""


@dataclass(frozen=True)
class Looked:
    """What is known of a cloud before a run."""

    cloud: str
    judged: tuple[Judged, ...]
    examined: datetime.datetime | None
    """When it was examined whole; None where this machine remembers nothing of it."""

    def remark(self, now: datetime.datetime) -> Text | None:
        """Return that the cloud should be examined; None where that was done lately, or it cannot be asked."""
        command = f"`govcloud cloud check {self.cloud}`"
        if self.examined is None:
            return Text(
                f"Cloud {self.cloud} was never examined from here: {command}",
                f"Đám mây {self.cloud} chưa được kiểm tra từ máy này: {command}",
            )
        if now - self.examined > OLD:
            day = self.examined.date()
            return Text(
                f"Cloud {self.cloud} was last examined on {day}: {command}",
                f"Đám mây {self.cloud} được kiểm tra lần cuối ngày {day}: {command}",
            )
        return None


def look(api: Api, country: Country, cloud: Cloud) -> Looked | None:
    """Return what is known of a cloud: five requests, no object made. None where it does not answer.

    What is seen now counts more than what is remembered: a feature that was switched on meanwhile is there.
    """
    cluster = memory.cluster_of(api)
    if cluster is None:
        return None
    kept = memory.recall(cluster)
    now = list(_now(api, country, cloud))
    seen = {finding.capability for finding in now}
    before = [finding for finding in (kept.findings if kept else ()) if finding.capability not in seen]
    judged = judge(country, cloud.name, catalogue(country.law.folder), [*now, *before])
    return Looked(cloud.name, tuple(judged), kept.at if kept else None)


def _now(api: Api, country: Country, cloud: Cloud) -> Iterator[Finding]:
    found = [
        served.version(api, cloud.spec.cluster.version),
        served.applies(api),
        served.policies(api),
        served.identity(api, country.law.folder),
    ]
    # What could not be seen just now is as it was; that policies are served says nothing of their effect.
    yield from (finding for finding in found if finding is not None and finding.state is not State.UNKNOWN)


def outsiders(looked: Iterable[Looked]) -> list[Problem]:
    """Return, for each cloud whose admission policies would shut the platform out, why nothing may be provisioned."""
    return [
        Problem(
            code="GC-CLOUD-012",
            message=Text(
                f"cloud {one.cloud} does not know this identity as the platform's: once its admission policies stand, "
                "they refuse every tenant that it makes",
                f"đám mây {one.cloud} không coi danh tính này là nền tảng: khi chính sách tiếp nhận đã đặt, mọi tenant "
                "do nó tạo đều bị từ chối",
            ),
            value=finding.said,
            fix=finding.fix or Text("", ""),
        )
        for one in looked
        for judged in one.judged
        for finding in judged.findings
        if finding.capability == served.IDENTITY and finding.state is State.LACKING
    ]


def problems(country: Country, looked: Iterable[Looked]) -> dict[str, list[Problem]]:
    """Return, for each tenant that is refused, every reason: what its level needs there and the cloud lacks."""
    found: dict[str, list[Problem]] = {}
    for one in looked:
        for tenant, judged in refusals(one.judged):
            found.setdefault(tenant, []).append(_refused(country, tenant, one, judged))
    return found


def _refused(country: Country, name: str, looked: Looked, judged: Judged) -> Problem:
    tenant, title = country.tenants[name], judged.capability.title
    level, cloud = tenant.spec.level, looked.cloud
    lacks = [finding for finding in judged.findings if finding.state is State.LACKING]
    said = Text.joined(finding.whole for finding in lacks)
    day = f" ({looked.examined.date()})" if looked.examined else ""
    fix = next((finding.fix for finding in lacks if finding.fix), Text("", ""))
    again = f"govcloud cloud check {cloud}"
    sources = "; ".join(judged.capability.sources)
    return Problem(
        code="GC-CLOUD-010",
        message=Text(
            f"tenant {name} is refused on cloud {cloud}, which lacks what level {level} needs: {title.en} ({sources})",
            f"tenant {name} bị từ chối trên đám mây {cloud} vì thiếu năng lực mà cấp độ {level} cần: {title.vi} "
            f"({sources})",
        ),
        fix=Text(f"{fix.en}; then run `{again}`", f"{fix.vi}; sau đó chạy `{again}`"),
        place=country.place(tenant, "spec", "cloud"),
        value=Text(f"{said.en}{day}", f"{said.vi}{day}"),
        scope=name,
    )
