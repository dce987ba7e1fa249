"""Run the language host: `python -m govcloud.local.offline.host [engine address]`."""

from __future__ import annotations

from govcloud.local.offline.host.server import main

main()
