"""The project's own images on this cloud: built, locked, and sent to its registry where that lacks them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from govcloud.country import image_lock
from govcloud.images import OWN, archive, build
from govcloud.model.image_lock import ImageName
from govcloud_base.errors import Text
from govcloud_base.user_folders import cache_folder
from govcloud_local import private_file
from govcloud_local.daemons.component import Report
from govcloud_local.services import registry
from govcloud_local.settings import REGISTRY, Settings

__all__ = ["prepare", "push"]


def prepare(settings: Settings, report: Report) -> None:
    """Build what the cache lacks, and keep what the images are locked to on this cloud.

    Raises EnvironmentProblem when an image can't be built.
    """
    built = {name: archive.locked(file) for name, file in _built(report).items()}
    private_file.write(settings.image_lock, image_lock.text(built, REGISTRY))


def push(settings: Settings, report: Report) -> None:
    """Send the registry what it lacks; CloudError where it does not take it."""
    # only here: it takes longer to import than all else, and `govcloud local env` does not need it
    from govcloud.images.credentials import Login
    from govcloud.images.registry import Registry

    login = Login(registry.PUSHER, registry.password(settings, registry.PUSHER))
    address = urlsplit(settings.registry_url).netloc
    client = Registry(REGISTRY, str(registry.authority(settings)), login, address)
    for name, file in _built(report).items():
        client.push(name, file, partial(_tell, report, name))


def _tell(report: Report, name: str, sent: int, total: int) -> None:
    report(Text(f"{name}: {sent:,} of {total:,} bytes", f"{name}: {sent:,} của {total:,} byte"))


def _built(report: Report) -> Mapping[ImageName, Path]:
    return {name: build(recipe, cache_folder(), report) for name, recipe in OWN.items()}
