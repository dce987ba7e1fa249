"""StoreTable: what the object store of a cloud was seen to do and not to do, each capability by its effect."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from govcloud.model.declaration import Declaration, Shape
from govcloud.model.dialect import Dialect
from govcloud.model.identifier import Identifier

__all__ = ["Exchange", "Reason", "StoreTable", "StoreTableSpec", "Tried", "digest"]

Verdict = Literal["works", "does-not", "untried"]


def _moment(text: str) -> str:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("GC-FIELD-005", "no such moment", {"allowed": "2026-11-30T21:00:00Z"}) from None
    return text


Moment = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
    AfterValidator(_moment),
]
"""A second of the universal time."""


Seconds = Annotated[
    Decimal,
    BeforeValidator(lambda value: Decimal(value) if type(value) is int else value),
    Field(ge=0, le=86_400),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""An amount of time."""


class Exchange(Shape):
    """One question to the store, and its answer."""

    sent: Annotated[str, Field(max_length=200)]
    """Operation, before it whose key it was where not the provisioner's."""
    got: Annotated[str, Field(max_length=200)]
    """HTTP status and error code, or what became of the connection."""


class Reason(Shape):
    """Why it does not work, or could not be tried."""

    en: Annotated[str, Field(max_length=2000)]
    """English."""
    vi: Annotated[str, Field(max_length=2000)]
    """Vietnamese."""


class Tried(Shape):
    """One capability after its trial."""

    verdict: Verdict
    """Whether it works, does not, or could not be tried."""
    reason: Reason | None = None
    """Why, where it is not that it works."""
    evidence: tuple[Exchange, ...] = ()
    """What was sent and what came back."""
    seconds: Seconds
    """How long the trial took."""


class StoreTableSpec(Shape):
    """What was found."""

    dialect: Dialect
    """Dialect in which the store was administered."""
    server: Annotated[str, Field(max_length=200)] = ""
    """What the server calls itself, with its version where it says that."""
    at: Moment
    """When it was looked at."""
    capabilities: Mapping[Identifier, Tried]
    """Every capability by its id."""
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Digest of all of this, as the probe found it: a table that was changed by hand is none."""

    @property
    def day(self) -> datetime.date:
        """The day on which the store was looked at."""
        return datetime.datetime.fromisoformat(self.at).date()


class StoreTable(Declaration):
    """What a cloud's object store was seen to do. Written by `govcloud storage probe`; named as the cloud."""

    kind: Literal["StoreTable"]
    spec: StoreTableSpec
    table: ClassVar[str] = "store_tables"
    vietnamese: ClassVar[str] = "bảng năng lực kho đối tượng"
    folder: ClassVar[str | None] = "stores"

    def topics(self, country: str) -> Iterator[str]:
        """Yield the cloud whose store it is about."""
        yield f"store {self.name}"


def digest(spec: StoreTableSpec) -> str:
    """Return the digest that a table of such content has, whatever its own says."""
    plain = spec.model_dump(by_alias=True, exclude={"digest"})
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=float)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
