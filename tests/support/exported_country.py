"""A country of one cloud whose store runs here, and the shell of whoever exports a tenant's buckets from it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from store_commands import StoreCommands, shell
from stores.running import RunningStore

__all__ = ["CLOUD", "TENANT", "founded"]

CLOUD, TENANT = "cgc-hn1", "h41"
_COUNTRY = Path(__file__).parents[1] / "fixtures" / "country"


def founded(folder: Path, store: RunningStore) -> StoreCommands:
    """Write the country."""
    shutil.copytree(_COUNTRY, folder)
    cloud = folder / "clouds" / f"{CLOUD}.yaml"
    own = re.sub(r"endpointFrom: AWS_ENDPOINT_URL_S3", f"endpoint: {store.url}", cloud.read_text())
    cloud.write_text(re.sub(r"adapter: \S+", f"adapter: {store.dialect}", own))
    return StoreCommands(folder, shell(folder, {CLOUD: store}), "storage")
