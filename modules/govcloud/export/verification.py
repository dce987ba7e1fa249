"""A bag checked again, offline: every digest, nothing missing, nothing added, and the signature by a public key.

Whoever made the bag is not trusted: no path of a manifest leads out of it, and links are findings, never followed.
"""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import stat
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud.export import bag, problems
from govcloud.export.item import Item
from govcloud.export.paths import PAYLOAD, is_safe
from govcloud.export.unfinished import PART
from govcloud.refusal import refusal
from govcloud.report.signature import fingerprint, signed_by
from govcloud_base.errors import GovCloudError, Problem, Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Checked", "bags", "check"]

_PIECE = 1 << 20
_MOST_TOLD = 50
"""Problems of one bag that are kept; all are counted."""
_MOST_TAG = 1 << 20
"""Bytes of a tag file that is read whole: ours are some hundred."""
_DIGEST = "SELECT sha256 FROM file WHERE path = ?"
_NEEDED = (bag.DECLARATION, bag.INFO, bag.MANIFEST, bag.OBJECTS)


@dataclass
class Checked:
    """What was looked at, and what of it is not as it should be."""

    files: int = 0
    """Files of the payload that were read from the first byte to the last."""
    bytes: int = 0
    digest: str = ""
    """Digest of the manifest of tag files."""
    signed: bool = False
    """Whether the bag says that it is signed."""
    verified: bool = False
    """Whether the signature was seen to be by the key that was given."""
    about: dict[str, str] = field(default_factory=dict)
    """What the bag says of itself."""
    wrong: int = 0
    problems: list[Problem] = field(default_factory=list)
    """The first of what is wrong."""

    def note(self, problem: Problem) -> None:
        """Count something that is wrong."""
        self.wrong += 1
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(problem)


def bags(folder: Path) -> list[Path]:
    """Return the bags of an export: the folder itself, or those in it, unfinished ones too.

    Raises GovCloudError (GC-EXPORT-007) where there is none.
    """
    try:
        if (folder / bag.DECLARATION).exists():
            return [folder]
        found = sorted(
            each for each in folder.iterdir() if each.name.endswith(PART) or (each / bag.DECLARATION).exists()
        )
    except OSError as error:
        raise GovCloudError(problems.no_bag(folder, refusal(error))) from None
    if not found:
        raise GovCloudError(problems.no_bag(folder, Text("no `bagit.txt`", "không có `bagit.txt`")))
    return found


def check(
    folder: Path,
    key: Ed25519PublicKey | None = None,
    *,
    stop: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda number, size: None,
) -> Checked:
    """Read all of a bag and compare it with what it says; with `key` it must be signed by its other half.

    `told` hears of each file that is done with its bytes. Raises InterruptedError once `stop` is set.
    """
    checked = Checked()
    if folder.name.endswith(PART):
        checked.note(problems.not_whole(folder))
        return checked
    try:
        content = _small(folder / bag.TAG_MANIFEST, checked) or b""
        _tags(folder, content, checked)
        whole = not checked.wrong
        _signature(folder, content, key, checked)
        if whole:
            _payload(folder, checked, stop or threading.Event(), told)
    except InterruptedError:
        raise
    except OSError as error:
        checked.note(problems.no_bag(folder, refusal(error)))
    return checked


def _tags(folder: Path, content: bytes, checked: Checked) -> None:
    """Check what stands beside the payload: what the manifest of it, which is `content`, names, and nothing else."""
    checked.digest = hashlib.sha256(content).hexdigest()
    named: set[str] = set()
    for line in bag.lines_of(io.BytesIO(content)):
        path = line[0] if line else None
        if line is None or path is None or path in named or not is_safe(f"{PAYLOAD}/{path}"):
            checked.note(problems.misnamed(folder / bag.TAG_MANIFEST, path))
            continue
        named.add(path)
        _compare(folder / path, line[1], checked)
    for name in _NEEDED:
        if name not in named:
            checked.note(problems.lacking(folder / name))
    beside = {bag.TAG_MANIFEST, bag.SIGNATURE} | named
    for file, mode in _within(folder, leaving=folder / PAYLOAD):
        if file.relative_to(folder).as_posix() not in beside or not stat.S_ISREG(mode):
            checked.note(problems.added(file))
    if checked.wrong:
        return
    if (folder / bag.DECLARATION).read_bytes() != bag.DECLARED:
        checked.note(problems.no_bag(folder, Text("not BagIt 1.0 in UTF-8", "không phải `BagIt` 1.0 dạng UTF-8")))
    for row in (_small(folder / bag.INFO, checked) or b"").decode(errors="replace").splitlines():
        label, _, value = row.partition(":")
        checked.about[label.strip()] = value.strip()
    if checked.about.get("GovCloud-Format") != bag.FORMAT:
        checked.note(problems.no_bag(folder, Text(f"not of the form {bag.FORMAT}", f"không theo dạng {bag.FORMAT}")))


