"""One measured ratio and its budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

__all__ = ["Row", "print_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds that our work took beside the peer's in the same run."""

    work: str
    ours: float
    peer: float
    peer_name: str
    budget: float
    """Most seconds that the budget allows, computed from the peer's."""
    budget_text: str

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
            f"{row.ours:.2f} s",
            f"{row.peer_name}: {row.peer:.2f} s",
            f"{row.ours / row.peer:.2f}",
            f"{row.budget_text} = {row.budget:.2f} s",
            "kept" if row.kept else "MISSED",
        )
    Console().print(table)
