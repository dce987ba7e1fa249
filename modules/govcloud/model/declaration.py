"""What every declaration has in common: apiVersion, kind, metadata and a spec, strict and frozen."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from govcloud.model.identifier import Identifier

__all__ = [
    "API_VERSION",
    "Declaration",
    "LastDay",
    "Metadata",
    "Once",
    "Reference",
    "Shape",
    "Title",
    "Validity",
    "Words",
]

API_VERSION = "govcloud/v1"


class Shape(BaseModel):
    """A part of a declaration: unknown fields refused, no coercion, no change after reading; camelCase in files."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


def _written(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("GC-FIELD-007", "nothing is written here", {})
    return text


Words = AfterValidator(_written)
"""Of a text for people: it holds more than spaces."""

Reference = Annotated[str, Field(min_length=3, max_length=200), Words]
"""A document, as whoever made it calls it: `12/2026/QĐ-UBND`."""


def _each_once(entries: tuple[object, ...]) -> tuple[object, ...]:
    for index, entry in enumerate(entries):
        if entry in entries[:index]:
            raise PydanticCustomError("GC-FIELD-008", "the entry stands twice", {"index": index})
    return entries


Once = AfterValidator(_each_once)
"""Of a list: no entry stands in it twice."""


class Title(Shape):
    """A name for people, in Vietnamese and, where there is one, in English."""

    vi: Annotated[str, Field(min_length=1, max_length=300), Words]
    """Vietnamese, with diacritics."""
    en: Annotated[str, Field(min_length=1, max_length=300), Words] | None = None
    """English."""


def _after_the_first(last: datetime.date, found: ValidationInfo) -> datetime.date:
    first = next((found.data[name] for name in ("valid_from", "since") if name in found.data), None)
    if first is not None and last < first:
        raise PydanticCustomError("GC-DATE-001", "the last day is before the first", {"allowed": f">= {first}"})
    return last


LastDay = Annotated[datetime.date, AfterValidator(_after_the_first)]
"""Last day of what begins on the day `validFrom` or `since` before it in the same place."""


class Validity(Shape):
    """A fact that holds from one day to another. Both days belong to it."""

    valid_from: datetime.date
    """First day."""
    valid_to: LastDay | None = None
    """Last day; absent while the fact is in force."""

    def holds(self, date: datetime.date) -> bool:
        """Return whether the fact holds on `date`."""
        return self.valid_from <= date and (self.valid_to is None or date <= self.valid_to)


class Metadata(Shape):
    """What identifies a declaration within its kind."""

    name: Identifier
    """Unique among the declarations of its kind in a country."""


class Declaration(Shape):
    """Base of every kind. A subclass narrows `kind` to its own name, adds `spec`, and says what all ask of a kind."""

    table: ClassVar[str]
    """The attribute of a country that holds the declarations of this kind by name."""
    vietnamese: ClassVar[str]
    """What the kind is called in Vietnamese sentences."""
    folder: ClassVar[str | None]
    """The country's folder that holds files of this kind, which the centre owns; None where their agency owns them."""
    stack: ClassVar[str | None] = None
    """The kind of the stack that provisions one of it; None where nothing is provisioned."""
    decides: ClassVar[bool] = False
    """Whether it says who owns what, or sets a control aside: such a file changes alone."""

    api_version: Literal["govcloud/v1"]
    """Version of the format."""
    kind: str
    """Kind."""
    metadata: Metadata
    """Identity."""

    @property
    def name(self) -> str:
        """The declaration's name, unique within its kind."""
        return self.metadata.name

    @property
    def provisioned(self) -> bool:
        """Whether there is a stack of it, where its kind has stacks."""
        return True

    @property
    def of_tenant(self) -> str | None:
        """The name of the only tenant that it is about; None where it is about none or several."""
        return None

    @property
    def bodies(self) -> tuple[str, ...]:
        """The codes of the agencies that it names as those whose business it is."""
        return ()

    def topics(self, country: str) -> Iterator[str]:
        """Yield what it is about, as words that others share (:mod:`govcloud.rules.topics`).

        `country` is the country's name.
        """
        return iter(())
