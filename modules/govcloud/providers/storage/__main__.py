"""Run the plugin: `python -m govcloud.providers.storage [engine address]`, or `pulumi-resource-govcloud`."""

from __future__ import annotations

import threading
from typing import NoReturn

from govcloud_base.wire import engine_watch

__all__ = ["main"]


def _serve(arguments: list[str], over: threading.Event) -> None:
    from govcloud.providers.storage import plugin  # imports all the rest

    plugin.serve(arguments, over)


def main() -> NoReturn:
    """Serve the engine until it goes away."""
    engine_watch.run(_serve)


if __name__ == "__main__":
    main()
