"""Names of stacks: `<kind>.<id>` says what a stack provisions (ADR 0003)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from govcloud_base.errors import Problem, Text, UsageError

__all__ = ["StackKind", "StackName"]


class StackKind(enum.StrEnum):
    """What a stack provisions, in the order in which one needs the other."""

    CLUSTER = "cluster"
    TENANT = "tenant"
    SEGMENT = "segment"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class StackName:
    """A stack's name taken apart: its kind, and the id of the declaration that it provisions."""

    kind: StackKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}.{self.id}"

    @classmethod
    def parse(cls, name: str) -> StackName:
        """Read a name such as `tenant.h41`. Raises UsageError when its shape is wrong."""
        kind, _, identifier = name.partition(".")
        if identifier and kind in {k.value for k in StackKind}:
            return cls(StackKind(kind), identifier)
        raise UsageError(
            Problem(
                code="GC-STACK-001",
                message=Text(
                    en="a stack's name says what it provisions, as <kind>.<id>",
                    vi="tên stack cho biết nó dựng gì, dạng <loại>.<mã>",
                ),
                value=name,
                allowed=", ".join(f"{k.value}.<id>" for k in StackKind),
                fix=Text(
                    en="name an existing declaration, for example tenant.h41; `govcloud up --list` shows all",
                    vi="ghi một khai báo đang có, ví dụ tenant.h41; `govcloud up --list` liệt kê tất cả",
                ),
            )
        )
