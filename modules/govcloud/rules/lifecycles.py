"""From request to removal: what each state demands on a date, and which state may follow it.

The states are data (policies/regimes/lifecycle.yaml). One revision shows whether a tenant may be in its state today;
whether it may have come there shows only beside the revision before (:func:`changed`).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from functools import partial

from govcloud.country import Country
from govcloud.model.lifecycle import LifecycleTableSpec, StateRules
from govcloud.model.tenant import State, Tenant
from govcloud.rules import wording
from govcloud.rules.calendar import working_days
from govcloud.rules.finding import At, unknown
from govcloud_base.errors import Problem, Severity, Text

__all__ = ["changed", "dependants", "judge"]

_LONGEST_NOTICE = datetime.timedelta(366)
"""An announcement longer ago than this is in time by any calendar; counting its days would tell nothing."""

_FIELDS = {
    "since": Text("the first day of the state", "ngày bắt đầu"),
    "expires": Text("the last day", "ngày hết hạn"),
    "export": Text("the record of the export", "biên bản xuất dữ liệu"),
}


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield tenants that have expired (GC-LIFECYCLE-001), are overdue for review (002), have been in a state too long
    (003), lack what their state demands (004), would be removed against an order (005) or while used (006), and stops
    announced too late (007), backwards (008) or for an environment that does not exist (GC-REF-006).
    """
    table = country.law.lifecycle(date)
    if table is None:
        return
    users: Counter[str] | None = None
    for tenant in country.tenants.values():
        life = tenant.spec.lifecycle
        rules = table.spec.states.get(life.state)
        if rules is None:
            continue  # a state that the law of the date does not know demands nothing
        yield from _dates(country, tenant, date, rules, table.spec)
        yield from _demands(country, tenant, rules)
        if "no-legal-hold" in rules.demands and life.legal_hold is not None and life.legal_hold.holds(date):
            yield _held(country, tenant)
        if "no-dependants" in rules.demands:
            users = dependants(country, date) if users is None else users
            yield from _used(country, tenant, users[tenant.name])
        yield from _stops(country, tenant, table.spec, date)


