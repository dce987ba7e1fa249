"""Run the plugin: `python -m govcloud.providers.storage [engine address]`, or `pulumi-resource-govcloud`."""

from __future__ import annotations

import sys
import threading
from typing import NoReturn

from govcloud_base.wire import collector, engine_watch

__all__ = ["main"]


def main() -> NoReturn:
    """Serve the engine until it goes away."""
    collector.seldom()
    from govcloud.providers.storage import plugin  # after that, for it imports all the rest

    over = threading.Event()
    engine_watch.watch_parent(over)
    plugin.serve(sys.argv[1:], over)
    sys.stdout.flush()
    # The engine waits for the end: nothing is left to do, so nothing is taken apart.
    engine_watch.leave(0)


if __name__ == "__main__":
    main()
