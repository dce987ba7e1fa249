"""Run the language host: `python -m govcloud_offline.host [engine address]`."""

from __future__ import annotations

from govcloud_offline.host.server import main

main()
