"""The forms for a country's head and for its clouds: with them an empty folder becomes a country that can grow."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from govcloud.country import Country
from govcloud.country.law import Law
from govcloud.draft.amounts import amounts
from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation, choices
from govcloud.model.cloud import Cloud, CloudSpec, ObjectStore
from govcloud.model.declaration import Title
from govcloud.model.dialect import DIALECTS
from govcloud.model.settings import CountryMetadata, CountrySettings, SettingsSpec
from govcloud_base.errors import Text

__all__ = ["CLOUD", "COUNTRY", "begun", "unfounded"]


def unfounded(folder: Path, law: Law) -> Country:
    """Return a country that declares nothing yet, for the answers to be about."""
    metadata = CountryMetadata(name="xx")
    spec = SettingsSpec(title=Title(vi="-"), regions=("none",), regime="none", dedicated_network=("0.0.0.0/0",))
    settings = CountrySettings(api_version="govcloud/v1", kind="Country", metadata=metadata, spec=spec)
    return Country(folder, law, settings, {}, {}, {}, {}, {}, {}, {}, {})


def _regimes(situation: Situation) -> dict[str, str]:
    law = situation.country.law
    return {r.name: r.spec.title.vi for r in law.regimes if r.spec.holds(situation.date) and law.levels(r.name)}


def _regime(situation: Situation) -> str | None:
    """Propose the youngest regime in force."""
    law = situation.country.law
    names = _regimes(situation)
    return max(names, key=lambda name: next(r.spec.valid_from for r in law.regimes if r.name == name), default=None)


COUNTRY = Form(
    kind="Country",
    model=CountrySettings,
    title=Text("Found a country", "Khởi tạo quốc gia"),
    questions=(
        Question("code", Text("ISO 3166 code, two letters", "mã ISO 3166, hai chữ cái")),
        Question("title-vi", Text("name, in Vietnamese", "tên, bằng tiếng Việt"), ("title", "vi")),
        Question("title-en", Text("name, in English", "tên, bằng tiếng Anh"), ("title", "en"), optional=True),
        Question("region", Text("regions inside the country", "các vùng trong nước"), ("regions",), kind=list[str]),
        Question(
            "regime",
            Text("regime of security levels", "chế độ cấp độ"),
            ("regime",),
            propose=_regime,
            known=_regimes,
        ),
        Question(
            "dedicated-network",
            Text("address ranges of the dedicated network", "dải địa chỉ của mạng truyền số liệu chuyên dùng"),
            ("dedicatedNetwork",),
            kind=list[str],
        ),
        Question(
            "reserved-network",
            Text("address ranges that no segment may touch", "dải địa chỉ dành riêng"),
            ("reservedNetworks",),
            optional=True,
            kind=list[str],
        ),
    ),
    name=lambda s: str(s["code"]),
    path=lambda _: PurePosixPath("country.yaml"),
)


def _regions(situation: Situation) -> dict[str, str]:
    return dict.fromkeys(situation.country.spec.regions, "")


_ADDRESS = "AWS_ENDPOINT_URL_S3"
"""Where the usual tools look for the address of a store."""


def _store(situation: Situation, spec: dict[str, Any]) -> dict[str, Any]:
    """Name the store's address, or else the variable that holds it: its own, where another cloud has the usual one."""
    if situation["endpoint"] is None:
        taken = {cloud.spec.object_store.endpoint_from for cloud in situation.country.clouds.values()}
        own = f"GOVCLOUD_{situation['cloud'].upper().replace('-', '_')}_{_ADDRESS}"
        spec["objectStore"]["endpointFrom"] = own if _ADDRESS in taken else _ADDRESS
    return spec


def _host(situation: Situation) -> list[str] | None:
    """Propose the one host whose address the store's own address is."""
    host = urlsplit(situation["endpoint"] or "").hostname or ""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return None


