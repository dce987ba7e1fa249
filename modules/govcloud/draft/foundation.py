"""The forms for a country's head and for its clouds: with them an empty folder becomes a country that can grow."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from govcloud.country import Country
from govcloud.country.law import Law
from govcloud.draft.amounts import amounts
from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation, choices
from govcloud.model.cloud import Cloud, CloudSpec, ObjectStore
from govcloud.model.declaration import Title
from govcloud.model.settings import CountryMetadata, CountrySettings, SettingsSpec
from govcloud_base.errors import Text

__all__ = ["CLOUD", "COUNTRY", "unfounded"]


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


def _store(situation: Situation, spec: dict[str, Any]) -> dict[str, Any]:
    """Name the store's address, or else the variable that holds it."""
    if situation["endpoint"] is None:
        spec["objectStore"]["endpointFrom"] = "AWS_ENDPOINT_URL_S3"
    return spec


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
        *amounts(("capacity",), prefix="capacity-", of=Text(" that it can promise", " có thể cấp")),
    ),
    name=lambda s: str(s["cloud"]),
    path=lambda s: PurePosixPath("clouds") / f"{s['cloud']}.yaml",
    complete=_store,
)
