"""Which kind a document declares."""

from __future__ import annotations

from collections.abc import Mapping

from govcloud.country.characters import shown
from govcloud.country.document import Document
from govcloud.country.suggestion import did_you_mean
from govcloud.model.agency import Agency
from govcloud.model.cloud import Cloud
from govcloud.model.declaration import Declaration
from govcloud.model.image_lock import ImageLock
from govcloud.model.link import Link
from govcloud.model.platform import Platform
from govcloud.model.segment import Segment
from govcloud.model.settings import CountrySettings
from govcloud.model.store_table import StoreTable
from govcloud.model.tenant import Tenant
from govcloud.model.waiver import Waiver
from govcloud_base.errors import GovCloudError, Problem, Text

__all__ = ["COUNTRY_KINDS", "KIND_WORDS", "kind_of"]

COUNTRY_KINDS: dict[str, type[Declaration]] = {
    "Country": CountrySettings,
    "Cloud": Cloud,
    "Agency": Agency,
    "Tenant": Tenant,
    "Segment": Segment,
    "Link": Link,
    "Platform": Platform,
    "Waiver": Waiver,
    "ImageLock": ImageLock,
    "StoreTable": StoreTable,
}
"""Kinds that a country's folder may hold: what each is to others, it says itself (`Declaration`)."""
KIND_WORDS = {
    **{name.lower(): kind.vietnamese for name, kind in COUNTRY_KINDS.items()},
    # what a declaration holds, and what follows from it
    "environment": "môi trường",
    "bucket": "kho",
    "storageidentity": "khóa của kho",
    "namespace": "namespace",
}
"""What kinds are called in Vietnamese sentences, by their names in lower case."""


def kind_of(document: Document, kinds: Mapping[str, type[Declaration]]) -> type[Declaration]:
    """Return the model of the document's kind.

    Raises GovCloudError where it names none of `kinds`.
    """
    value = document.value
    kind = value.get("kind") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    english, vietnamese = did_you_mean(str(kind), kinds)
    raise GovCloudError(
        Problem(
            "GC-KIND-001",
            Text("the file names no known kind", "tệp không nêu loại khai báo đã biết"),
            Text(english or "write kind: with an allowed value", vietnamese or "viết kind: với giá trị cho phép"),
            document.place("kind"),
            value=None if kind is None else shown(kind),
            allowed=", ".join(kinds),
        )
    )
