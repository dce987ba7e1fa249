"""Nodes: that some are ready and take pods."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.audit.check import read_all
from govcloud.examination.finding import Finding, found, lacking
from govcloud.examination.pods import willing
from govcloud.examination.site import Site
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "examine"]

NODES = "nodes"
CAPABILITIES = (NODES,)


def examine(site: Site) -> Iterator[Finding]:
    """Read the nodes."""
    nodes = read_all(site.api, "", "nodes")
    ready = [node for node in nodes if willing(node)]
    count = Text(f"{len(ready)} of {len(nodes)} nodes take pods", f"{len(ready)} trên {len(nodes)} nút nhận pod")
    if ready:
        yield found(NODES, count)
    else:
        yield lacking(
            NODES,
            Text(f"{count.en}: pods cannot run here", f"{count.vi}: không chạy được pod ở đây"),
            Text("join nodes that are ready and carry no taint", "thêm nút sẵn sàng và không mang `taint`"),
        )
