"""Volumes: a default class for claims that name none, and whether volumes may grow."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.audit.check import read_all
from govcloud.examination.finding import Finding, found, lacking
from govcloud.examination.site import Site
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "examine"]

DEFAULT, EXPANSION = "default-storage-class", "volume-expansion"
CAPABILITIES = (DEFAULT, EXPANSION)

_MARKS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def examine(site: Site) -> Iterator[Finding]:
    """Read the storage classes."""
    classes = read_all(site.api, "storage.k8s.io", "storageclasses")
    names = ", ".join(sorted(str(one["metadata"]["name"]) for one in classes)) or "-"
    default = [one for one in classes if _is_default(one["metadata"].get("annotations") or {})]
    if len(default) == 1:
        name, provisioner = default[0]["metadata"]["name"], default[0].get("provisioner")
        yield found(DEFAULT, Text.quoted(f"{name} ({provisioner})"))
    else:
        count = len(default)
        yield lacking(
            DEFAULT,
            Text(f"{count} classes are the default; there are: {names}", f"có {count} lớp mặc định; hiện có: {names}"),
            Text(
                f"set {_MARKS[0]}: 'true' on exactly one StorageClass",
                f"đặt `{_MARKS[0]}: 'true'` trên đúng một `StorageClass`",
            ),
        )
    growing = [one for one in default or classes if one.get("allowVolumeExpansion")]
    if growing:
        yield found(EXPANSION, Text.quoted(", ".join(str(one["metadata"]["name"]) for one in growing)))
    else:
        yield lacking(
            EXPANSION,
            Text("no class lets its volumes grow", "không lớp nào cho phép mở rộng ổ đĩa"),
            Text(
                "set allowVolumeExpansion: true on the default class, where its driver can do it",
                "đặt `allowVolumeExpansion: true` trên lớp mặc định nếu trình điều khiển hỗ trợ",
            ),
        )


def _is_default(annotations: dict[str, str]) -> bool:
    return any(annotations.get(mark) == "true" for mark in _MARKS)
