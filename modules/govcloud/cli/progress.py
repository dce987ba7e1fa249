"""How a fleet run looks while it goes: a line a stack, or plain lines where nobody watches a terminal."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from govcloud.fleet.pulumi import Outcome, Step
from govcloud.stack import StackName
from govcloud_base.errors import Text

__all__ = ["FleetProgress", "describe"]

_DONE = {
    "create": Text("created", "đã tạo"),
    "update": Text("updated", "đã sửa"),
    "delete": Text("deleted", "đã xóa"),
    "replace": Text("replaced", "đã thay"),
    "import": Text("imported", "đã nhập"),
}

_DOING = {
    "same": Text("same", "giữ nguyên"),
    "create": Text("create", "tạo"),
    "update": Text("update", "sửa"),
    "delete": Text("delete", "xóa"),
    "replace": Text("replace", "thay"),
    "create-replacement": Text("create-replacement", "tạo bản thay"),
    "delete-replaced": Text("delete-replaced", "xóa bản cũ"),
    "read": Text("read", "đọc"),
    "refresh": Text("refresh", "đọc lại"),
    "import": Text("import", "nhập"),
}


def describe(outcome: Outcome) -> str:
    """Return a stack's outcome in a few words, such as `23 created, 2 updated`."""
    touched = [f"{outcome.changes[op]} {word.said}" for op, word in _DONE.items() if outcome.changes.get(op)]
    same = outcome.changes.get("same", 0)
    return ", ".join(touched) or Text(f"unchanged ({same} resources)", f"không đổi ({same} tài nguyên)").said


class FleetProgress:
    """The observer of a run (see `govcloud.fleet.runner.Observer`) that draws on a console."""

    def __init__(self, console: Console, total: int) -> None:
        """Draw on `console` a run of `total` stacks."""
        self._console = console
        self._total = total
        self._ended = 0
        self._rows: dict[StackName, TaskID] = {}
        self._begun: dict[StackName, float] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<22}"),
            TextColumn(f"{{task.completed:>4.0f}} {Text('resources', 'tài nguyên').said}"),
            TextColumn("{task.fields[last]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> FleetProgress:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def started(self, stack: StackName) -> None:
        """Open the stack's line."""
        self._begun[stack] = time.monotonic()
        self._rows[stack] = self._progress.add_task(str(stack), total=None, last="")

    def stepped(self, stack: StackName, step: Step) -> None:
        """Count one resource and name it."""
        name, word = step.urn.rpartition("::")[2], _DOING.get(step.operation, Text.quoted(step.operation))
        self._progress.update(self._rows[stack], advance=1, last=f"{word.said} {name}"[:60])

    def ended(self, outcome: Outcome) -> None:
        """Close the stack's line and leave its outcome on the console."""
        self._progress.remove_task(self._rows[outcome.stack])
        self._ended += 1
        mark = "[green]✓[/]" if outcome.succeeded else "[red]✗[/]"
        seconds = time.monotonic() - self._begun[outcome.stack]
        text = describe(outcome) if outcome.succeeded else Text("failed", "thất bại").said
        self._console.print(
            f"{mark} [{self._ended}/{self._total}] {outcome.stack!s:<22} {text}  {seconds:.1f} s",
            highlight=False,
        )
        for line in (*outcome.notes, *(() if outcome.succeeded else outcome.messages)):
            self._console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)
