"""Run the plugin: `python -m govcloud.local.offline.kubernetes ENGINE_ADDRESS`."""

from __future__ import annotations

import os
import sys
import threading
from typing import Final, NoReturn

from govcloud import collector

__all__ = ["main"]

_LOOKS_FOR_PARENT: Final = 1.0  # seconds


def main() -> NoReturn:
    """Serve the engine until it goes away."""
    collector.seldom()
    from govcloud.local.offline.kubernetes.server import serve  # after that, for it imports all the rest

    over = threading.Event()
    threading.Thread(target=_await_orphanhood, args=(os.getppid(), over), daemon=True).start()
    serve(sys.argv[1:], over)
    sys.stdout.flush()
    # Threads that wait for an object must not hold up the end.
    os._exit(0)


def _await_orphanhood(parent: int, over: threading.Event) -> None:
    """End with the engine: one that was killed cannot say goodbye."""
    while os.getppid() == parent:
        if over.wait(_LOOKS_FOR_PARENT):
            return
    over.set()


if __name__ == "__main__":
    main()
