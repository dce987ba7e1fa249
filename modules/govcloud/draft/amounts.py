"""Questions about amounts: one for each resource of a quota, those that few need only where they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pydantic.alias_generators import to_camel

from govcloud.draft.question import Question, Situation
from govcloud.model.quota import Quota
from govcloud.rules.wording import RESOURCES
from govcloud_base.errors import Text

__all__ = ["NAMES", "USUAL", "amounts", "plain"]

NAMES = RESOURCES
USUAL = ("cpu", "memory", "storage", "pods", "buckets", "object_storage")
"""What every request says how much of. The rest is asked for where `more` is answered with yes."""
_FURTHER = tuple(resource for resource in Quota.RESOURCES if resource not in USUAL)
_ITSELF = Text("", "")
_BYTES_OR_CPU = ("cpu", "memory", "storage", "object_storage", "ephemeral_storage")


def amounts(
    path: tuple[str, ...],
    propose: Callable[[str], Callable[[Situation], Any]] = lambda _: lambda _: None,
    prefix: str = "",
    of: Text = _ITSELF,
) -> Iterator[Question]:
    """Yield the questions for the quota at `path` of the spec; `propose` gives the proposal for a resource.

    Flags begin with `prefix`, questions end with `of`.
    """
    for resource in USUAL:
        yield _amount(resource, path, prefix, of, propose(resource))
    names = ", ".join(_FURTHER)
    called = ", ".join(f"{NAMES[name].vi} ({to_camel(name)})" for name in _FURTHER)
    yield Question(
        f"{prefix}more",
        Text(f"any {names}{of.en}", f"có cần {called}{of.vi} không"),
        propose=lambda _: False,
        kind=bool,
    )
    for resource in _FURTHER:
        yield _amount(resource, path, prefix, of, propose(resource), opened_by=f"{prefix}more")


def _amount(
    resource: str,
    path: tuple[str, ...],
    prefix: str,
    of: Text,
    propose: Callable[[Situation], Any],
    opened_by: str | None = None,
) -> Question:
    name = NAMES[resource]
    return Question(
        prefix + resource.replace("_", "-"),
        Text(name.en + of.en, name.vi + of.vi),
        (*path, to_camel(resource)),
        propose=propose,
        optional=opened_by is not None,
        opened_by=opened_by,
    )


def plain(resource: str, amount: int) -> Any:
    """Return an amount as a file writes it: pieces as a number, the rest with its unit."""
    return Quota.write(resource, amount) if resource in _BYTES_OR_CPU else amount
