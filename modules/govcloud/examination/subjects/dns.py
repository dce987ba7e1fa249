"""The cluster's DNS: where it is declared to be, under the declared domain, and behind what our policies open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.audit.check import BlindError, read_all
from govcloud.clouds.request import Request, resource
from govcloud.examination.finding import Finding, found, lacking, unknown
from govcloud.examination.ground import OPEN
from govcloud.examination.site import Site
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "examine"]

ADDRESS, DOMAIN, ALLOWED = "dns-address", "dns-domain", "dns-allowed"
CAPABILITIES = (ADDRESS, ALLOWED, DOMAIN)

_PORT = 53
_SECONDS = 4.0
# As the rendered policies name it (render/network.py).
_HOME, _WORN = "kube-system", ("k8s-app", "kube-dns")

Object = Mapping[str, Any]


def examine(site: Site) -> Iterator[Finding]:
    """Look for the service at the declared address, at what stands behind it, and ask it from a pod."""
    services = read_all(site.api, "", "services")
    declared = site.cloud.spec.cluster.dns_address
    here = next((one for one in services if declared in _addresses(one)), None)
    if here is not None and any(port.get("port") == _PORT for port in here["spec"].get("ports") or ()):
        name = f"{here['metadata']['namespace']}/{here['metadata']['name']}"
        yield found(ADDRESS, Text.quoted(f"{declared} ({name})"))
        yield _allowed(here, site)
    else:
        yield _elsewhere(declared, services)
        yield unknown(ALLOWED, Text("the service is not there", "không có dịch vụ ở địa chỉ này"))
    try:
        yield _domain(site, _api_address(site))
    except BlindError as error:
        yield unknown(DOMAIN, error.reason)


def _addresses(service: Object) -> list[str]:
    spec = service.get("spec") or {}
    return list(spec.get("clusterIPs") or [spec.get("clusterIP")])


def _elsewhere(declared: str, services: list[dict[str, Any]]) -> Finding:
    likely = [
        one
        for one in services
        if one["metadata"].get("labels", {}).get(_WORN[0]) == _WORN[1]
        or any(p.get("port") == _PORT and p.get("protocol") == "UDP" for p in one["spec"].get("ports") or ())
    ]
    near = sorted({a for one in likely for a in _addresses(one) if a and a != "None"})
    known = ", ".join(near) or "-"
    fix = (
        Text(f"write cluster.dnsAddress: {near[0]}", f"ghi `cluster.dnsAddress: {near[0]}`")
        if near
        else Text("run a name service in the cluster", "chạy dịch vụ tên miền trong cụm")
    )
    return lacking(
        ADDRESS,
        Text(
            f"no service at {declared} answers at port 53; name services: {known}",
            f"không dịch vụ nào ở {declared} nhận cổng 53; dịch vụ tên miền: {known}",
        ),
        fix,
    )


def _allowed(service: Object, site: Site) -> Finding:
    """Return whether the pods behind the service are those to which policies let pods ask."""
    home, name = service["metadata"]["namespace"], service["metadata"]["name"]
    selector = service["spec"].get("selector") or {}
    slices = [
        one
        for one in read_all(site.api, "discovery.k8s.io", "endpointslices", home)
        if (one["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == name
    ]
    ports = {port.get("port") for one in slices for port in one.get("ports") or () if "dns" in str(port.get("name"))}
    ports = ports or {port.get("port") for one in slices for port in one.get("ports") or ()}
    ends = [end for one in slices for end in one.get("endpoints") or ()]
    seen = f"{home}/{name} {','.join(f'{k}={v}' for k, v in sorted(selector.items()))} :{sorted(map(str, ports))}"
    if home == _HOME and selector.get(_WORN[0]) == _WORN[1] and ports == {_PORT} and ends:
        return found(ALLOWED, Text.quoted(f"{home}/{name} {_WORN[0]}={_WORN[1]} :{_PORT}"))
    if not ends:
        return unknown(ALLOWED, Text(f"no pod stands behind {home}/{name}", f"không pod nào đứng sau {home}/{name}"))
    return lacking(
        ALLOWED,
        Text(f"behind the address stands {seen}", f"đứng sau địa chỉ này là {seen}"),
        Text(
            f"let the pods of the name service be in {_HOME}, wear {_WORN[0]}={_WORN[1]} and listen at port {_PORT}",
            f"đặt pod của dịch vụ tên miền trong {_HOME}, mang nhãn `{_WORN[0]}={_WORN[1]}`, nghe ở cổng {_PORT}",
        ),
    )


def _api_address(site: Site) -> list[str]:
    request = Request("GET", resource("", "services", "kubernetes", "default"))
    answer = site.api.send(request)
    if not answer.ok:
        raise BlindError(answer.to(request))
    return _addresses(answer.json())


def _domain(site: Site, wanted: list[str]) -> Finding:
    cluster = site.cloud.spec.cluster
    name = f"kubernetes.default.svc.{cluster.dns_domain}"
    site.pods.standing()
    answer = site.pods.execute(OPEN, "resolve.py", [str(_SECONDS), cluster.dns_address, name], 2 * _SECONDS)
    addresses, given = set(answer["addresses"]), [str(part) for part in answer["search"]]
    if addresses and addresses <= set(wanted):
        return found(DOMAIN, Text.quoted(f"{name} = {', '.join(sorted(addresses))}"))
    own = next((part.removeprefix("svc.") for part in given if part.startswith("svc.")), "")
    if answer["rcode"] is None and own == cluster.dns_domain:
        said = Text(f"{cluster.dns_address} does not answer pods", f"{cluster.dns_address} không trả lời pod")
        return unknown(DOMAIN, said)
    if own == cluster.dns_domain:
        said = Text(f"{name} leads to {sorted(addresses)}", f"{name} dẫn tới {sorted(addresses)}")
        return lacking(DOMAIN, said, Text("mend the cluster's name service", "sửa dịch vụ tên miền của cụm"))
    return lacking(
        DOMAIN,
        Text(
            f"{cluster.dns_domain} is declared, pods are given {own or '-'}",
            f"khai báo {cluster.dns_domain}, còn pod nhận được {own or '-'}",
        ),
        Text(f"write cluster.dnsDomain: {own}", f"ghi `cluster.dnsDomain: {own}`")
        if own
        else Text("find the cluster's domain and declare it", "tìm tên miền của cụm và khai báo"),
    )
