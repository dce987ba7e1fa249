"""Clients of the Kubernetes library that never put a key into a folder.

The library writes what a kubeconfig embeds, keys of administrators too, into the temporary folder and removes it at an
orderly end only; a killed command would leave it. Here it goes into memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client, config
from kubernetes.config import kube_config

from govcloud_base import memory_file

__all__ = ["from_document", "from_files"]


def from_files(paths: str | Path | None, context: str | None = None, *, renew: bool = True) -> client.ApiClient:
    """Return a client for `context` (else the current one) of kubeconfig files, joined as kubectl joins KUBECONFIG.

    Of several files the first to say something wins, of the current context too, and an empty one says nothing. None
    stands for `~/.kube/config`, and a list of files that say nothing for none at all. With `renew`, a login that is
    renewed meanwhile is written back to its file.
    Raises kubernetes.config.ConfigException, OSError or yaml.YAMLError where they cannot be used.
    """
    load: Any = config.new_client_from_config  # the library has no types
    files = [part for part in str(paths or "").split(os.pathsep) if part]
    if len(files) > 1:
        # The library takes the last one's current context, and refuses a file that is empty.
        said = {file: _said(Path(file).expanduser()) for file in files}
        files = [file for file, document in said.items() if document]
        context = context or next((c for document in said.values() if (c := document.get("current-context"))), None)
    if paths and not files:
        raise config.ConfigException(f"no kubeconfig says anything: {paths}")
    made: client.ApiClient = load(os.pathsep.join(files) or None, context=context, persist_config=renew)
    return made


def _said(file: Path) -> Mapping[str, Any]:
    document = yaml.safe_load(file.read_bytes()) if file.exists() else None
    return document if isinstance(document, dict) else {}


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
