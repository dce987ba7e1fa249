"""Run the plugin: `python -m govcloud_offline.kubernetes ENGINE_ADDRESS`."""

from __future__ import annotations

import sys
import threading
from typing import NoReturn

from govcloud_base.wire import collector, engine_watch

__all__ = ["main"]


def main() -> NoReturn:
    """Serve the engine until it goes away."""
    collector.seldom()
    from govcloud_offline.kubernetes.server import serve  # after that, for it imports all the rest

    over = threading.Event()
    engine_watch.watch_parent(over)
    serve(sys.argv[1:], over)
    sys.stdout.flush()
    # Threads that wait for an object must not hold up the end.
    engine_watch.leave(0)


if __name__ == "__main__":
    main()