def changed(before: Country, after: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield tenants that went from one state to another that may not follow it (GC-LIFECYCLE-009), and orders to keep
    data that were dropped or shortened (010). Places are in `after`.
    """
    table = before.law.lifecycle(date)
    states = table.spec.states if table else {}
    called, written = (partial(named, before, date) for named in (wording.state, _written))
    for name, old in before.tenants.items():
        new, past = after.tenants.get(name), old.spec.lifecycle
        if new is None:
            continue  # what disappears is judged as loss of data
        state = new.spec.lifecycle.state
        following = states[past.state].next if past.state in states else ()
        if state not in (past.state, *following):
            yield At(after, new, "spec", "lifecycle", "state").problem(
                "GC-LIFECYCLE-009",
                (
                    f"{state} does not follow {past.state}",
                    f"trạng thái {called(state)} không thể đến sau {called(past.state)}",
                ),
                (
                    f"set it to {' or '.join(following)}" if following else "leave the state as it is",
                    f"đặt là {wording.either(map(written, following))}" if following else "giữ nguyên trạng thái",
                ),
                value=state,
                allowed=", ".join((past.state, *following)),
            )
        hold, kept = past.legal_hold, new.spec.lifecycle.legal_hold
        if hold is not None and hold.holds(date) and (kept is None or not _as_long(kept.until, hold.until)):
            yield At(after, new, "spec", "lifecycle").problem(
                "GC-LIFECYCLE-010",
                (
                    f"the order {hold.reference} to keep the data is in force and was dropped or shortened",
                    f"lệnh lưu giữ {hold.reference} còn hiệu lực nhưng bị bỏ hoặc rút ngắn",
                ),
                (
                    "write legalHold as before; whoever ordered it ends it",
                    "ghi lại `legalHold` như cũ; chỉ nơi ra lệnh mới được bãi bỏ",
                ),
                value=None if kept is None else kept.until,
                allowed=None if hold.until is None else f">= {hold.until}",
            )


def _written(country: Country, date: datetime.date, state: str) -> str:
    return wording.to_write(wording.state(country, date, state), state)


def dependants(country: Country, date: datetime.date) -> Counter[str]:
    """Return how many declarations of others rely on each tenant: tenants of child agencies, and links in force.

    Its own segments and platforms go with it; a platform that others use is the concern of the platforms' rules.
    """
    found: Counter[str] = Counter()
    for agency in country.agencies.values():
        tenant = country.tenants_by_agency.get(agency.code)
        above = country.tenants_by_agency.get(agency.spec.parent or "")
        if tenant is not None and above is not None and tenant.spec.lifecycle.state != "removed":
            found[above.name] += 1
    for link in country.links.values():
        for end in set(link.spec.ends) if link.holds(date) else ():
            tenant = country.tenants_by_agency.get(end)
            if tenant is not None:
                found[tenant.name] += 1
    return found


def _dates(
    country: Country, tenant: Tenant, date: datetime.date, rules: StateRules, table: LifecycleTableSpec
) -> Iterable[Problem]:
    life = tenant.spec.lifecycle
    if life.expires is not None and life.expires < date and life.state in ("trial", "active"):
        going_on = _going_on(table, "suspended", date)
        yield At(country, tenant, "spec", "lifecycle", "expires").problem(
            "GC-LIFECYCLE-001",
            ("the tenant has expired", "tenant đã hết hạn"),
            (
                f"extend it, or {going_on.en} and remove expires",
                f"gia hạn, hoặc {going_on.vi} và bỏ expires",
            ),
            value=life.expires,
            allowed=f">= {date}",
            scope=tenant.name,
        )
    if rules.reviewed and life.review_by < date:
        overdue = (date - life.review_by).days
        grave = overdue > table.review_grace_days
        yield At(country, tenant, "spec", "lifecycle", "reviewBy").problem(
            "GC-LIFECYCLE-002",
            (f"the review is overdue by {overdue} days", f"đã quá hạn rà soát {overdue} ngày"),
            ("confirm that the tenant is needed and set the next date", "xác nhận nhu cầu và đặt ngày rà soát mới"),
            value=life.review_by,
            allowed=f">= {date}",
            severity=Severity.ERROR if grave else Severity.WARNING,
            scope=tenant.name,
        )
    if rules.ends_after_days is not None and life.since is not None:
        last = life.since + datetime.timedelta(rules.ends_after_days)
        if last < date:
            following = [_going_on(table, state, date) for state in rules.next]
            yield At(country, tenant, "spec", "lifecycle", "since").problem(
                "GC-LIFECYCLE-003",
                (
                    f"{life.state} lasts {rules.ends_after_days} days at most, until {last}",
                    f"trạng thái {rules.title.vi} tối đa {rules.ends_after_days} ngày, đến {last}",
                ),
                (
                    ", or ".join(step.en for step in following) or "ask who runs the platform",
                    ", hoặc ".join(step.vi for step in following) or "hỏi đơn vị vận hành nền tảng",
                ),
                value=life.since,
                allowed=", ".join(rules.next) or None,
                severity=Severity.WARNING,
            )
    if life.since is not None and life.since > date:
        yield At(country, tenant, "spec", "lifecycle", "since").problem(
            "GC-LIFECYCLE-003",
            ("the state has not begun yet", "trạng thái chưa bắt đầu"),
            ("write the day on which it began", "ghi ngày bắt đầu trạng thái"),
            value=life.since,
            allowed=f"<= {date}",
        )


def _going_on(table: LifecycleTableSpec, state: State, date: datetime.date) -> Text:
    """Return how a tenant goes on to `state` on a day, with what the state demands."""
    rules = table.states[state]
    since = "since" in rules.demands
    more = [field for field in ("expires", "export") if field in rules.demands]
    return Text(
        f"write state: {state}"
        + (f" and since: {date}" if since else "")
        + "".join(f", with {_FIELDS[field].en} ({field})" for field in more),
        f"ghi state: {state} ({rules.title.vi})"
        + (f" và since: {date}" if since else "")
        + "".join(f", kèm {_FIELDS[field].vi} ({field})" for field in more),
    )


def _demands(country: Country, tenant: Tenant, rules: StateRules) -> Iterable[Problem]:
    life = tenant.spec.lifecycle
    stated = {"since": life.since, "expires": life.expires, "export": life.export}
    for field, value in stated.items():
        if field in rules.demands and value is None:
            yield At(country, tenant, "spec", "lifecycle").problem(
                "GC-LIFECYCLE-004",
                (
                    f"a tenant that is {life.state} states {field}",
                    f"tenant ở trạng thái {rules.title.vi} phải có {_FIELDS[field].vi} ({field})",
                ),
                (f"add {field}: with {_FIELDS[field].en}", f"thêm {field}: với {_FIELDS[field].vi}"),
            )


def _held(country: Country, tenant: Tenant) -> Problem:
    hold = tenant.spec.lifecycle.legal_hold
    assert hold is not None
    return At(country, tenant, "spec", "lifecycle", "state").problem(
        "GC-LIFECYCLE-005",
        (
            f"the order {hold.reference} keeps the data" + (f" until {hold.until}" if hold.until else ""),
            f"lệnh {hold.reference} yêu cầu giữ dữ liệu" + (f" đến {hold.until}" if hold.until else ""),
        ),
        (
            "keep the tenant exported until the order ends",
            "giữ trạng thái đã xuất dữ liệu (exported) đến khi lệnh hết hiệu lực",
        ),
        value=tenant.spec.lifecycle.state,
        allowed="exported",
    )


def _used(country: Country, tenant: Tenant, users: int) -> Iterable[Problem]:
    if users:
        yield At(country, tenant, "spec", "lifecycle", "state").problem(
            "GC-LIFECYCLE-006",
            (
                f"{users} other declarations still rely on the tenant: child tenants or links",
                f"còn {users} khai báo dựa vào tenant: tenant cấp dưới hoặc liên kết",
            ),
            ("remove them first", "bỏ chúng trước"),
            value=tenant.spec.lifecycle.state,
        )


def _stops(country: Country, tenant: Tenant, table: LifecycleTableSpec, date: datetime.date) -> Iterable[Problem]:
    for index, stop in enumerate(tenant.spec.lifecycle.planned_stops):
        path = ("spec", "lifecycle", "plannedStops", index)
        if stop.environment not in tenant.spec.environments:
            known = sorted(tenant.spec.environments)
            at = At(country, tenant, *path, "environment")
            yield unknown(at, "GC-REF-006", ("environment", "môi trường"), stop.environment, known)
        if stop.last < stop.first:
            yield At(country, tenant, *path, "last").problem(
                "GC-LIFECYCLE-008",
                ("the stop ends before it begins", "thời điểm kết thúc trước thời điểm bắt đầu"),
                ("correct the days", "sửa lại ngày"),
                value=stop.last,
                allowed=f">= {stop.first}",
            )
        if stop.first - stop.announced > _LONGEST_NOTICE:
            continue
        notice, least = working_days(country.law, stop.announced, stop.first), table.notice_working_days
        if notice >= least:
            continue
        doubt = "" if notice.certain else "; the year's days off are provisional"
        doubt_vi = "" if notice.certain else "; lịch nghỉ của năm chưa chính thức"
        at = At(country, tenant, *path, "announced")
        if stop.announced > date:  # reported as a record of a day to come
            at = at.following(tenant, *path, "announced")
        yield at.problem(
            "GC-LIFECYCLE-007",
            (
                f"announced {notice} working days ahead, {least} are due ({table.notice_source}){doubt}",
                f"báo trước {notice} ngày làm việc, cần {least} ngày ({table.notice_source}){doubt_vi}",
            ),
            ("announce it earlier, or stop later", "báo sớm hơn, hoặc lùi thời điểm dừng"),
            value=stop.announced,
            allowed=f">= {least}",
        )


def _as_long(until: datetime.date | None, least: datetime.date | None) -> bool:
    return until is None or (least is not None and until >= least)
