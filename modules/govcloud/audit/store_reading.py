"""The object store as its administrator reads it, compared with the plan: what no attempt of a tenant's can show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from govcloud import render
from govcloud.audit.access import Access
from govcloud.audit.check import BlindError
from govcloud.audit.comparison import deviates
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.connection import Connection
from govcloud.comparison.words import in_words
from govcloud.country import Country
from govcloud.providers.storage import content, delivery, deviation, strangers
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.deviation import Deviation, NameSpace
from govcloud_base.errors import GovCloudError, Language, Text

__all__ = ["StoreAdministrator", "StoreReader", "judge", "read"]

_Seen = TypeVar("_Seen")
_SHOWN = 300
"""Most characters of a live value in a report."""
_COUNTING_SECONDS = 20.0
"""Longest that the objects of one bucket are counted: some ten thousand on a busy machine, a thousand an answer."""


class StoreReader(Protocol):
    """Who reads the settings of a store, and whom it lets in."""

    def deviations(self, tenant: str) -> list[Deviation]:
        """Return where the tenant's part of the store is not as planned; raises GovCloudError where it can't look."""

    def deliveries(self, tenant: str, live: Mapping[str, Mapping[str, Any]]) -> list[Deviation]:
        """Return where the content of the tenant's delivered Secrets is not what was delivered.

        `live` are those that are there, by `namespace/name`. Raises GovCloudError where it can't look.
        """

    def strangers(self) -> list[Deviation]:
        """Return the buckets that look like the platform's and are nobody's; raises GovCloudError likewise."""

    def count(self, bucket: str, most: int) -> Count:
        """Return how many versions a bucket keeps, counted no further than past `most` and for no longer than is fit.

        Raises GovCloudError where it can't look.
        """

    def close(self) -> None:
        """Release what was opened; it can be used again afterwards."""


class StoreAdministrator:
    """Reads the store of a country's one cloud with the platform's keys, as the plugin that provisions does.

    `neighbours` are tenants of other clouds whose buckets may lie in the same store, `backups` the buckets in which
    others keep their backups there.
    """

    def __init__(
        self,
        country: Country,
        connection: Connection,
        neighbours: Collection[str] = (),
        backups: Collection[str] = (),
    ) -> None:
        self._country = country
        self._connection = connection
        self._tenants = frozenset([*country.tenants, *neighbours])
        self._backups = frozenset(backups)

    def deviations(self, tenant: str) -> list[Deviation]:
        """See :class:`StoreReader`."""
        planned = render.tenant(self._country, tenant)
        space = NameSpace.of(self._country.name, tenant, self._tenants)
        connection = self._connection
        return deviation.compare(connection.store, connection.stored(), planned.buckets, planned.identities, space)

    def deliveries(self, tenant: str, live: Mapping[str, Mapping[str, Any]]) -> list[Deviation]:
        """See :class:`StoreReader`."""
        planned = render.tenant(self._country, tenant)
        connection = self._connection
        store, seen, around = connection.store, connection.stored(), connection.environment
        return list(delivery.compare(store, seen, planned.identities, live, planned.cloud, around))

    def strangers(self) -> list[Deviation]:
        """See :class:`StoreReader`."""
        return strangers.buckets(self._connection.store, self._country.name, self._tenants, self._backups)

    def count(self, bucket: str, most: int) -> Count:
        """See :class:`StoreReader`."""
        store = self._connection.store
        with store.reported(Text(f"counting the objects of bucket {bucket}", f"việc đếm đối tượng của kho {bucket}")):
            return content.count(store.s3, bucket, most, _COUNTING_SECONDS)

    def close(self) -> None:
        """See :class:`StoreReader`."""
        self._connection.close()


def read(access: Access, look: Callable[[StoreReader], _Seen]) -> _Seen:
    """Return what `look` finds in the store as its administrator; raises BlindError where nobody could look."""
    if access.administrator is None:
        raise BlindError(
            Text("nobody reads the settings of the object store", "không ai đọc được thiết lập của kho đối tượng")
        )
    try:
        return look(access.administrator)
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
