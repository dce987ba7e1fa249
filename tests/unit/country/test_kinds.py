"""Kinds of declarations: each says itself what others ask of it."""

from __future__ import annotations

import dataclasses

import pytest

from govcloud.country import Country
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.model.declaration import Declaration
from govcloud.stack import StackKind


@pytest.mark.parametrize("name", COUNTRY_KINDS)
def test_a_kind_answers_all_that_is_asked_of_it(name: str) -> None:
    kind = COUNTRY_KINDS[name]
    assert kind.table in {field.name for field in dataclasses.fields(Country)}
    assert kind.vietnamese
    assert kind.folder is None or kind.folder == "" or kind.folder.isalpha()
    assert kind.topics is not Declaration.topics or name == "Country"


def test_every_kind_of_stack_provisions_one_kind_of_declaration() -> None:
    stacks = [kind.stack for kind in COUNTRY_KINDS.values() if kind.stack]
    assert sorted(stacks) == sorted(kind.value for kind in StackKind)
