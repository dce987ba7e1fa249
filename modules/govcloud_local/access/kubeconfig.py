"""Kubeconfigs with embedded client certificates, for people, daemons and tests."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Sequence
from pathlib import Path

import yaml

from govcloud_local import private_file
from govcloud_local.access import pki
from govcloud_local.settings import Settings

__all__ = ["ENGINEER_GROUP", "document", "engineer", "issue", "write"]

ENGINEER_GROUP = "gov:platform:engineer"
"""The identity group that the cloud's bootstrap binds to cluster-admin."""


def write(settings: Settings, name: str, *, user: str, groups: Sequence[str]) -> Path:
    """Write `config/<name>/kubeconfig` for a daemon beside the API server; return the file."""
    authority = pki.kubernetes(settings)
    pair = authority.client(f"kubeconfig-{name}", user, groups)
    text = document(
        settings,
        server=settings.api_url,
        user=user,
        certificate=pair.certificate.read_bytes(),
        key=pair.key.read_bytes(),
    )
    file = settings.config / name / "kubeconfig"
    private_file.write(file, text)
    return file


def engineer(settings: Settings) -> Path:
    """Write the platform engineer's kubeconfig into the state folder; return the file."""
    pair = pki.kubernetes(settings).client("platform-engineer", "platform-engineer", [ENGINEER_GROUP])
    text = document(
        settings,
        server=settings.machine_api_url,
        user="platform-engineer",
        certificate=pair.certificate.read_bytes(),
        key=pair.key.read_bytes(),
    )
    private_file.write(settings.kubeconfig, text)
    return settings.kubeconfig


def issue(settings: Settings, user: str, groups: Sequence[str], lifetime: datetime.timedelta) -> str:
    """Return a kubeconfig for `user` in `groups` that ends after `lifetime`; nothing is kept."""
    certificate, key = pki.kubernetes(settings).issue(user, groups, lifetime)
    return document(settings, server=settings.machine_api_url, user=user, certificate=certificate, key=key)


def document(settings: Settings, *, server: str, user: str, certificate: bytes, key: bytes) -> str:
    """Return a kubeconfig (YAML) whose only context carries the cloud's cluster name."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": settings.cluster,
            "clusters": [
                {
                    "name": settings.cluster,
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": _encoded(pki.kubernetes(settings).certificate.read_bytes()),
                    },
                }
            ],
            "contexts": [{"name": settings.cluster, "context": {"cluster": settings.cluster, "user": user}}],
            "users": [
                {
                    "name": user,
                    "user": {
                        "client-certificate-data": _encoded(certificate),
                        "client-key-data": _encoded(key),
                    },
                }
            ],
        },
        sort_keys=False,
    )


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
