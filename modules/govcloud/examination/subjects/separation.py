"""What serves one agency alone: nodes, volumes, the object store and load balancers, as far as a cluster shows it.

That a site is one agency's is declared (`dedicatedTo`); seen is that nobody else is there. What lies behind a driver of
volumes or before a balancer no cluster says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.audit.check import BlindError, read_all
from govcloud.examination.finding import Finding, absent, found, lacking, unknown
from govcloud.examination.site import Site, StoreView
from govcloud.model import names
from govcloud.providers.storage.deviation import NameSpace
from govcloud_base.errors import Problem, Text

__all__ = ["CAPABILITIES", "examine"]

NODES, STORAGE, BALANCERS = "nodes-dedicated", "storage-dedicated", "balancers-dedicated"
CAPABILITIES = (NODES, STORAGE, BALANCERS)

_SHOWN = 5
_AGENCY = names.label("agency")
_DECLARE = Text(
    "declare a site with dedicatedTo: for the agency whose systems must stand apart",
    "khai báo một đám mây có `dedicatedTo` cho cơ quan có hệ thống phải tách riêng",
)
_MOVE = Text("move these tenants to another cloud", "chuyển các tenant này sang đám mây khác")
_VOLUMES, _BUCKETS = Text("volumes", "ổ đĩa"), Text("buckets", "kho đối tượng")

Object = Mapping[str, Any]


def examine(site: Site) -> Iterator[Finding]:
    """Read whose namespaces, nodes, volumes, buckets and balancers the cluster and its store hold."""
    only = site.cloud.spec.dedicated_to
    if only is None:
        shared = Text("the site serves several agencies", "đám mây phục vụ nhiều cơ quan")
        yield from (lacking(capability, shared, _DECLARE) for capability in CAPABILITIES)
        return
    others = set(_of_others(read_all(site.api, "", "namespaces"), only))
    for capability, look in ((NODES, _nodes), (STORAGE, _volumes), (STORAGE, _buckets), (BALANCERS, _balancers)):
        try:
            yield look(site, only, others)
        except BlindError as error:
            yield unknown(capability, error.reason)


def _of_others(objects: list[dict[str, Any]], only: str) -> Iterator[str]:
    """Yield the names of what is marked as another agency's."""
    for one in objects:
        code = (one["metadata"].get("labels") or {}).get(_AGENCY)
        if code is not None and code.upper() != only.upper():
            yield str(one["metadata"]["name"])


def _nodes(site: Site, only: str, others: set[str]) -> Finding:
    if others:
        shown = _listed(others)
        said = Text(f"others than {only} have namespaces here: {shown}", f"có không gian không của {only}: {shown}")
        return lacking(NODES, said, _MOVE)
    kept = set(_of_others(read_all(site.api, "", "nodes"), only))
    if kept:
        shown = _listed(kept)
        said = Text(
            f"nodes are marked as another's than {only}: {shown}", f"có nút mang nhãn không của {only}: {shown}"
        )
        fix = Text(f"take these nodes out, or correct {_AGENCY}", f"đưa các nút này ra, hoặc sửa {_AGENCY}")
        return lacking(NODES, said, fix)
    return found(NODES, _nobody(only))


def _volumes(site: Site, only: str, others: set[str]) -> Finding:
    volumes = read_all(site.api, "", "persistentvolumes")
    theirs = [str(one["metadata"]["name"]) for one in volumes if _claimed(one) in others]
    if theirs:
        shown = _listed(theirs)
        said = Text(f"volumes of others than {only}: {shown}", f"ổ đĩa không của {only}: {shown}")
        return lacking(STORAGE, said, _MOVE, _VOLUMES)
    return found(STORAGE, _nobody(only), _VOLUMES)


def _claimed(volume: Object) -> str:
    return str(((volume.get("spec") or {}).get("claimRef") or {}).get("namespace", ""))


def _buckets(site: Site, only: str, others: set[str]) -> Finding:
    if site.store is None:
        return absent(STORAGE, Text("no tenant keeps buckets here", "không tenant nào có kho ở đây"), _BUCKETS)
    if isinstance(site.store, Problem):
        return unknown(STORAGE, site.store.message, _BUCKETS, site.store.fix)
    return _stored(site, site.store, only)


def _stored(site: Site, store: StoreView, only: str) -> Finding:
    """Return whether the store holds buckets that the country names for tenants who are not on this cloud."""
    if store.session is None:
        said = Text("this shell has no key of the platform", "phiên này không có khóa của nền tảng")
        return unknown(STORAGE, said, _BUCKETS)
    answer, listed = store.session.call("list_buckets")
    if not answer.ok:
        return unknown(STORAGE, answer.described, _BUCKETS)
    country = site.country.name
    own = [NameSpace.of(country, tenant, site.bodies) for tenant in site.country.tenants]
    there = [str(bucket["Name"]) for bucket in listed.get("Buckets") or ()]
    ours = [name for name in there if name.startswith(names.country_prefix(country))]
    theirs = [name for name in ours if not any(space.holds(name) for space in own)]
    if theirs:
        shown = _listed(theirs)
        said = Text(f"buckets of tenants of other clouds: {shown}", f"kho của tenant thuộc đám mây khác: {shown}")
        fix = Text("give this cloud an object store of its own", "dùng kho đối tượng riêng cho đám mây này")
        return lacking(STORAGE, said, fix, _BUCKETS)
    return found(STORAGE, _nobody(only), _BUCKETS)


def _balancers(site: Site, only: str, others: set[str]) -> Finding:
    services = [
        one for one in read_all(site.api, "", "services") if (one.get("spec") or {}).get("type") == "LoadBalancer"
    ]
    theirs = [str(one["metadata"]["name"]) for one in services if one["metadata"].get("namespace") in others]
    if theirs:
        shown = _listed(theirs)
        said = Text(f"services of others than {only}: {shown}", f"dịch vụ không của {only}: {shown}")
        return lacking(BALANCERS, said, _MOVE)
    if not services:
        return absent(BALANCERS, Text("no load balancer is used here", "không dùng bộ cân bằng tải ở đây"))
    return found(BALANCERS, _nobody(only))


def _nobody(only: str) -> Text:
    return Text(f"no other agency than {only}", f"không có cơ quan nào ngoài {only}")


def _listed(found: set[str] | list[str]) -> str:
    shown = sorted(found)
    return ", ".join(shown[:_SHOWN]) + (", ..." if len(shown) > _SHOWN else "")
