"""Where things lie: a user's folders of state, cache and configuration, and what the product itself brings along."""

from __future__ import annotations

import functools
import os
from pathlib import Path

__all__ = ["cache_folder", "carried", "config_folder", "project_root", "state_folder"]


def _folder(variable: str, base_variable: str, base_default: str) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).absolute()
    base = os.environ.get(base_variable)
    return (Path(base) if base else Path.home() / base_default) / "govcloud"


def state_folder() -> Path:
    """Return the folder that holds one embedded cloud whole: $GOVCLOUD_STATE, else ~/.local/state/govcloud.

    Two clouds on one machine are two state folders (and two port bases).
    """
    return _folder("GOVCLOUD_STATE", "XDG_STATE_HOME", ".local/state")


def cache_folder() -> Path:
    """Return the folder for built tools and images, keyed by their pins: $GOVCLOUD_CACHE, else ~/.cache/govcloud.

    Deleting it loses time, never data.
    """
    return _folder("GOVCLOUD_CACHE", "XDG_CACHE_HOME", ".cache")


def config_folder() -> Path:
    """Return the folder for what outlives every embedded cloud of a user: $GOVCLOUD_CONFIG, else ~/.config/govcloud."""
    return _folder("GOVCLOUD_CONFIG", "XDG_CONFIG_HOME", ".config")


def project_root() -> Path:
    """Return the checkout's root: the folder with Pulumi.yaml above this file."""
    return Path(__file__).resolve().parents[2]


@functools.cache
def carried(name: str) -> Path:
    """Return a folder of data that the product brings along, such as `policies`.

    An installed package holds it inside; in a checkout it lies at the top (ADR 0045).
    """
    inside = Path(__file__).resolve().parent / name
    return inside if inside.is_dir() else project_root() / name
