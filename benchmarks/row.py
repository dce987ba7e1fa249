"""One measured ratio and its budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

__all__ = ["Row", "print_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """What our work took beside the peer's in the same run; seconds, unless a unit says otherwise."""

    work: str
    ours: float
    peer: float | None
    """None where the budget stands by itself."""
    peer_name: str
    budget: float
    """Most that the budget allows, computed from the peer's."""
    budget_text: str
    unit: str = "s"

    @property
    def kept(self) -> bool:
        """Whether the budget was kept."""
        return self.ours <= self.budget


def print_rows(rows: Iterable[Row]) -> None:
    """Print all rows; a missed budget is called missed."""
    table = Table(title="Measured on this machine", title_justify="left", show_edge=False)
    for heading in ("work", "ours", "peer", "ratio", "budget", ""):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row.work,
            f"{row.ours:.2f} {row.unit}",
            f"{row.peer_name}: {row.peer:.2f} {row.unit}" if row.peer is not None else "",
            f"{row.ours / row.peer:.2f}" if row.peer is not None else "",
            f"{row.budget_text} = {row.budget:.2f} {row.unit}" if row.peer is not None else row.budget_text,
            "kept" if row.kept else "MISSED",
        )
    Console().print(table)
