"""A user's folders of state, cache and configuration."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder", "config_folder", "state_folder"]


def _folder(variable: str, base_variable: str, base_default: str) -> Path:
    if chosen := os.environ.get(variable):
        return Path(chosen).absolute()
    base = Path(os.environ.get(base_variable) or "")
    # A base that is no absolute path counts as none (XDG Base Directory Specification, "Basics").
    return (base if base.is_absolute() else Path.home() / base_default) / "govcloud"


def state_folder() -> Path:
    """Return the folder that holds one embedded cloud whole: $GOVCLOUD_STATE, else ~/.local/state/govcloud.

    Two clouds on one machine are two state folders (and two port bases).
    """
    return _folder("GOVCLOUD_STATE", "XDG_STATE_HOME", ".local/state")


def cache_folder() -> Path:
    """Return the folder for what may be made again: $GOVCLOUD_CACHE, else ~/.cache/govcloud.

    Deleting it loses time, never data.
    """
    return _folder("GOVCLOUD_CACHE", "XDG_CACHE_HOME", ".cache")


def config_folder() -> Path:
    """Return the folder for what outlives every embedded cloud of a user: $GOVCLOUD_CONFIG, else ~/.config/govcloud."""
    return _folder("GOVCLOUD_CONFIG", "XDG_CONFIG_HOME", ".config")
