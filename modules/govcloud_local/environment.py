"""What plain tools need to use the embedded cloud: `export` lines for a POSIX shell."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from govcloud.country.held import VARIABLE
from govcloud_base.user_folders import config_folder
from govcloud_local import private_file
from govcloud_local.services import registry, storage
from govcloud_local.settings import Settings

__all__ = ["REGISTRY_AUTHORITY", "REGISTRY_CREDENTIALS", "REGISTRY_ENDPOINT", "exports", "prepare", "variables"]

REGISTRY_ENDPOINT = "GOVCLOUD_REGISTRY_ENDPOINT"
REGISTRY_AUTHORITY = "GOVCLOUD_REGISTRY_AUTHORITY"
REGISTRY_CREDENTIALS = "GOVCLOUD_REGISTRY_CREDENTIALS"
"""What the declaration of this cloud names: its registry's address, who signed for it, the file with the password."""


def prepare(settings: Settings) -> None:
    """Make the folders and the passphrase that the variables name."""
    home = private_file.folder(settings.state / "pulumi")
    private_file.folder(settings.state / "pulumi-state")
    _without_debug_log(home / "logs")
    private_file.kept_secret(_passphrase())


def variables(settings: Settings, path: str) -> Mapping[str, str]:
    """Return the variables for kubectl, pulumi, aws and boto3, weed, and this project's own tests.

    `path` is the caller's PATH; the cloud's own tools come first in the result.
    """
    keys = storage.administrator(settings)
    master, filer = storage.shell_addresses(settings)
    return {
        "PATH": _path(settings, path),
        "GOVCLOUD_STATE": str(settings.state),
        "KUBECONFIG": str(settings.kubeconfig),
        "AWS_ENDPOINT_URL_S3": settings.s3_url,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_REGION": storage.REGION,
        "AWS_DEFAULT_REGION": storage.REGION,
        "AWS_CA_BUNDLE": str(settings.pki / "storage" / "ca.crt"),
        "PULUMI_HOME": str(settings.state / "pulumi"),
        # No attribute files: they are not written whole or not at all, and an empty one makes its stack unreadable.
        "PULUMI_BACKEND_URL": f"file://{settings.state / 'pulumi-state'}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(_passphrase()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Plugins come from PULUMI_HOME alone: one found on PATH as well would draw a warning at every run.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        **(_images(settings) if settings.full else {}),
        "GOVCLOUD_SEAWEEDFS_CONFIG": str(storage.shell_folder(settings)),
        "GOVCLOUD_SEAWEEDFS_MASTER": master,
        "GOVCLOUD_SEAWEEDFS_FILER": filer,
    }


def _images(settings: Settings) -> Mapping[str, str]:
    """Return how one gets into the registry of images, and what it holds, once it was ever filled."""
    if not registry.login(settings).exists():
        return {}
    return {
        # What was built here may be newer than what a country's lock says.
        VARIABLE: str(settings.image_lock),
        REGISTRY_ENDPOINT: settings.registry_url,
        REGISTRY_AUTHORITY: str(registry.authority(settings)),
        REGISTRY_CREDENTIALS: str(registry.login(settings)),
    }


def _without_debug_log(place: Path) -> None:
    """Put an empty file where the Pulumi CLI would make the folder of its automatic debug log, which has no switch.

    It would write every value of every resource there, at a third of its share of a run. What one asks for by
    `pulumi -v 9 --logtostderr` still comes.
    """
    if place.is_dir():
        shutil.rmtree(place)
    place.touch(mode=0o600)


def exports(settings: Settings) -> str:
    """Return the variables as lines that `eval` takes, quoted."""
    values = variables(settings, os.environ.get("PATH", os.defpath))
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _passphrase() -> Path:
    """Return the file with the passphrase of Pulumi's secrets.

    One for all clouds of a user: Pulumi keeps the salt of a stack in the project's folder, which knows nothing of
    clouds, so a cloud that was reset must not bring a new passphrase to an old salt.
    """
    return config_folder() / "pulumi-passphrase"


def _path(settings: Settings, path: str) -> str:
    first = [str(settings.bin), str(Path(sys.executable).parent)]
    return os.pathsep.join([*first, *(p for p in path.split(os.pathsep) if p and p not in first)])