CLOUD = Form(
    kind="Cloud",
    model=Cloud,
    title=Text("Declare a cloud", "Khai báo đám mây"),
    questions=(
        Question("cloud", Text("short name of the cloud", "tên ngắn của đám mây")),
        Question(
            "cloud-kind",
            Text("government's (CGC), agency's own (AGC) or enterprise's (EGC)", "loại đám mây: CGC, AGC hay EGC"),
            ("kind",),
            propose=lambda _: "CGC",
            known=choices(CloudSpec, "kind"),
        ),
        Question("cloud-title-vi", Text("its name, in Vietnamese", "tên, bằng tiếng Việt"), ("title", "vi")),
        Question(
            "cloud-region",
            Text("its region", "vùng của đám mây"),
            ("region",),
            propose=lambda s: s.country.spec.regions[0],
            known=_regions,
        ),
        Question("context", Text("context of the kubeconfig", "context trong kubeconfig"), ("cluster", "context")),
        Question("version", Text("version of Kubernetes", "phiên bản Kubernetes"), ("cluster", "version")),
        Question("dns-address", Text("address of its DNS", "địa chỉ DNS của cụm"), ("cluster", "dnsAddress")),
        Question(
            "adapter",
            Text("dialect of the object store", "loại kho đối tượng"),
            ("objectStore", "adapter"),
            known=choices(ObjectStore, "adapter"),
        ),
        Question(
            "endpoint",
            Text("its address (https://...), if fixed", "địa chỉ kho (https://...), nếu cố định"),
            ("objectStore", "endpoint"),
            optional=True,
        ),
        Question(
            "store-address",
            Text(
                "addresses of its hosts, where workloads may reach it",
                "địa chỉ các máy chủ của kho, nếu ứng dụng được dùng",
            ),
            ("objectStore", "workloads", "addresses"),
            propose=_host,
            optional=True,
            kind=list[str],
        ),
        Question(
            "workload-endpoint",
            Text("its address for workloads (https://...)", "địa chỉ kho cho ứng dụng (https://...)"),
            ("objectStore", "workloads", "endpoint"),
            propose=lambda s: s["endpoint"] if s["store-address"] else None,
            optional=True,
            quiet=True,
        ),
        Question(
            "store-authority-from",
            Text(
                "variable that names the file of its certificate authority",
                "biến môi trường nêu tệp của nơi ký chứng thư cho kho",
            ),
            ("objectStore", "workloads", "authorityFrom"),
            optional=True,
            quiet=True,
        ),
        Question(
            "registry",
            Text("host of the registry of images, where there is one", "tên máy của kho ảnh, nếu có"),
            ("images", "registry"),
            optional=True,
        ),
        Question(
            "registry-path",
            Text("folder in it for the project's own images", "thư mục trong kho cho các ảnh của dự án"),
            ("images", "path"),
            optional=True,
            quiet=True,
        ),
        Question(
            "registry-endpoint-from",
            Text(
                "variable that holds its address for operators, where its name leads nowhere",
                "biến môi trường nêu địa chỉ kho ảnh cho người vận hành, nếu tên kho không dẫn tới đó",
            ),
            ("images", "endpointFrom"),
            optional=True,
            quiet=True,
        ),
        Question(
            "registry-authority-from",
            Text(
                "variable that names the file of its certificate authority",
                "biến môi trường nêu tệp của nơi ký chứng thư cho kho ảnh",
            ),
            ("images", "authorityFrom"),
            optional=True,
            quiet=True,
        ),
        Question(
            "registry-credentials-from",
            Text(
                "variable that names the file with its user and password",
                "biến môi trường nêu tệp có tên và mật khẩu của kho ảnh",
            ),
            ("images", "credentialsFrom"),
            optional=True,
            quiet=True,
        ),
        *amounts(("capacity",), prefix="capacity-", of=Text(" that it can promise", " có thể cấp")),
    ),
    name=lambda s: str(s["cloud"]),
    path=lambda s: PurePosixPath("clouds") / f"{s['cloud']}.yaml",
    complete=_store,
)


def _told(situation: Situation) -> bool:
    """Return whether it is known where the object store is."""
    return situation["endpoint"] is not None


_PROPOSED: Mapping[str, Callable[[Situation], Any]] = {
    "code": lambda _: "vn",
    "title-vi": lambda s: "Việt Nam" if s["code"] == "vn" else str(s["code"]).upper(),
    "title-en": lambda s: "Viet Nam" if s["code"] == "vn" else None,
    "region": lambda s: [f"{s['code']}-1"],
    "dedicated-network": lambda _: ["10.80.0.0/13"],
    "cloud": lambda _: "cgc-1",
    "cloud-title-vi": lambda _: "Đám mây Chính phủ 1",
    "context": lambda s: s["cloud"],
    "version": lambda _: "v1.36",
    "dns-address": lambda _: "10.96.0.10",
    "adapter": lambda _: DIALECTS[0],
    # Of those that are kept for documentation: a store that is not known yet is at none of them.
    "store-address": lambda s: _host(s) if _told(s) else ["192.0.2.10"],
    "workload-endpoint": lambda s: (
        (s["endpoint"] if s["store-address"] else None) if _told(s) else f"https://{s['store-address'][0]}"
    ),
    "registry": lambda s: f"registry.{s['cloud']}.example.gov.vn",
    "capacity-cpu": lambda _: 2,
    "capacity-memory": lambda _: "8Gi",
    "capacity-storage": lambda _: "50Gi",
    "capacity-pods": lambda _: 250,
    "capacity-buckets": lambda _: 50,
    "capacity-object-storage": lambda _: "100Gi",
}
"""What a country that is begun says where nobody said otherwise; the Kubernetes' DNS is where kubeadm puts it."""
_ASKED = frozenset(
    {
        "code",
        "title-vi",
        "title-en",
        "dedicated-network",
        "cloud",
        "context",
        "dns-address",
        "endpoint",
        "store-address",
        "registry",
    }
)
"""What is asked for on a terminal."""


def _known(answer: Any, situation: Situation) -> Any:
    """Propose what is known of the site, whatever was answered before."""
    return answer


def begun(site: Mapping[str, Any]) -> tuple[Form, Form]:
    """Return the forms for a country and its first cloud in which every question has a proposal.

    `site` holds proposals that are known of the cloud, by their questions' flags.
    """

    def proposing(question: Question) -> Question:
        propose = _PROPOSED.get(question.flag, question.propose)
        if question.flag in site:
            propose = partial(_known, site[question.flag])
        return dataclasses.replace(question, propose=propose, quiet=question.flag not in _ASKED)

    country, cloud = (
        dataclasses.replace(form, questions=tuple(proposing(question) for question in form.questions))
        for form in (COUNTRY, CLOUD)
    )
    return country, cloud
