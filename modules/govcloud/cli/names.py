"""Names that a shell offers for a value: what the country of this folder declares, with titles where they have any.

A country that cannot be read, or that is none, offers nothing: at a Tab nobody wants to be told why.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

from govcloud_base.errors import GovCloudError, Language, language

if TYPE_CHECKING:
    from govcloud.country import Country
    from govcloud.model.declaration import Title

__all__ = [
    "Named",
    "agencies",
    "clouds",
    "country_of",
    "declarations",
    "fields",
    "groups",
    "names",
    "stacks",
    "tenants",
]

Named = Iterable[tuple[str, str]]
"""Values with what is said beside them."""


def names(of: Callable[[Country, typer.Context], Named]) -> Callable[[typer.Context, str], list[tuple[str, str]]]:
    """Return what the parser asks for the values of an option: those that `of` finds in the country.

    Values that are on the command line already are left out. They are offered in small letters to whoever types so
    where that finds more, for codes are taken in either case.
    """

    def offered(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            country = country_of(context)
            found = list(of(country, context)) if country is not None else []
        except (GovCloudError, OSError):
            return []
        given = {word for value in context.params.values() if isinstance(value, (list, tuple)) for word in value}
        fitting = [(name, title) for name, title in found if name.startswith(incomplete)]
        if not fitting:
            fitting = [(name.lower(), title) for name, title in found if name.lower().startswith(incomplete)]
        return [(name, title) for name, title in fitting if name not in given]

    return offered


def country_of(context: typer.Context) -> Country | None:
    """Return the country that a command line means so far, as far as its files can be read; None where its head cannot.

    Raises GovCloudError where there is none.
    """
    # Here, for the commands that need no country start sooner without.
    from govcloud.cli.options import country_folder
    from govcloud.country import readable

    named = [context.params.get(p.name or "") for p in context.command.params if "--country" in p.opts]
    return readable(country_folder(next(filter(None, named), None)))[0]


def _say(title: Title) -> str:
    return title.en if title.en and language() is Language.EN else title.vi


@names
def agencies(country: Country, _: typer.Context) -> Named:
    """Offer codes of agencies."""
    return ((agency.code, _say(agency.spec.title)) for agency in country.agencies.values())


@names
def tenants(country: Country, _: typer.Context) -> Named:
    """Offer tenants."""
    return ((tenant.name, _say(tenant.spec.purpose)) for tenant in country.tenants.values())


@names
def clouds(country: Country, _: typer.Context) -> Named:
    """Offer clouds."""
    return ((cloud.name, _say(cloud.spec.title)) for cloud in country.clouds.values())


@names
def stacks(country: Country, _: typer.Context) -> Named:
    """Offer stacks: `tenant.h41`, `platform.lgsp-h41`."""
    return ((stack, "") for stack in country.stacks())


@names
def groups(country: Country, _: typer.Context) -> Named:
    """Offer the identity groups of the tenants: `gov:h41:operator`."""
    from govcloud.model.names import group

    return ((group(t.name, role), "") for t in country.tenants.values() for role in t.spec.access.roles)


@names
def declarations(country: Country, _: typer.Context) -> Named:
    """Offer what an explanation can be about: codes of agencies, and names of declarations with their kind."""
    yield from ((agency.code, _say(agency.spec.title)) for agency in country.agencies.values())
    yield from (
        (declared.name, declared.kind) for declared in country.declarations.values() if declared.kind != "Agency"
    )


@names
def fields(country: Country, context: typer.Context) -> Named:
    """Offer the fields of the declaration that is named before."""
    from govcloud import explanation

    declared = explanation.find(country, str(context.params.get("name") or ""))
    values = explanation.explain(country, declared, datetime.date.today())
    return ((value.field, value.shown) for value in values)
