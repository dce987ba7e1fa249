"""Nodes: that some take pods, and that a site for one agency alone serves no other."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.audit.check import read_all
from govcloud.examination.finding import Finding, found, lacking
from govcloud.examination.pods import willing
from govcloud.examination.site import Site
from govcloud.model import names
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "examine"]

NODES, DEDICATED = "nodes", "nodes-dedicated"
CAPABILITIES = (NODES, DEDICATED)

_SHOWN = 5


def examine(site: Site) -> Iterator[Finding]:
    """Read the nodes, and whose namespaces the cluster holds."""
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
    yield _dedicated(site)


def _dedicated(site: Site) -> Finding:
    only = site.cloud.spec.dedicated_to
    if only is None:
        return lacking(
            DEDICATED,
            Text("the site serves several agencies", "đám mây phục vụ nhiều cơ quan"),
            Text(
                "declare a site with dedicatedTo: for the agency whose systems must stand apart",
                "khai báo một đám mây có `dedicatedTo` cho cơ quan có hệ thống phải tách riêng",
            ),
        )
    agency = names.label("agency")
    spaces = read_all(site.api, "", "namespaces")
    worn = {s["metadata"]["name"]: (s["metadata"].get("labels") or {}).get(agency) for s in spaces}
    others = sorted(name for name, code in worn.items() if code is not None and code.upper() != only.upper())
    if others:
        shown = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        return lacking(
            DEDICATED,
            Text(f"others than {only} have namespaces here: {shown}", f"có không gian không của {only}: {shown}"),
            Text("move these tenants to another cloud", "chuyển các tenant này sang đám mây khác"),
        )
    return found(DEDICATED, Text(f"no other agency than {only}", f"không có cơ quan nào ngoài {only}"))
