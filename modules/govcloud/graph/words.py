"""What a picture says: the reader's language, and what the identifiers of declarations are called in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic.alias_generators import to_snake

from govcloud.rules import wording
from govcloud_base.errors import Language

__all__ = ["Words"]


@dataclass(frozen=True)
class Words:
    """The words of one picture."""

    language: Language
    titles: Mapping[str, str]
    """Vietnamese titles by name (`wording.titles`)."""

    @property
    def vietnamese(self) -> bool:
        """Whether the reader reads Vietnamese."""
        return self.language is Language.VI

    def name(self, identifier: str) -> str:
        """Return what a tier, a state, a kind of links or a way is called."""
        return self.titles.get(identifier, identifier) if self.vietnamese else identifier

    def kind(self, name: str) -> str:
        """Return what a kind of budgets is called."""
        return wording.kind(name) if self.vietnamese else name

    def resource(self, field: str) -> str:
        """Return what a resource of a quota is called, by its field."""
        return wording.RESOURCES[to_snake(field)].vi if self.vietnamese else field

    def level(self, level: int) -> str:
        """Return a level with its word."""
        return f"{'cấp độ' if self.vietnamese else 'level'} {level}"
