"""What a field wants, in words and with an example: for people, to whom a regular expression says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from govcloud_base.errors import Text

__all__ = ["FORMS", "Form", "older_agency_code"]


@dataclass(frozen=True)
class Form:
    """The form of a field's text."""

    says: Text
    """In words, as the object of a sentence."""
    example: str
    """Values that fit, as files write them."""


FORMS: Mapping[str, Form] = {
    r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$": Form(
        Text(
            "small letters, digits and dashes, a letter first, 40 at most",
            "chữ thường không dấu, chữ số, gạch nối, bắt đầu bằng chữ, tối đa 40",
        ),
        "h41, cgc-hn1",
    ),
    r"^[a-z][a-z0-9]{0,11}$": Form(
        Text(
            "small letters and digits, a letter first, 12 at most",
            "chữ thường không dấu và chữ số, bắt đầu bằng chữ, tối đa 12",
        ),
        "prod, srv",
    ),
    r"^([A-Y][0-9]{2}|Z[0-9A-Z]{2})(\.[0-9A-Z]+)*$": Form(
        Text(
            "an agency code: a capital letter and two digits, then parts behind dots",
            "mã cơ quan: một chữ hoa và hai chữ số, sau đó là các phần cách bằng dấu chấm",
        ),
        "H41, H41.101",
    ),
    r"^[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}$": Form(
        Text("an agency code of the older form", "mã cơ quan dạng cũ"), "000.00.00.H41"
    ),
    r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$": Form(
        Text(
            "the code of an administrative unit, in quotes: 2 digits, 3 or 5",
            "mã đơn vị hành chính, trong dấu nháy: 2, 3 hoặc 5 chữ số",
        ),
        '"40", "16690"',
    ),
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$": Form(
        Text("a second of the universal time", "một thời điểm UTC, đến giây"), "2026-11-30T21:00:00Z"
    ),
    r"^[a-z0-9-]{1,60}\.csv$": Form(Text("the name of a table", "tên tệp bảng"), "units-2025.csv"),
    r"^[a-z][-a-z0-9/]{0,99}$": Form(
        Text(
            "a folder: small letters, digits, dashes and slashes, a letter first",
            "thư mục: chữ thường không dấu, chữ số, gạch nối, gạch chéo, bắt đầu bằng chữ",
        ),
        "tenants/h41",
    ),
    r"^[^@\s]{1,64}@[a-z0-9.-]{1,190}$": Form(
        Text("a mail address in small letters", "địa chỉ thư điện tử, tên miền viết thường"), "soc@nghean.gov.vn"
    ),
    r"^[A-Z][A-Z0-9_]{0,63}$": Form(
        Text(
            "the name of an environment variable: capitals, digits, underscores",
            "tên biến môi trường: chữ hoa, chữ số, gạch dưới",
        ),
        "GOVCLOUD_S3_ENDPOINT",
    ),
    r"^https://[A-Za-z0-9.:\[\]-]{1,255}$": Form(
        Text("an address that begins with https://", "địa chỉ bắt đầu bằng https://"), "https://s3.example.vn"
    ),
    r"^[A-Za-z0-9][-A-Za-z0-9_.@:/]{0,99}$": Form(
        Text("the name of a context of the kubeconfig", "tên context trong kubeconfig"), "cgc-hn1"
    ),
    r"^v1\.[0-9]{1,3}$": Form(Text("a version of Kubernetes", "phiên bản Kubernetes"), "v1.36"),
    r"^[a-z0-9.-]{1,200}/[a-z0-9._-]{1,63}$": Form(
        Text("the name of an extended resource", "tên tài nguyên mở rộng"), "nvidia.com/gpu"
    ),
    r"^[a-z0-9.-]{1,63}$": Form(Text("a domain name", "tên miền"), "cluster.local"),
    r"^[a-z0-9][-a-z0-9]{0,62}$": Form(
        Text("the name of a team: small letters, digits, dashes", "tên nhóm: chữ thường, chữ số, gạch nối"),
        "govcloud-operators",
    ),
    r"^GC-WEAK-[0-9]{3}$": Form(Text("a code of weakenings", "mã làm yếu bảo vệ"), "GC-WEAK-001"),
    r"^[A-Z][A-Za-z]{1,39}$": Form(Text("a kind of declaration", "loại khai báo"), "Tenant, Link"),
    r"^[A-Za-z*][A-Za-z0-9.*]{0,199}$": Form(
        Text("the path of a field, * for one step", "đường dẫn trường, * thay cho một bước"), "spec.quota.*"
    ),
    r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$": Form(
        Text(
            "the name of a service: small letters, digits and dashes, a letter first, 63 at most",
            "tên dịch vụ: chữ thường không dấu, chữ số, gạch nối, bắt đầu bằng chữ, tối đa 63",
        ),
        "records",
    ),
    r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$": Form(
        Text(
            "the name of a namespace: small letters, digits and dashes, 63 at most",
            "tên namespace: chữ thường không dấu, chữ số, gạch nối, tối đa 63",
        ),
        "kube-system",
    ),
    # the registry of images, its folder, and a lock of images
    r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?$": Form(
        Text(
            "the host of a registry, with a port where it is not 443, without https://",
            "tên máy của kho ảnh, thêm cổng nếu không phải 443, không có `https://`",
        ),
        "registry.example.gov.vn, registry.example.gov.vn:5000",
    ),
    r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?"
    r"(/[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*){0,7})?$": Form(
        Text(
            "the host of a registry, and the folder in it where it is not the whole",
            "tên máy của kho ảnh, thêm thư mục nếu không phải cả kho",
        ),
        "registry.example.gov.vn/health",
    ),
    r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*){0,7}$": Form(
        Text(
            "a folder of the registry: small letters, digits, dots, dashes and slashes",
            "thư mục trong kho ảnh: chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch chéo",
        ),
        "govcloud",
    ),
    r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$": Form(
        Text("the name of a Secret", "tên của một Secret"), "registry-pull"
    ),
    r"^sha256:[0-9a-f]{64}$": Form(
        Text("a digest: sha256: and 64 hexadecimal digits", "mã băm: `sha256:` và 64 chữ số thập lục phân"),
        f"sha256:{'0' * 60}1234",
    ),
    r"^[0-9A-Za-z.+:~-]{1,100}$": Form(Text("the version of a package", "phiên bản của gói"), "1.22.1-9"),
    r"^[a-z0-9]{1,20}$": Form(Text("the name of a processor family", "tên kiến trúc bộ xử lý"), "amd64, arm64"),
    r"^[a-z]{2}$": Form(Text("the country's code: two small letters", "mã quốc gia: hai chữ thường"), "vn"),
    r"^[A-Z]{2,4}-[0-9]{2}$": Form(Text("the number of a control", "mã biện pháp kiểm soát"), "NET-04"),
}
"""The form of every pattern that the models have."""

_OLDER = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Y][0-9]{2})", re.ASCII)


def older_agency_code(written: str) -> tuple[Text, Text] | None:
    """Return message and fix for an agency code of the older, right-anchored form; None for anything else.

    Only of a body of the first level, `000.00.00.H41`, today's code follows: `H41` (QĐ 20/2020/QĐ-TTg).
    """
    parts = _OLDER.fullmatch(written)
    if parts is None:
        return None
    message = Text("an agency code of the older form", "mã cơ quan theo dạng cũ")
    if set("".join(parts.groups()[:3])) == {"0"}:
        return message, Text(f"write {parts[4]}", f"viết {parts[4]}")
    return message, Text(
        f"write the code of today, which begins with {parts[4]}", f"viết mã hiện hành, bắt đầu bằng {parts[4]}"
    )
