"""The object store as its administrator reads it, compared with the plan: what no attempt of a tenant's can show."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import Protocol

from govcloud import render
from govcloud.audit.access import Access
from govcloud.audit.check import BlindError
from govcloud.audit.comparison import deviates
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison.words import in_words
from govcloud.country import Country
from govcloud.errors import GovCloudError, Language, Text
from govcloud.providers.storage import deviation, view
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud.providers.storage.site import store_of
from govcloud.providers.storage.store import Store

__all__ = ["StoreAdministrator", "StoreReader", "judge", "read"]

_SHOWN = 300
"""Most characters of a live value in a report."""


class StoreReader(Protocol):
    """Who reads the settings of a store, and whom it lets in."""

    def deviations(self, tenant: str) -> list[Deviation]:
        """Return where the tenant's part of the store is not as planned; raises GovCloudError where it can't look."""

    def close(self) -> None:
        """Release what was opened; it can be used again afterwards."""


class StoreAdministrator:
    """Reads the store of a country's one cloud with the keys of the environment, as the plugin that provisions does."""

    def __init__(self, country: Country) -> None:
        self._country = country
        self._opened: Store | None = None

    def deviations(self, tenant: str) -> list[Deviation]:
        """See :class:`StoreReader`."""
        planned = render.tenant(self._country, tenant)
        if self._opened is None:
            self._opened = Store(store_of(self._country.clouds[planned.cloud]), os.environ)
        space = NameSpace.of(self._country.name, tenant, self._country.tenants)
        seen = view.look(self._opened)
        return deviation.compare(self._opened, seen, planned.buckets, planned.identities, space)

    def close(self) -> None:
        """See :class:`StoreReader`."""
        if self._opened is not None:
            self._opened.close()


def read(access: Access, tenant: str) -> list[Deviation]:
    """Return where the tenant's part of the store is not as planned; raises BlindError where nobody could look."""
    if access.administrator is None:
        raise BlindError(
            Text("nobody reads the settings of the object store", "không ai đọc được thiết lập của kho đối tượng")
        )
    try:
        return access.administrator.deviations(tenant)
    except GovCloudError as error:
        raise BlindError(Text(*(error.render(each).splitlines()[0] for each in (Language.EN, Language.VI)))) from error


def judge(title: Text, found: Iterable[Deviation], name: str, settings: Collection[str], good: Text) -> Finding:
    """Return whether a bucket or identity called `name` is as planned in these settings, and there at all."""
    wrong = [row for row in found if row.name == name and row.setting in ("", *settings)]
    if wrong:
        return Finding(title, Verdict.FAIL, Text.joined(said(row) for row in wrong))
    return Finding(title, Verdict.PASS, good)


def said(row: Deviation) -> Text:
    """Return a deviation in one line."""
    live = row.live if len(row.live) <= _SHOWN else f"{row.live[: _SHOWN - 3]}..."
    return deviates(row.setting or row.subject, in_words(row.declared), in_words(live))
