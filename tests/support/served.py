"""A daemon that tests run as their child, prepared as those of a cloud are: one of a cloud of theirs, or alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from govcloud_local.daemons import sockets
from govcloud_local.daemons.component import Component
from govcloud_local.daemons.process import Process

__all__ = ["running"]


@contextlib.contextmanager
def running(component: Component, folder: Path) -> Iterator[None]:
    """Run it for as long as the context lasts, however that ends; it works and logs in `folder`."""
    log = folder / "log"
    with log.open("w") as said:
        child = subprocess.Popen(
            component.argv,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder), **component.environment},
            start_new_session=True,  # Ctrl-C is for the tests, which then end it in order
        )
    process = Process.of(child.pid)
    assert process is not None  # a child that nobody waited for has an entry, dead or alive
    try:
        end = time.monotonic() + component.start_seconds
        while (missing := component.ready()) is not None:
            if child.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{component.name}: {missing.en}\n{log.read_text()[-3000:]}")
            time.sleep(0.05)
        yield
    finally:
        sockets.end(process, component.stop_seconds, names=component.socket_names)
        child.wait()
