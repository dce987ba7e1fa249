"""Clients of the Kubernetes library that never put a key into a folder.

The library writes what a kubeconfig embeds, keys of administrators too, into the temporary folder and removes it at an
orderly end only; a killed command would leave it. Here it goes into memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kubernetes import client, config
from kubernetes.config import kube_config

from govcloud_base import memory_file

__all__ = ["from_document", "from_files"]


def from_files(paths: str | Path | None, context: str | None = None, *, renew: bool = True) -> client.ApiClient:
    """Return a client for `context` (else the current one) of kubeconfig files, joined as in KUBECONFIG.

    None stands for `~/.kube/config`. With `renew`, a login that is renewed meanwhile is written back to its file.
    Raises kubernetes.config.ConfigException, OSError or yaml.YAMLError where they cannot be used.
    """
    load: Any = config.new_client_from_config  # the library has no types
    made: client.ApiClient = load(None if paths is None else str(paths), context=context, persist_config=renew)
    return made


def from_document(kubeconfig: Mapping[str, Any], context: str | None = None) -> client.ApiClient:
    """Return a client for `context` (else the current one) of a kubeconfig that is in no file; raises likewise."""
    load: Any = config.new_client_from_config_dict
    made: client.ApiClient = load(dict(kubeconfig), context=context, persist_config=False)
    return made


def _in_memory(content: str | bytes, temp_file_path: str | None = None, force_recreate: bool = False) -> str:
    return memory_file.kept(content.encode() if isinstance(content, str) else content)


# The one place through which every key of the library passes: from kubeconfigs and from credential programs.
assert callable(kube_config._create_temp_file_with_content)
kube_config._create_temp_file_with_content = _in_memory
