"""The object store: from here with the platform's key and with none, and from pods by the way that workloads take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from govcloud.audit.check import BlindError
from govcloud.examination.finding import Finding, absent, found, lacking, unknown
from govcloud.examination.ground import OPEN
from govcloud.examination.site import Site, StoreView
from govcloud.refusal import quotation
from govcloud_base.errors import Problem, Text

__all__ = ["CAPABILITIES", "examine", "greeted", "here"]

HERE, PODS = "store-here", "store-pods"
CAPABILITIES = (HERE, PODS)

_SECONDS = 5.0
_REFUSE = Text("let the store refuse calls without a signature", "đặt kho từ chối lời gọi không có chữ ký")
_SIGNED, _UNSIGNED = Text("with the platform's key", "bằng khóa của nền tảng"), Text("without a key", "không có khóa")


def examine(site: Site) -> Iterator[Finding]:
    """Call the store signed and unsigned, and let a pod greet it."""
    if site.store is None:
        for name in CAPABILITIES:
            yield absent(name, Text("no tenant keeps buckets here", "không tenant nào có kho ở đây"))
        return
    if isinstance(site.store, Problem):
        for name in CAPABILITIES:
            yield unknown(name, site.store.message, fix=site.store.fix)
        return
    yield from here(site.store)
    try:
        yield from _from_pods(site, site.store)
    except BlindError as error:
        yield unknown(PODS, error.reason)


def here(store: StoreView) -> Iterator[Finding]:
    """Yield what the store answers the platform, and anybody. Where it does not answer, nothing is known of it."""
    if store.session is None:
        yield unknown(
            HERE, Text("this shell has no key of the platform", "phiên này không có khóa của nền tảng"), _SIGNED
        )
    else:
        answer, _ = store.session.call("list_buckets")
        if answer.ok:
            yield found(HERE, Text(f"{store.at.endpoint} answers", f"{store.at.endpoint} trả lời"), _SIGNED)
        else:
            key = Text("give this shell the platform's key of this store", "đặt khóa của nền tảng cho kho này")
            yield unknown(HERE, answer.described, _SIGNED, _reach(store.at.endpoint) if answer.status == 0 else key)
    answer, _ = store.at.unsigned().call("list_buckets")
    if answer.ok:
        yield lacking(HERE, Text("answers anybody", "trả lời bất kỳ ai"), _REFUSE, _UNSIGNED)
    elif answer.status in (401, 403):
        code = answer.text.partition(":")[0]
        yield found(HERE, Text(f"refused with {code}", f"bị từ chối với mã {code}"), _UNSIGNED)
    else:
        yield unknown(HERE, answer.described, _UNSIGNED, _reach(store.at.endpoint) if answer.status == 0 else None)


def _reach(endpoint: str) -> Text:
    return Text(
        f"see that {endpoint} is right, and that AWS_CA_BUNDLE names the authority of its certificate",
        f"kiểm tra {endpoint} đúng, và AWS_CA_BUNDLE trỏ tới tổ chức chứng thực của nó",
    )


def _from_pods(site: Site, store: StoreView) -> Iterator[Finding]:
    way = site.cloud.spec.object_store.workloads
    if way is None:
        yield lacking(
            PODS,
            Text("workloads have no way to the store", "ứng dụng không có đường tới kho"),
            Text(
                "declare objectStore.workloads: the endpoint, and the addresses of its hosts",
                "khai báo objectStore.workloads: địa chỉ dịch vụ và địa chỉ các máy chủ của kho",
            ),
        )
        return
    if isinstance(store.authority, Problem):
        yield unknown(PODS, store.authority.message, fix=store.authority.fix)
        return
    host = urlsplit(way.endpoint).hostname or ""
    site.pods.standing()
    arguments = [str(_SECONDS), host, str(way.port), store.authority or "", json.dumps(list(way.addresses))]
    answers = site.pods.execute(OPEN, "greet.py", arguments, len(way.addresses) * _SECONDS)
    for address in way.addresses:
        status, trouble = answers[address]
        yield greeted(address, way.endpoint, status, trouble)


def greeted(address: str, endpoint: str, status: int | None, trouble: str) -> Finding:
    """Return what a pod's unsigned question to an address of the store proves."""
    aspect = Text.quoted(address)
    if status in (401, 403):
        said = Text(f"certificate trusted, refused with {status}", f"chứng thư tin cậy, bị từ chối với mã {status}")
        return found(PODS, said, aspect)
    if status is not None and status < 500:
        said = Text(f"answers {status} to anybody", f"trả lời {status} cho bất kỳ ai")
        return lacking(PODS, said, _REFUSE, aspect) if status < 400 else unknown(PODS, said, aspect)
    if status is not None:
        return unknown(PODS, Text(f"answers {status}", f"trả lời {status}"), aspect)
    return lacking(
        PODS,
        Text(trouble, quotation(trouble).vi),
        Text(
            f"see that pods are routed to {address} and that {endpoint} has a certificate for its name there",
            f"kiểm tra pod có đường tới {address} và {endpoint} có chứng thư đúng tên ở đó",
        ),
        aspect,
    )
