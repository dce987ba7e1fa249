"""`govcloud render`: print what a stack would provision, as plain data."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated, Any, Literal

import typer
import yaml

from govcloud import render as rendering
from govcloud import rules
from govcloud.cli import names
from govcloud.cli.options import CountryFolder, Day, country_folder, on_day
from govcloud_base.errors import Text

__all__ = ["render"]


class _Plain(yaml.CSafeDumper):
    """Writes every part in full: the labels that many manifests share are data here, not anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def render(
    stack: Annotated[
        str,
        typer.Argument(autocompletion=names.stacks, help="Stack, such as tenant.h41. / Stack, ví dụ tenant.h41."),
    ],
    folder: CountryFolder = None,
    output: Annotated[
        Literal["yaml", "json"],
        typer.Option(
            "--format", help="YAML for kubectl, or JSON with everything. / YAML cho kubectl, hoặc JSON đầy đủ."
        ),
    ] = "yaml",
    date: Day = None,
) -> None:
    """Print what a stack provisions, without a cloud. / In ra những gì stack sẽ tạo, không cần đám mây."""
    day = on_day(date)
    rendered = rendering.stack(rules.required(country_folder(folder), day, stack), stack)
    if output == "json":
        print(json.dumps(dataclasses.asdict(rendered), ensure_ascii=False, indent=2))
        return
    print(yaml.dump_all(rendered.manifests.values(), Dumper=_Plain, sort_keys=False, allow_unicode=True), end="")
    if isinstance(rendered, rendering.TenantManifests):
        # Not Kubernetes objects: comments keep the stream usable for kubectl.
        for bucket in rendered.buckets:
            kept = Text(
                f"versioning {bucket.versioning}", "lưu phiên bản" if bucket.versioning else "không lưu phiên bản"
            )
            said = Text(
                f"bucket {bucket.name}: {kept.en}, quota {bucket.quota_bytes} bytes",
                f"kho {bucket.name}: {kept.vi}, hạn mức {bucket.quota_bytes} byte",
            )
            print(f"# {said.said}")
        for identity in rendered.identities:
            target = f"{identity.secret.namespace}/{identity.secret.name}"
            buckets = ", ".join(identity.buckets)
            said = Text(
                f"storage identity {identity.name}: {buckets}; keys in Secret {target}",
                f"khóa kho {identity.name}: {buckets}; khóa nằm trong Secret {target}",
            )
            print(f"# {said.said}")
