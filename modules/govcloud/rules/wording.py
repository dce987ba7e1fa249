"""What identifiers of files are called in sentences for people: the law's own titles, in their language.

A word of a file, such as `ministry` or `halted`, is no word of a Vietnamese sentence. Where the reader must write it,
it stands in parentheses after its title.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.country.kinds import KIND_WORDS
from govcloud.country.law import Law
from govcloud_base.errors import Text

__all__ = ["RESOURCES", "either", "holder", "kind", "resource", "state", "titles", "to_write"]

RESOURCES = {
    "cpu": Text("processors", "bộ xử lý"),
    "memory": Text("memory", "bộ nhớ"),
    "storage": Text("volumes", "dung lượng ổ đĩa"),
    "gpu": Text("graphics processors", "bộ xử lý đồ họa"),
    "pods": Text("pods", "số pod"),
    "buckets": Text("number of buckets", "số kho đối tượng"),
    "object_storage": Text("object storage", "dung lượng kho đối tượng"),
    "namespaces": Text("namespaces", "số namespace"),
    "objects": Text("objects in the object store", "số đối tượng trong kho"),
    "addresses": Text("IPv4 addresses of the dedicated network", "số địa chỉ IPv4 của mạng chuyên dùng"),
    "ephemeral_storage": Text("disk of nodes for pods", "dung lượng đĩa tạm của pod"),
}
"""Every resource of a quota, for people."""


def titles(law: Law, date: datetime.date) -> dict[str, str]:
    """Return the Vietnamese titles of tiers, states, kinds of links and platforms, and ways on `date`, by their names.

    No name stands for two things of these.
    """
    table = law.lifecycle(date)
    states = table.spec.states if table else {}
    return {
        **{name: tier.title.vi for name, tier in law.tiers(date).items()},
        **{name: title.vi for name, title in law.titles(date).items()},
        **{name: rules.title.vi for name, rules in states.items()},
    }


def state(country: Country, date: datetime.date, name: str) -> str:
    """Return the Vietnamese title of a state of a tenant's life."""
    return titles(country.law, date).get(name, name)


def resource(name: str) -> str:
    """Return what a resource of a quota is called in Vietnamese, with its field: `bộ nhớ (memory)`."""
    return to_write(RESOURCES[name].vi, to_camel(name))


def kind(name: str) -> str:
    """Return what a kind of declarations is called in Vietnamese."""
    return KIND_WORDS.get(name.lower(), name)


def holder(name: str) -> str:
    """Return who holds a share of a budget, such as `environment prod`, in Vietnamese."""
    what, _, rest = name.partition(" ")
    return f"{kind(what)} {rest}"


def to_write(title: str, name: str) -> str:
    """Return a title with the identifier that the reader has to write; the identifier alone where it has no title."""
    return name if title == name else f"{title} ({name})"


def either(titles: Iterable[str]) -> str:
    """Return a choice in Vietnamese."""
    return " hoặc ".join(titles)
