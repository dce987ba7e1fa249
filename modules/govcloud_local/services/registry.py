"""The registry of images: distribution's, over TLS alone, with one user that may push and one that only pulls.

It listens on the loopback of the cloud's own network, where the node is and no pod can be; a relay brings this machine
there. Beside its folder of images it sees nothing of the machine, and it is not root.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.access import pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import NODE_INIT, Component, Home
from govcloud_local.settings import REGISTRY, Settings
from govcloud_local.toolchain.tool import Tool

__all__ = [
    "NAME",
    "PULLER",
    "PUSHER",
    "TOOLS",
    "authority",
    "authorization",
    "component",
    "login",
    "password",
    "prepare",
    "serves",
]

NAME = "registry"
TOOLS = ("registry",)
PUSHER, PULLER = "pusher", "puller"
"""Who fills it from this machine, and the node."""
_NOBODY = 65534


def prepare(settings: Settings) -> None:
    """Make certificate, passwords and the folder of images, which is the registry's own."""
    pki.registry(settings).server(NAME, [urlsplit(settings.registry_url).hostname or "", "localhost", REGISTRY])
    users = {name: {"sha256": _digest(password(settings, name)), "push": name == PUSHER} for name in (PUSHER, PULLER)}
    private_file.write(_users(settings), json.dumps(users))
    entry = {"auth": _encoded(settings, PUSHER)}
    private_file.write(login(settings), json.dumps({"auths": {REGISTRY: entry}}))
    os.chown(private_file.folder(_images(settings)), _NOBODY, _NOBODY)


def authority(settings: Settings) -> Path:
    """Return the certificate (PEM) of who signed the registry's own."""
    return settings.pki / NAME / "ca.crt"


def login(settings: Settings) -> Path:
    """Return the file by which one pushes, as `docker login` writes it."""
    return settings.pki / NAME / "login.json"


def password(settings: Settings, user: str) -> str:
    """Return the password of PUSHER or PULLER, drawn once and kept."""
    return private_file.kept_secret(settings.pki / NAME / f"{user}.key")


def authorization(settings: Settings, user: str) -> str:
    """Return what a client says to get in as PUSHER or PULLER (RFC 7617)."""
    return f"Basic {_encoded(settings, user)}"


def component(settings: Settings, tool: Tool) -> Component:
    """Return the daemon; pure but for reading the certificate and the users, which `prepare` made."""
    folder = settings.pki / NAME
    read = (folder / f"{NAME}.crt", _users(settings))
    return Component(
        name=NAME,
        argv=(
            str(tool.path),
            f"-listen={urlsplit(settings.registry_url).netloc}",
            f"-data={_images(settings)}",
            f"-certificate={folder / f'{NAME}.crt'}",
            f"-key={folder / f'{NAME}.key'}",
            f"-users={_users(settings)}",
        ),
        environment={
            "GOMEMLIMIT": "96MiB",
            # it reads them when it starts: others are another registry
            "GOVCLOUD_READ": hashlib.sha256(b"".join(file.read_bytes() for file in read)).hexdigest(),
        },
        ready=partial(serves, settings, Home.NETWORK),
        after=(NODE_INIT,),
        version=tool.version,
        endpoint=f"https://{REGISTRY}",
    )


def serves(settings: Settings, within: Home) -> Text | None:
    """Return None when it lets in whom it should, else what is missing."""
    headers = {"Authorization": authorization(settings, PULLER)}
    url = f"{settings.registry_url}/v2/"
    try:
        status, _ = probe.http_request(settings, "GET", url, ca=authority(settings), within=within, headers=headers)
    except (OSError, http.client.HTTPException) as error:
        return probe.no_answer(url, error)
    return None if status == 200 else Text(f"{url} answers {status}", f"{url} trả lời {status}")


def _images(settings: Settings) -> Path:
    return settings.data / NAME


def _users(settings: Settings) -> Path:
    return settings.config / NAME / "users.json"


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _encoded(settings: Settings, user: str) -> str:
    return base64.b64encode(f"{user}:{password(settings, user)}".encode()).decode()
