"""Protection that the law, the controls or the admission rules give up between two revisions, named as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.country.law import Law
from govcloud.country.reader import read_bytes
from govcloud.model.connection import ConnectionTable
from govcloud.model.declaration import Declaration
from govcloud.model.level import Criterion, LevelTable, Regime
from govcloud.review.tier import Reason
from govcloud.rules.wording import titles
from govcloud_base.errors import GovCloudError, Place, Problem, Severity, Text

__all__ = ["of_files", "of_law", "of_reasons"]

_CODE = "GC-WEAK-006"


def of_reasons(reasons: Iterable[Reason]) -> Iterable[Problem]:
    """Yield the changes of declarations that the policy calls a weakening."""
    for reason in reasons:
        if reason.rule.weakening is not None:
            yield _weaker(reason.rule.weakening, reason.what, reason.place)


def of_law(base: Law, head: Law) -> Iterable[Problem]:
    """Yield what tables of the law demand in `base` and no longer in `head`."""
    yield from _gone("regime", "chế độ cấp độ", base.regimes, head.regimes)
    yield from _gone("level table", "bảng cấp độ", base.level_tables, head.level_tables)
    regimes, tables = {r.name: r for r in head.regimes}, {t.name: t for t in head.level_tables}
    for regime in base.regimes:
        if regime.name in regimes and regimes[regime.name] != regime:
            yield from _regime(regime, regimes[regime.name])
    for table in base.level_tables:
        if table.name in tables and tables[table.name] != table:
            yield from _table(table, tables[table.name])
    yield from _connections(base, head)


def of_files(base: Mapping[str, bytes], head: Mapping[str, bytes]) -> Iterable[Problem]:
    """Yield controls and admission rules that `base` has and `head` lacks, or demands of fewer."""
    for file, data in sorted(base.items()):
        parts = file.split("/")
        if not file.endswith(".yaml") or not {"controls", "admission"} & set(parts[:-1]) or head.get(file) == data:
            continue
        what = Text("control", "biện pháp") if "controls" in parts else Text("admission rule", "quy tắc chặn")
        name = parts[-1].removesuffix(".yaml")
        if file not in head:
            yield _weaker(_CODE, Text(f"the {what.en} {name} is removed", f"{what.vi} {name} bị bỏ"), Place(file))
            continue
        before, after = _plain(data, file), _plain(head[file], file)
        for path in sorted(_fewer((), before, after)):
            where = ".".join(path)
            message = Text(
                f"the {what.en} {name} demands less: {where}", f"{what.vi} {name} đòi hỏi ít hơn: trường {where}"
            )
            yield _weaker(_CODE, message, Place(file))


def _weaker(code: str, message: Text, place: Place | None) -> Problem:
    return Problem(
        code,
        message,
        Text(
            "say in the request why this is needed, or leave it as it was",
            "nêu rõ lý do trong đề nghị, hoặc giữ như cũ",
        ),
        place,
        severity=Severity.WARNING,
    )


def _gone(english: str, vietnamese: str, base: Iterable[Declaration], head: Iterable[Declaration]) -> Iterable[Problem]:
    names = {d.name for d in head}
    for declared in base:
        if declared.name not in names:
            message = Text(f"the {english} {declared.name} is removed", f"{vietnamese} {declared.name} bị bỏ")
            yield _weaker(_CODE, message, None)


def _demand(criterion: Criterion) -> dict[str, Any]:
    return criterion.model_dump(exclude={"level", "source", "provisional"}, exclude_none=True)


def _regime(before: Regime, after: Regime) -> Iterable[Problem]:
    """Yield criteria that vanish or give a lower level."""
    for criterion in before.spec.criteria:
        same = [c.level for c in after.spec.criteria if _demand(c) == _demand(criterion)]
        if max(same, default=0) < criterion.level:
            where = f"{before.name}, {criterion.source}"
            yield _weaker(
                _CODE,
                Text(
                    f"a criterion of level {criterion.level} is given up: {where}",
                    f"bỏ một tiêu chí cấp độ {criterion.level}: {where}",
                ),
                None,
            )


def _table(before: LevelTable, after: LevelTable) -> Iterable[Problem]:
    """Yield zones and versions that are demanded of fewer levels."""
    for name, zone in before.spec.zones.items():
        now = after.spec.zones.get(name)
        later = now is None or now.from_level is None or (zone.from_level or 9) < now.from_level
        if zone.from_level is not None and later:
            message = Text(
                f"{before.name}: zone {name} is demanded of fewer levels",
                f"{before.name}: ít cấp độ phải có vùng {name} hơn",
            )
            yield _weaker(_CODE, message, None)
    for field, info in type(before.spec).model_fields.items():
        old, new = getattr(before.spec, field), getattr(after.spec, field)
        if field.endswith("_from") and isinstance(old, int) and isinstance(new, int) and new > old:
            message = Text(
                f"{before.name}: {info.alias} rises from level {old} to {new}",
                f"{before.name}: trường {info.alias} tăng từ cấp độ {old} lên {new}",
            )
            yield _weaker(_CODE, message, None)


def _connections(base: Law, head: Law) -> Iterable[Problem]:
    """Yield rows that allow what no row allowed before: there the default was to deny."""
    tables: dict[str, ConnectionTable] = {t.name: t for t in base.connection_tables}
    for table in head.connection_tables:
        before = tables.get(table.name)
        for row in table.spec.rows if before else ():
            assert before is not None
            if row not in before.spec.rows:
                pair, ways = " - ".join(row.between), ", ".join(row.via)
                called = titles(head, table.spec.valid_from)
                between = " - ".join(called.get(tier, tier) for tier in row.between)
                through = ", ".join(called.get(way, way) for way in row.via)
                message = Text(
                    f"{table.name}: {pair} may be linked through {ways}",
                    f"{table.name}: {between} được liên kết qua {through}",
                )
                yield _weaker(_CODE, message, None)


def _plain(data: bytes, file: str) -> Any:
    try:
        return read_bytes(data, file).value
    except GovCloudError:
        return None  # what cannot be read demands nothing


def _fewer(path: tuple[str, ...], before: Any, after: Any) -> Iterable[tuple[str, ...]]:
    """Yield where `after` lacks a part of `before`, exempts more, or demands something from a higher level only."""
    if isinstance(before, dict):
        if not isinstance(after, dict):
            yield path
            return
        for step, value in before.items():
            if step in ("title", "purpose", "method", "verdict", "references", "sources", "version", "message"):
                continue
            yield from _fewer((*path, str(step)), value, after.get(step))
    elif isinstance(before, tuple):
        kept = after if isinstance(after, tuple) else ()
        fewer, more = [v for v in before if v not in kept], [v for v in kept if v not in before]
        if more if path[-1:] == ("exempt",) else fewer:
            yield path
    elif before != after and before is not None:
        if path == ("level",) and isinstance(before, int) and isinstance(after, int) and after < before:
            return
        yield path
