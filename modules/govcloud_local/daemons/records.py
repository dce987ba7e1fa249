"""Which daemons this cloud started: one record a daemon, and a search for those that got away without one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from govcloud_local import private_file
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.daemons.process import Process
from govcloud_local.daemons.sockets import SocketFile
from govcloud_local.settings import Settings

__all__ = ["MARK", "Record", "delete", "digest", "read", "read_all", "save", "strays"]

MARK = "GOVCLOUD_COMPONENT"
"""Environment variable of every daemon: `<state folder>:<component>`."""


@dataclass(frozen=True, slots=True)
class Record:
    """One daemon that was started, dead or alive."""

    name: str
    process: Process | None
    """None: the record is from an earlier boot, or damaged."""
    after: tuple[str, ...]
    """What it was started after, and so must be stopped before."""
    patience: float
    """Seconds that it may take to stop."""
    digest: str
    """Of what it was started with."""
    sockets: tuple[SocketFile, ...] = ()
    """What it bound, as far as known; they go with it."""
    socket_names: tuple[str, ...] = ()
    """Patterns of what it may have bound unseen."""

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.alive()


def digest(settings: Settings, component: Component, node: Process | None) -> str:
    """Return a fingerprint of all that a daemon is started with; another one means: start it again."""
    parts: list[object] = [component.argv, sorted(component.environment.items()), component.home.value]
    if settings.full and (component.home is not Home.HOST or NODE_INIT in (component.after or ())):
        parts.append((node.pid, node.started) if node else None)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def save(settings: Settings, record: Record) -> None:
    """Write a record; until then nobody finds the daemon but by its mark."""
    assert record.process is not None
    file = _file(settings, record.name)
    more = {name: value for name, value in asdict(record).items() if name not in ("name", "process")}
    private_file.write(file.with_suffix(".about"), json.dumps(more))
    record.process.save(file)


def read(settings: Settings, name: str) -> Record | None:
    """Return the record of a component, or None when it was never started or has been stopped."""
    file = _file(settings, name)
    if not file.exists():
        return None
    more: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        more = json.loads(file.with_suffix(".about").read_text())
    patience = more.get("patience")
    return Record(
        name=name,
        process=Process.load(file),
        after=_words(more.get("after")),
        patience=float(patience) if isinstance(patience, int | float) else 10.0,
        digest=str(more.get("digest", "")),
        sockets=_sockets(more.get("sockets")),
        socket_names=_words(more.get("socket_names")),
    )


def read_all(settings: Settings) -> list[Record]:
    """Return every record, also of daemons that have died."""
    found = (read(settings, file.stem) for file in sorted(settings.run.glob("*.json")))
    return [record for record in found if record is not None]


def delete(settings: Settings, name: str) -> None:
    """Forget a daemon that has ended."""
    file = _file(settings, name)
    file.unlink(missing_ok=True)
    file.with_suffix(".about").unlink(missing_ok=True)


def strays(settings: Settings, known: Iterable[Process]) -> list[Process]:
    """Return processes that carry this cloud's mark and are not `known`: `up` was killed before writing them down."""
    mark = f"{MARK}={settings.state}:".encode()
    ours = {process.pid for process in known}
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in ours or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if any(item.startswith(mark) for item in (entry / "environ").read_bytes().split(b"\0")):
                process = Process.of(int(entry.name))
                # only what `spawn` started leads a session: containerd's shims inherit the mark, and hold running pods
                if process and process.alive() and os.getsid(process.pid) == process.pid:
                    found.append(process)
    return found


def _words(rows: object) -> tuple[str, ...]:
    return tuple(map(str, rows)) if isinstance(rows, list) else ()


def _sockets(rows: object) -> tuple[SocketFile, ...]:
    try:
        return tuple(SocketFile(str(row["path"]), int(row["inode"]), int(row["made"])) for row in rows)  # type: ignore[attr-defined]
    except (TypeError, KeyError, ValueError):
        return ()


def _file(settings: Settings, name: str) -> Path:
    return settings.run / f"{name}.json"
