"""One violated rule, placed in the file where it can be put right."""

from __future__ import annotations

from collections.abc import Mapping

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.model.declaration import Declaration
from govcloud.model.identifier import slug
from govcloud.model.tenant import Tenant
from govcloud_base.errors import Place, Problem, Severity, Text

__all__ = ["At", "elsewhere", "misplaced", "unknown"]


class At:
    """A place in a declaration, from which problems are made: `At(country, tenant, "spec", "level").problem(...)`."""

    def __init__(self, country: Country, declaration: Declaration, *path: str | int, key: bool = False) -> None:
        self._country = country
        self._declaration = declaration
        self._path = path
        self._key = key
        self._because: Place | None = None

    def below(self, *path: str | int) -> At:
        """Return the place at `path` below this one."""
        return At(self._country, self._declaration, *self._path, *path)

    def following(self, declaration: Declaration | None, *path: str | int) -> At:
        """Return the same place, for problems that follow from the value at `path` of another declaration, if any."""
        if declaration is not None:
            self._because = self._country.place(declaration, *path)
        return self

    def problem(
        self,
        code: str,
        message: tuple[str, str],
        fix: tuple[str, str],
        *,
        value: object = None,
        allowed: str | Text | None = None,
        severity: Severity = Severity.ERROR,
        scope: str | None = None,
    ) -> Problem:
        """Return the problem; message and fix are (English, Vietnamese), `scope` the tenant whose own lapse it is."""
        return Problem(
            code,
            Text(*message),
            Text(*fix),
            self._country.place(self._declaration, *self._path, key=self._key),
            None if value is None else str(value),
            allowed,
            severity,
            scope,
            self._because,
        )


def unknown(
    at: At,
    code: str,
    what: tuple[str, str],
    value: str,
    known: list[str],
    titles: Mapping[str, str] | None = None,
    otherwise: tuple[str, str] | None = None,
) -> Problem:
    """Return the problem that `value` names nothing that is declared; `what` says of which sort, in both languages.

    `known` are the names that the writer may use: nothing else is offered. Where none of them is near, the advice is
    `otherwise`. With `titles` for people, what was meant is also found by them: `cap xa` finds the tier `commune`.
    """
    advice = otherwise or (
        f"declare the {what[0]}, or name a declared one",
        f"khai báo {what[1]}, hoặc dùng tên đã khai báo",
    )
    english, vietnamese = did_you_mean(value, known, titles)
    shown = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
    return at.problem(
        code,
        (f"there is no {what[0]} {value!r}", f"không có {what[1]} {value!r}"),
        (english or advice[0], vietnamese or advice[1]),
        value=value,
        allowed=shown or None,
    )


def elsewhere(place: Place, fix: Text, file: str) -> Text:
    """Return advice for another place than the finding's, which is in `file`: part of one fix that says all."""
    at = str(place.line) if place.file == file else f"{place.file}:{place.line}"
    line, line_vi = ("line ", "dòng ") if place.file == file else ("", "")
    return Text(f"at {line}{at} {fix.en}", f"ở {line_vi}{at} {fix.vi}")


def misplaced(country: Country, code: str) -> Tenant | None:
    """Return the tenant that bears the name of the agency of `code` and says that it is another's."""
    tenant = country.tenants.get(slug(code))
    return tenant if tenant is not None and tenant.spec.agency != code else None
