"""A bag in the making: a folder under another name, and beside it a journal of what lies there already.

Whatever ends a run, the next one goes on there. It has the name of a bag once all of it is written, and not before.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Protocol

from govcloud.export import problems
from govcloud.export.item import Item
from govcloud.export.paths import PAYLOAD
from govcloud_base.errors import EnvironmentProblem, GovCloudError

__all__ = ["PART", "Unfinished", "journal_of", "on_disk", "written"]

PART = ".part"
"""What follows the name of a bag that is not whole."""
_BEGUN = ".begun"
_PIECE = 1 << 20
_LATE = ("manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig")


class Readable(Protocol):
    """What content is read from."""

    def read(self, amount: int, /) -> bytes:
        """Return up to `amount` bytes, b'' at the end."""


def journal_of(bag: Path) -> Path:
    """Return the file that says what an unfinished bag holds."""
    return bag.with_name(f".{bag.name}.journal")


class Unfinished:
    """The folder of one bag in the making, this run's alone.

    Where the disk refuses, its methods raise EnvironmentProblem (GC-EXPORT-002).
    """

    def __init__(self, bag: Path, about: Mapping[str, object]) -> None:
        """Begin the bag, or go on with what an earlier run of the same export left.

        Raises EnvironmentProblem where another run is at it (GC-EXPORT-004), GovCloudError where something else lies
        there (GC-EXPORT-003).
        """
        self.bag = bag
        self.folder = bag.with_name(bag.name + PART)
        self._journal_file = journal_of(bag)
        self._lock = threading.Lock()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_APPEND
        with on_disk(bag.parent):
            bag.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._journal_file, flags, 0o600)
        self._journal: IO[bytes] = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            with on_disk(self.folder):
                self._take(about)
        except BaseException:
            self.close()
            raise

    def _take(self, about: Mapping[str, object]) -> None:
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EnvironmentProblem(problems.busy(self.bag)) from None
        there = os.path.lexists(self.folder)
        first = next(self._lines(), None)
        head = json.dumps(about, sort_keys=True).encode()
        if first is not None and first != head:
            raise GovCloudError(problems.another(self.folder))
        if there and (first is None or not stat.S_ISDIR(self.folder.lstat().st_mode)):
            self._journal_file.unlink()
            raise GovCloudError(problems.not_ours(self.folder))
        if first is None:
            self._journal.truncate(0)
            self._journal.write(head + b"\n")
        else:
            self._journal.write(b"\n")  # after a line that was cut off nothing else is lost
        self.folder.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(self.folder / _BEGUN, ignore_errors=True)
        (self.folder / _BEGUN).mkdir(mode=0o700)
        for name in _LATE:
            (self.folder / name).unlink(missing_ok=True)

    def _lines(self) -> Iterator[bytes]:
        with open(self._journal.fileno(), "rb", closefd=False) as reader:
            reader.seek(0)
            for line in reader:
                if line.endswith(b"\n") and line.strip():
                    yield line.rstrip(b"\n")

    def left(self) -> Iterator[Item]:
        """Yield what earlier runs wrote down; a line that can't be read is as if it were not there."""
        lines = self._lines()
        next(lines, None)
        for line in lines:
            try:
                yield Item.of(line.decode())
            except (ValueError, KeyError, TypeError):
                continue

    def note(self, item: Item) -> None:
        """Write down that the content of an item lies here."""
        with self._lock, on_disk(self.folder):
            self._journal.write(item.line().encode() + b"\n")

    def holds(self, item: Item, stop: Callable[[], None]) -> bool:
        """Read the file of an item whole and return whether it is what was written down; `stop` may raise."""
        digest, size = hashlib.sha256(), 0
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with on_disk(self.folder), os.fdopen(os.open(self.folder / item.path, flags), "rb") as file:
                while piece := file.read(_PIECE):
                    stop()
                    digest.update(piece)
                    size += len(piece)
                os.fsync(file.fileno())
        except EnvironmentProblem as error:
            if isinstance(error.__cause__, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
                return False
            raise
        return size == item.found.size and digest.hexdigest() == item.sha256

    def receive(self, stream: Readable, path: str, stop: Callable[[], None]) -> None:
        """Write what a stream holds, and give it its path once it is all on the disk; `stop` may raise.

        Raises what the stream raises; nothing half written is ever at the path.
        """
        begun = self.folder / _BEGUN / f"{threading.get_native_id()}"
        target = self.folder / path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with on_disk(self.folder):
                descriptor = os.open(begun, flags, 0o600)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                # What the store's line breaks with is no fault of the disk's.
                while piece := memoryview(stream.read(_PIECE)):
                    stop()
                    with on_disk(self.folder):
                        while piece:
                            piece = piece[file.write(piece) :]
                with on_disk(self.folder):
                    os.fsync(file.fileno())
            with on_disk(self.folder):
                self._make_way(target)
                begun.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                begun.unlink()
            raise

    def _make_way(self, target: Path) -> None:
        """Make the folders above a file, in the place of whatever an earlier run had there under another plan."""
        with self._lock:
            try:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                for folder in reversed(target.relative_to(self.folder).parents):
                    if (above := self.folder / folder).is_file():
                        above.unlink()
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.is_dir():
                shutil.rmtree(target)

    def sweep(self, known: Callable[[str], bool]) -> None:
        """Remove what lies in the payload and is none of the bag: an earlier run saw what is no longer there."""
        with on_disk(self.folder):
            self._sweep(known)

    def _sweep(self, known: Callable[[str], bool]) -> None:
        (self.folder / PAYLOAD).mkdir(mode=0o700, exist_ok=True)
        for where, folders, files in os.walk(self.folder / PAYLOAD, topdown=False):
            for name in (*files, *folders):
                path = Path(where, name)
                if path.is_dir() and not path.is_symlink():
                    with contextlib.suppress(OSError):
                        path.rmdir()  # which only an empty one lets happen
                elif not known(path.relative_to(self.folder).as_posix()):
                    path.unlink()

    def finish(self) -> None:
        """Give the bag its name, all of it being on the disk."""
        with on_disk(self.folder):
            shutil.rmtree(self.folder / _BEGUN)
            for where, _, _ in os.walk(self.folder, topdown=False):
                _settle(Path(where))
            self.folder.rename(self.bag)
            _settle(self.bag.parent)
            self._journal_file.unlink(missing_ok=True)

    def close(self) -> None:
        """Let the folder go; another run may go on with it."""
        self._journal.close()


@contextlib.contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Say of what the system refuses inside that the disk does: EnvironmentProblem (GC-EXPORT-002)."""
    try:
        yield
    except InterruptedError:  # somebody asked to stop
        raise
    except OSError as error:
        raise EnvironmentProblem(problems.unwritable(folder, error)) from error


@contextlib.contextmanager
def written(file: Path) -> Iterator[IO[bytes]]:
    """Give a new file, which is on the disk where the block ends well. Raises OSError where it can't be written."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(file, flags, 0o600), "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
