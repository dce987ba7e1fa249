"""What the commands of `govcloud backup` have in common: the places that they work at, and what is said of them."""

from __future__ import annotations

import dataclasses
import datetime
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.filesize import decimal

from govcloud import country
from govcloud.backup.places import Backing, Place, all_places, places, sealing_key
from govcloud.cli.at_hand import enter_cloud
from govcloud.cli.options import country_folder
from govcloud.cli.transferring import Transferring
from govcloud.country import Country
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Problem, Text
from govcloud_base.interruption import Interruption

if TYPE_CHECKING:
    from govcloud.backup.entry import Found
    from govcloud.backup.manifest import Head
    from govcloud.backup.vault import Vault

__all__ = [
    "Work",
    "about",
    "bar",
    "count_ahead",
    "moment",
    "most_told",
    "one_or_all",
    "row",
    "said_of",
    "shown",
    "which",
    "work",
]

_MOST_TOLD = 50
"""Problems of one bucket that are told one by one."""
_STOPPED = Text("stopped", "đã dừng")
_T = TypeVar("_T")


class Work:
    """The places of one command, and what went wrong at each."""

    def __init__(
        self, console: Console, declared: Country, chosen: tuple[Place, ...], key: bytes | None, unread: Sequence[str]
    ) -> None:
        self.console = console
        self.country = declared
        self.places = chosen
        self.key = key
        self.backing: Backing = Backing(declared, chosen)
        self.stop = threading.Event()
        self._lost: list[Problem] = []
        self._unread = [problem for tenant in unread for problem in declared.unread[tenant]]
        self._found: dict[Place, list[Problem]] = {}

    def note(self, place: Place, problem: Problem) -> None:
        """Keep what is wrong with something of a place."""
        self._found.setdefault(place, []).append(problem)

    def number(self, place: Place) -> int:
        """Return how much was noted of a place."""
        return len(self._found.get(place, ()))

    def vault(self, place: Place) -> Vault:
        """Return the backups of a place, which believe what the key sealed; what they tell is noted.

        Raises as :meth:`.Backing.vault`.
        """
        return dataclasses.replace(self.backing.vault(place), key=self.key, told=partial(self.note, place))

    def each(self, action: Text, one: Callable[[Work, Place], _T], stopped: Text = _STOPPED) -> dict[Place, _T]:
        """Do something at each place, whatever becomes of the others; `action` names it, with braces for the bucket.

        `stopped` is said where somebody ends it.
        """
        done: dict[Place, _T] = {}
        with Interruption() as interruption:
            self.stop = interruption.event
            for place in self.places:
                said = Text(action.en.format(place), action.vi.format(place))
                try:
                    with self.backing.working(place, said):
                        done[place] = one(self, place)
                except InterruptedError:
                    break
                except (CloudError, EnvironmentProblem) as error:
                    self._lost += error.problems
                except GovCloudError as error:
                    self._found.setdefault(place, []).extend(error.problems)
        if interruption.event.is_set():
            self.console.print(stopped.said)
        interruption.check()
        return done

    def end(self) -> None:
        """Raise what went wrong, of each place no more than anybody reads, and which tenants could not be read."""
        found: list[Problem] = []
        for place, problems in self._found.items():
            found += most_told(self.console, str(place), problems)
        problems = list(dict.fromkeys([*self._lost, *found, *self._unread]))
        if problems:
            raise (CloudError if self._lost else GovCloudError)(problems)


def most_told(console: Console, place: str, problems: list[Problem]) -> list[Problem]:
    """Return no more problems of a place than anybody reads, and say on the console how many more there are."""
    if more := max(0, len(problems) - _MOST_TOLD):
        said = Text(f"{place}: {more} more of these", f"{place}: còn {more} vấn đề như vậy")
        console.print(said.said, markup=False, highlight=False)
    return problems[:_MOST_TOLD]