def _signature(folder: Path, content: bytes, key: Ed25519PublicKey | None, checked: Checked) -> None:
    by = checked.about.get("GovCloud-Signing-Key", bag.UNSIGNED)
    checked.signed = by != bag.UNSIGNED
    there = (folder / bag.SIGNATURE).is_file()
    again = Text("have the bag sent again by who made it", "yêu cầu bên xuất gửi lại gói")
    if key is None:
        if checked.signed or there:
            name_it = Text("name the public key with --key", "nêu khóa công khai bằng --key")
            why = Text("it was not checked, for want of a key", "chưa kiểm tra vì không có khóa")
            checked.note(problems.not_signed(folder, why, name_it))
    elif not there:
        checked.note(problems.not_signed(folder, Text("there is none", "không có chữ ký"), again))
    elif not signed_by(key, _small(folder / bag.SIGNATURE, checked) or b"", content):
        other = Text(
            f"it is not by this key ({fingerprint(key)}) over what lies here",
            f"không do khóa này ({fingerprint(key)}) ký trên nội dung ở đây",
        )
        checked.note(problems.not_signed(folder, other, again))
    else:
        checked.verified = True


def _payload(folder: Path, checked: Checked, stop: threading.Event, told: Callable[[int, int], None]) -> None:
    # With an empty name the pages go to a file without a name, and only when there are many.
    with closing(sqlite3.connect("", isolation_level=None)) as known:
        known.execute("PRAGMA journal_mode=OFF")
        known.execute("PRAGMA cache_size=-16384")
        known.execute(
            "CREATE TABLE file (path TEXT PRIMARY KEY, sha256 TEXT, there INTEGER, listed INTEGER) WITHOUT ROWID"
        )
        with (folder / bag.MANIFEST).open("rb") as manifest:
            for line in bag.lines_of(manifest):
                safe = line is not None and is_safe(line[0])
                if not safe or not known.execute("INSERT OR IGNORE INTO file VALUES (?, ?, 0, 0)", line or ()).rowcount:
                    checked.note(problems.misnamed(folder / bag.MANIFEST, line[0] if line else None))
        for path, mode in _within(folder / PAYLOAD):
            if stop.is_set():
                raise InterruptedError
            name = os.fsencode(path.relative_to(folder).as_posix()).decode(errors="replace")
            row = known.execute(_DIGEST, (name,)).fetchone()
            if row is None:  # Apple's systems write letters and their marks apart
                name = unicodedata.normalize("NFC", name)
                row = known.execute(_DIGEST, (name,)).fetchone()
            if row is None or not stat.S_ISREG(mode):
                checked.note(problems.added(path))
                continue
            known.execute("UPDATE file SET there = 1 WHERE path = ?", (name,))
            size = _compare(path, row[0], checked, stop)
            checked.files, checked.bytes = checked.files + 1, checked.bytes + size
            told(1, size)
        for row in known.execute("SELECT path FROM file WHERE NOT there"):
            checked.note(problems.lacking(folder / row[0]))
        _listed(folder, known, checked)
    said, found = checked.about.get("Payload-Oxum", ""), f"{checked.bytes}.{checked.files}"
    if said != found:
        checked.note(problems.totals(folder, said, found))


def _listed(folder: Path, known: sqlite3.Connection, checked: Checked) -> None:
    """Compare the list of objects with the manifest: each names what the other names, with the same digest."""
    with (folder / bag.OBJECTS).open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                item = Item.of(line.decode())
            except (ValueError, KeyError, TypeError):
                checked.note(problems.unlike(folder / bag.OBJECTS, number))
                continue
            which = (item.path, item.sha256)
            marked = "UPDATE file SET listed = 1 WHERE path = ? AND sha256 = ? AND NOT listed"
            if not item.found.marker and not known.execute(marked, which).rowcount:
                checked.note(problems.unlike(folder / bag.OBJECTS, number))
    for row in known.execute("SELECT path FROM file WHERE NOT listed"):
        checked.note(problems.added(folder / row[0]))


def _compare(file: Path, wanted: str, checked: Checked, stop: threading.Event | None = None) -> int:
    """Read a file whole, note where it is another than its digest says, and return its bytes."""
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            while piece := stream.read(_PIECE):
                if stop is not None and stop.is_set():
                    raise InterruptedError
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        checked.note(problems.lacking(file))
    except InterruptedError:
        raise
    except OSError as error:
        checked.note(problems.altered(file, refusal(error)))
    else:
        if digest.hexdigest() != wanted:
            checked.note(problems.altered(file, Text.quoted(f"sha256 {digest.hexdigest()} ≠ {wanted}")))
    return size


def _small(file: Path, checked: Checked) -> bytes | None:
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            return stream.read(_MOST_TAG)
    except FileNotFoundError:
        checked.note(problems.lacking(file))
    except OSError as error:
        checked.note(problems.altered(file, refusal(error)))
    return None


def _within(folder: Path, leaving: Path | None = None) -> Iterator[tuple[Path, int]]:
    """Yield all that is no folder, with its mode; links are not followed, however deep it goes."""
    ahead = [folder]
    while ahead:
        with os.scandir(ahead.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    if path != leaving:
                        ahead.append(path)
                else:
                    yield path, entry.stat(follow_symlinks=False).st_mode
