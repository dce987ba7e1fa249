"""A country of two clouds whose stores run here, and a tenant that keeps on the second what it has on the first."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from store_commands import StoreCommands, shell
from stores.running import RunningStore

__all__ = ["FIRST", "SECOND", "TARGET", "TENANT", "founded"]

FIRST, SECOND = "cgc-hn1", "cgc-hn2"
TENANT = "h41"
TARGET = f"vn-{TENANT}-prod-backup"
_COUNTRY = Path(__file__).parents[1] / "fixtures" / "country"


def founded(folder: Path, first: RunningStore, second: RunningStore, backup: str) -> StoreCommands:
    """Write the country; `backup` is what the tenant's file says of it."""
    shutil.copytree(_COUNTRY, folder)
    cloud = folder / "clouds" / f"{FIRST}.yaml"
    own = re.sub(r"endpointFrom: AWS_ENDPOINT_URL_S3", f"endpoint: {first.url}", cloud.read_text())
    cloud.write_text(own)
    other = own.replace(first.url, second.url).replace(f"name: {FIRST}", f"name: {SECOND}")
    other = re.sub(r"adapter: \S+", f"adapter: {second.dialect}", other)
    (folder / "clouds" / f"{SECOND}.yaml").write_text(re.sub(r"  images:\n(    .*\n)+", "", other))
    tenant = folder / "tenants" / TENANT / "tenant.yaml"
    tenant.write_text(re.sub(r"(      attachments: .*\n)", rf"\1    backup: {backup}\n", tenant.read_text()))
    return StoreCommands(folder, shell(folder, {FIRST: first, SECOND: second}), "backup")
