"""`govcloud render`: print what a stack would provision, as plain data."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Annotated, Any

import typer
import yaml

from govcloud import render as rendering
from govcloud import rules
from govcloud.cli.options import CountryFolder, Day, country_folder, on_day

__all__ = ["render"]


class Format(enum.StrEnum):
    """How manifests are written."""

    YAML = "yaml"
    JSON = "json"


class _Plain(yaml.CSafeDumper):
    """Writes every part in full: the labels that many manifests share are data here, not anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def render(
    stack: Annotated[str, typer.Argument(help="Stack, such as tenant.h41. / Stack, ví dụ tenant.h41.")],
    folder: CountryFolder = None,
    output: Annotated[
        Format,
        typer.Option(
            "--format", help="YAML for kubectl, or JSON with everything. / YAML cho kubectl, hoặc JSON đầy đủ."
        ),
    ] = Format.YAML,
    date: Day = None,
) -> None:
    """Print what a stack provisions, without a cloud. / In ra những gì stack sẽ tạo, không cần đám mây."""
    day = on_day(date)
    rendered = rendering.stack(rules.required(country_folder(folder), day, stack), stack)
    if output is Format.JSON:
        print(json.dumps(dataclasses.asdict(rendered), ensure_ascii=False, indent=2))
        return
    print(yaml.dump_all(rendered.manifests.values(), Dumper=_Plain, sort_keys=False, allow_unicode=True), end="")
    if isinstance(rendered, rendering.TenantManifests):
        # Not Kubernetes objects: comments keep the stream usable for kubectl.
        for bucket in rendered.buckets:
            print(f"# bucket {bucket.name}: versioning {bucket.versioning}, quota {bucket.quota_bytes} bytes")
        for identity in rendered.identities:
            target = f"{identity.secret.namespace}/{identity.secret.name}"
            print(f"# storage identity {identity.name}: {', '.join(identity.buckets)}; keys in Secret {target}")
