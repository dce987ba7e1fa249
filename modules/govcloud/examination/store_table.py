"""From a probe of a store to the table beside the country, and from that to findings, judged as those of a cloud."""

from __future__ import annotations

import datetime
from pathlib import Path

from govcloud.country import Country, store_table
from govcloud.examination.finding import Finding, State
from govcloud.model.dialect import Dialect
from govcloud.model.store_table import Exchange, Reason, StoreTableSpec, Tried, digest
from govcloud.providers.storage.trials.outcome import Outcome
from govcloud.providers.storage.trials.whole import Probed
from govcloud_base.errors import Text
from govcloud_base.replacement import replacement

__all__ = ["STATES", "findings", "made", "write"]

STATES = {"works": State.FOUND, "does-not": State.LACKING, "untried": State.UNKNOWN}
"""What the verdict of a trial is called in an examination."""
_UNDIGESTED = "sha256:" + 64 * "0"
_MOST = 200
_FIX = Text(
    "have the store do it, or put such buckets on a cloud whose store does; then probe again",
    "cấu hình để kho đối tượng làm được, hoặc đặt các kho như vậy ở đám mây có kho làm được; sau đó dò lại",
)


def made(dialect: Dialect, probed: Probed, now: datetime.datetime) -> StoreTableSpec:
    """Return the table of what a probe found of a store; `now` is of the universal time."""
    spec = StoreTableSpec(
        dialect=dialect,
        server=probed.server[:_MOST],
        at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        capabilities={name: _tried(outcome) for name, outcome in probed.outcomes.items()},
        digest=_UNDIGESTED,
    )
    return spec.model_copy(update={"digest": digest(spec)})


def _tried(outcome: Outcome) -> Tried:
    return Tried.model_validate(
        {
            "verdict": outcome.verdict.value,
            "reason": outcome.reason and Reason(en=outcome.reason.en, vi=outcome.reason.vi),
            "evidence": tuple(Exchange(sent=one.sent[:_MOST], got=one.got[:_MOST]) for one in outcome.evidence),
            "seconds": str(outcome.seconds),
        },
        strict=False,
    )


def write(country: Country, cloud: str, spec: StoreTableSpec) -> Path:
    """Write the table of a cloud's store beside the country, and return where. Raises OSError where it cannot."""
    file = country.folder / store_table.file(cloud)
    file.parent.mkdir(exist_ok=True)
    with replacement(file) as begun:
        begun.write_text(store_table.text(cloud, spec), encoding="utf-8")
    return file


def findings(spec: StoreTableSpec) -> list[Finding]:
    """Return what a table says, as findings."""
    found = []
    for name, tried in spec.capabilities.items():
        state = STATES[tried.verdict]
        said = Text(f"in {tried.seconds} s", f"trong {tried.seconds} giây")
        if tried.reason is not None:
            said = Text(tried.reason.en, tried.reason.vi)
        found.append(Finding(name, state, said, fix=_FIX if state is State.LACKING else None))
    return found