@contextmanager
def work(
    folder: Path | None, tenant: str | None, environment: str | None, labels: Sequence[str] | None
) -> Iterator[Work]:
    """Find the places of a command, those of the whole country where no tenant is named; close their stores at its end.

    Raises UsageError where they are not declared, GovCloudError where the tenant cannot be read, EnvironmentProblem
    where the sealing key can't be had.
    """
    declared = country.remembered(country_folder(folder))
    chosen = all_places(declared) if tenant is None else places(declared, tenant, environment, labels or ())
    console = Console(stderr=True)
    key = sealing_key(os.environ.get("GOVCLOUD_BACKUP_KEY"))
    enter_cloud(console, needed=False)
    found = Work(console, declared, chosen, key, tuple(declared.unread) if tenant is None else ())
    try:
        yield found
    finally:
        found.backing.close()


def bar(console: Console, place: Place, en: str, vi: str) -> Transferring:
    """Return the bar of what is done at a place."""
    return Transferring(console, f"{place}: {Text(en, vi).said}")


def count_ahead(progress: Transferring, listed: Callable[[], Iterable[Found]]) -> None:
    """Count what will be copied, beside the copying: only so can it be said how long it will take."""

    def count() -> None:
        number = size = 0
        try:
            for found in listed():
                number, size = number + 1, size + found.size
        except Exception:  # the copying meets it as well, and tells of it
            return
        progress.expect(number, size)

    threading.Thread(target=count, daemon=True).start()


def moment(at: datetime.datetime | None) -> datetime.datetime | None:
    """Return the time with its zone: this machine's where none was said."""
    return at.astimezone(datetime.UTC) if at else None


def shown(at: datetime.datetime | None) -> str | None:
    """Return the time as it is shown."""
    return at.isoformat() if at else None


def which(environments: Sequence[str]) -> Problem:
    """Return the problem of a command that is for one environment, where several are meant."""
    return Problem(
        "GC-BACKUP-022",
        Text("several environments are meant", "có nhiều môi trường được nêu"),
        Text("say which with --environment", "chỉ rõ bằng --environment"),
        allowed=", ".join(environments),
    )


def one_or_all() -> Problem:
    """Return the problem of a command that is for one tenant or for all, where neither or both are meant."""
    return Problem(
        "GC-BACKUP-028",
        Text("neither one tenant is named nor all, or both are", "chưa nêu một tenant hoặc tất cả, hoặc nêu cả hai"),
        Text(
            "name one tenant, or write --all without a tenant, --bucket and --environment",
            "nêu một tenant, hoặc ghi --all không kèm tenant, --bucket và --environment",
        ),
        allowed="TENANT, --all",
    )


def row(place: Place) -> dict[str, Any]:
    """Return a place for programs."""
    return dataclasses.asdict(place)


def about(head: Head) -> dict[str, Any]:
    """Return a backup for programs."""
    return {
        "run": head.run,
        "began": head.began.isoformat(),
        "finished": head.finished.isoformat(),
        "complete": head.complete,
        "sealed": bool(head.seal),
        "digest": head.digest(),
        **dataclasses.asdict(head.counts),
    }


def said_of(place: Place, head: Head) -> str:
    """Return a backup in a line."""
    counts, size = head.counts, decimal(head.counts.bytes)
    moved = decimal(counts.copied_bytes)
    parts = [
        Text(f"{counts.versions} versions, {size}", f"{counts.versions} phiên bản, {size}"),
        Text(f"{counts.copied} copied ({moved})", f"{counts.copied} mới sao chép ({moved})"),
    ]
    more = {
        Text("no longer at the source", "không còn ở kho gốc"): counts.gone,
        Text("overwritten meanwhile", "bị ghi đè trong lúc sao chép"): counts.changed,
        Text("gone meanwhile", "bị xóa trong lúc sao chép"): counts.vanished,
        Text("NOT COPIED", "KHÔNG SAO CHÉP ĐƯỢC"): counts.failed,
    }
    parts += [Text(f"{number} {word.en}", f"{number} {word.vi}") for word, number in more.items() if number]
    return f"{place}: {head.run}: {'; '.join(part.said for part in parts)}"
