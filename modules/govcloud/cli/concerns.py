"""Whose business a finding is: the files that declare one agency with all below it, or one tenant with what is its."""

from __future__ import annotations

from collections.abc import Iterable

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["files_of"]


def files_of(country: Country, agency: str | None, tenant: str | None) -> frozenset[str]:
    """Return the files of the agency of code `agency`, in either case, and of all below it; and those of `tenant`.

    A link is the business of both ends. Raises UsageError with each that the country does not declare.
    """
    problems, codes, found = [], set[str](), set[str]()
    if agency is not None:
        code = agency.upper()
        if code in country.agencies_by_code:
            codes = {a.code for a in country.agencies.values() if code in (a.code, *_above(country, a))}
            found |= {f for d, f in _declared(country) if codes.intersection(country.bodies(d))}
        else:
            titles = {a.code: a.spec.title.vi for a in country.agencies.values()}
            what = Text("no agency of this code is declared", "chưa khai báo cơ quan có mã này")
            problems.append(_unknown("GC-CLI-012", what, "--agency", agency, titles))
    if tenant is not None:
        if (wanted := country.tenants.get(tenant.lower())) is not None:
            found |= {f for d, f in _declared(country) if _is_of(country, d, wanted)}
        else:
            titles = {t.name: t.spec.purpose.vi for t in country.tenants.values()}
            what = Text("no tenant of this name is declared", "chưa khai báo tenant có tên này")
            problems.append(_unknown("GC-CLI-013", what, "--tenant", tenant, titles))
    if problems:
        raise UsageError(problems)
    return frozenset(found)


def _above(country: Country, agency: Agency) -> Iterable[str]:
    return (above.code for above in country.ancestors(agency))


def _declared(country: Country) -> Iterable[tuple[Declaration, str]]:
    return ((declared, country.documents[key].file) for key, declared in country.declarations.items())


def _is_of(country: Country, declared: Declaration, tenant: Tenant) -> bool:
    of = declared.of_tenant
    return of == tenant.name if of is not None else tenant.spec.agency in country.bodies(declared)


def _unknown(code: str, what: Text, option: str, value: str, titles: dict[str, str]) -> Problem:
    english, vietnamese = did_you_mean(value, titles, titles)
    return Problem(
        code,
        what,
        Text(english or "name a declared one", vietnamese or "dùng tên đã khai báo"),
        Place(option),
        value,
        ", ".join(list(titles)[:20]) + (", ..." if len(titles) > 20 else ""),
    )
