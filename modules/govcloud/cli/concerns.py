"""Whose business a finding is: the files that declare one agency with all below it, or one tenant with what is its."""

from __future__ import annotations

from collections.abc import Iterable

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["files_of", "tenants_of"]


def files_of(country: Country, agency: str | None, tenant: str | None) -> frozenset[str]:
    """Return the files of the agency of code `agency`, in either case, and of all below it; and those of `tenant`.

    A link is the business of both ends. Raises UsageError with each that the country does not declare.
    """
    _require(country, agency, tenant)
    found = set[str]()
    if agency is not None:
        codes = _codes(country, agency)
        found |= {f for d, f in _declared(country) if codes.intersection(country.bodies(d))}
    if tenant is not None:
        wanted = country.tenants[tenant.lower()]
        found |= {f for d, f in _declared(country) if _is_of(country, d, wanted)}
    return frozenset(found)


def tenants_of(country: Country, agency: str | None, tenant: str | None) -> frozenset[str]:
    """Return the tenants of the agency of code `agency`, in either case, and of all below it; and `tenant` itself.

    Raises UsageError with each that the country does not declare, and for an agency without any tenant.
    """
    _require(country, agency, tenant)
    codes = _codes(country, agency) if agency is not None else frozenset[str]()
    found = {t.name for t in country.tenants.values() if t.spec.agency in codes}
    if agency is not None and not found:
        what = Text("this agency has no tenant, nor has any below it", "cơ quan này và cấp dưới chưa có tenant nào")
        having = (country.agencies_by_code[t.spec.agency] for t in country.tenants.values())
        titles = {a.code: a.spec.title.vi for a in having}
        raise UsageError(_unknown("GC-CLI-014", what, "--agency", agency, titles))
    return frozenset(found | ({tenant.lower()} if tenant is not None else set()))


def _require(country: Country, agency: str | None, tenant: str | None) -> None:
    problems = []
    if agency is not None and agency.upper() not in country.agencies_by_code:
        titles = {a.code: a.spec.title.vi for a in country.agencies.values()}
        what = Text("no agency of this code is declared", "chưa khai báo cơ quan có mã này")
        problems.append(_unknown("GC-CLI-012", what, "--agency", agency, titles))
    if tenant is not None and tenant.lower() not in country.tenants:
        titles = {t.name: t.spec.purpose.vi for t in country.tenants.values()}
        what = Text("no tenant of this name is declared", "chưa khai báo tenant có tên này")
        problems.append(_unknown("GC-CLI-013", what, "--tenant", tenant, titles))
    if problems:
        raise UsageError(problems)


def _codes(country: Country, agency: str) -> frozenset[str]:
    """Return the codes of an agency and of all below it."""
    code = agency.upper()
    return frozenset(a.code for a in country.agencies.values() if code in (a.code, *_above(country, a)))


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
