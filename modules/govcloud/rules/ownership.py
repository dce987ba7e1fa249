"""Where a declaration lies says who may change it: agencies write below their own path, the rest is central."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import PurePosixPath

from govcloud.country import Country
from govcloud.country.folder import shown_name
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud.rules import precedence, wording
from govcloud.rules.finding import At, elsewhere
from govcloud_base.errors import Problem, Text

__all__ = ["folder_of", "judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield problems of declarations in the wrong folder (GC-OWNER-*)."""
    for declaration in country.declarations.values():
        if declaration.folder is not None:
            yield from _central(country, declaration, declaration.folder)
    unlawful = dict(_paths(country))
    yield from unlawful.values()
    for tenant in country.tenants.values():
        agency = country.agencies_by_code.get(tenant.spec.agency)
        if agency is None:
            continue  # reported as a dangling reference
        if tenant.name != agency.tenant_name:
            yield At(country, tenant, "metadata", "name").problem(
                "GC-OWNER-003",
                (f"the tenant of {agency.code} has another name", f"tenant của {agency.code} phải mang tên khác"),
                _renamed(country, tenant, agency.tenant_name),
                value=tenant.name,
                allowed=agency.tenant_name,
            )
        folder = folder_of(country, tenant)
        if folder == agency.spec.path:
            continue
        if folder == f"tenants/{agency.tenant_name}" and agency.name not in unlawful:
            yield from _path_elsewhere(country, agency, folder)
        else:
            yield (
                At(country, tenant, "spec", "agency")
                .following(agency, "spec", "path")
                .problem(
                    "GC-OWNER-001",
                    (
                        f"the file does not lie in the folder of {agency.code}",
                        f"tệp không nằm trong thư mục của {agency.code}",
                    ),
                    (f"move it to {agency.spec.path}/", f"chuyển tệp vào {agency.spec.path}/"),
                    value=folder,
                    allowed=agency.spec.path,
                )
            )


def _renamed(country: Country, tenant: Tenant, name: str) -> tuple[str, str]:
    """Return how a tenant is renamed, with all that names it."""
    naming = (d for d in country.declarations.values() if d.of_tenant == tenant.name and d is not tenant)
    write, file = Text(f"write tenant: {name}", f"ghi tenant: {name}"), country.document(tenant).file
    also = [elsewhere(country.place(user, "spec", "tenant"), write, file) for user in naming]
    fix = Text.joined([Text(f"name it {name}", f"đặt tên là {name}"), *also], ", ")
    return fix.en, fix.vi


def _path_elsewhere(country: Country, agency: Agency, folder: str) -> Iterable[Problem]:
    """Yield the path of an agency whose tenant lies where its code says, and not where the path does."""
    yield At(country, agency, "spec", "path").problem(
        "GC-OWNER-001",
        (f"the tenant of {agency.code} lies in {folder}/", f"tenant của {agency.code} nằm trong {folder}/"),
        (
            f"write path: {folder}; where the path is right, move the tenant to {agency.spec.path}/",
            f"ghi path: {folder}; nếu đường dẫn đúng thì chuyển tenant vào {agency.spec.path}/",
        ),
        value=agency.spec.path,
        allowed=folder,
    )


def folder_of(country: Country, declaration: Declaration) -> str:
    """Return the folder of a declaration's file within the country: `tenants/h41`."""
    file = country.document(declaration).file.removeprefix(f"{shown_name(country.folder)}/")
    return file.rpartition("/")[0]


def _central(country: Country, declaration: Declaration, wanted: str) -> Iterable[Problem]:
    named = wording.to_write(wording.kind(declaration.kind), declaration.kind)
    folder = folder_of(country, declaration)
    if folder.partition("/")[0] != wanted:
        yield At(country, declaration, "kind").problem(
            "GC-OWNER-002",
            (
                f"a declaration of kind {declaration.kind} does not belong here",
                f"khai báo {named} không thuộc thư mục này",
            ),
            (f"move it to {wanted}/", f"chuyển tệp vào {wanted}/")
            if wanted
            else ("move it to the country's own folder", "chuyển tệp ra thư mục gốc của quốc gia"),
            value=folder,
            allowed=wanted or ".",
        )


def _paths(country: Country) -> Iterable[tuple[str, Problem]]:
    """Yield the names of agencies whose folder is, holds, or lies in another agency's, each with the problem."""
    owners: dict[tuple[str, ...], str] = {}
    for agency in sorted(country.agencies.values(), key=precedence.agency_path):
        parts = PurePosixPath(agency.spec.path).parts
        around = next((owners[parts[:n]] for n in range(1, len(parts) + 1) if parts[:n] in owners), None)
        if around is not None or parts[:1] != ("tenants",) or len(parts) < 2:
            problem = At(country, agency, "spec", "path").problem(
                "GC-OWNER-004",
                (
                    f"the folder belongs to {around} as well" if around else "the folder does not lie in tenants/",
                    f"thư mục cũng thuộc về {around}" if around else "thư mục không nằm trong tenants/",
                ),
                (f"use tenants/{agency.tenant_name}", f"dùng tenants/{agency.tenant_name}"),
                value=agency.spec.path,
                allowed=f"tenants/{agency.tenant_name}",
            )
            yield agency.name, problem
        else:
            owners[parts] = agency.code
