"""Who we are to a registry: user and password from a file as `docker login` writes it, never from a command line."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from govcloud.model.cloud import Images
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["Login", "authority", "login"]


@dataclass(frozen=True, slots=True)
class Login:
    """A user of a registry; the password shows in no repr, log or message."""

    user: str
    password: str = field(repr=False)


def login(images: Images, host: str, environment: Mapping[str, str]) -> Login | None:
    """Return who we are to the registry `host`; None where no file knows it.

    The file is the one that the variable `images.credentialsFrom` names, else `$DOCKER_CONFIG/config.json`, else
    `~/.docker/config.json`. Raises CloudError where the named one is not there, or it cannot be understood.
    """
    file = _file(images, environment)
    if file is None:
        return None
    try:
        entries = json.loads(file.read_text(encoding="utf-8")).get("auths", {})
        found = {name.removeprefix("https://").partition("/")[0]: entry for name, entry in entries.items()}.get(host)
        return _login(found) if found else None
    except (OSError, ValueError, AttributeError, TypeError, binascii.Error) as error:
        # Of a file that cannot be understood nothing is quoted: it holds passwords.
        reason = refusal(error) if isinstance(error, OSError) else None
        raise CloudError(_unusable(file, reason)) from None


def authority(images: Images, environment: Mapping[str, str]) -> str | None:
    """Return the file of the authority that signed the registry's certificate; None where every system trusts it.

    Raises CloudError where the variable that should name it does not.
    """
    return str(_named(images.authority_from, "authorityFrom", environment)) if images.authority_from else None


def _file(images: Images, environment: Mapping[str, str]) -> Path | None:
    if images.credentials_from:
        return _named(images.credentials_from, "credentialsFrom", environment)
    folder = environment.get("DOCKER_CONFIG")
    usual = Path(folder) if folder else Path(environment.get("HOME") or "~").expanduser() / ".docker"
    file = usual / "config.json"
    return file if file.is_file() else None


def _named(variable: str, field_name: str, environment: Mapping[str, str]) -> Path:
    path = environment.get(variable)
    if path and Path(path).is_file():
        return Path(path)
    raise CloudError(
        Problem(
            "GC-IMAGE-010",
            Text(
                f"{variable}, which images.{field_name} names, leads to no file",
                f"biến {variable} nêu ở `images.{field_name}` không dẫn tới tệp nào",
            ),
            Text(f"set it: export {variable}=/path/to/file", f"đặt biến: `export {variable}=/đường/dẫn/tới/tệp`"),
            value=path or None,
        )
    )


def _login(entry: Mapping[str, str]) -> Login | None:
    if entry.get("username"):
        return Login(entry["username"], entry.get("password", ""))
    if not entry.get("auth"):
        return None  # kept by a helper, which we do not run
    user, _, password = base64.b64decode(entry["auth"], validate=True).decode("utf-8").partition(":")
    return Login(user, password)


def _unusable(file: Path, reason: Text | None) -> Problem:
    return Problem(
        "GC-IMAGE-011",
        Text(
            f"the file with the registry's password cannot be used: {file}",
            f"không dùng được tệp chứa mật khẩu kho ảnh: {file}",
        ),
        Text(
            'write it as `docker login` does: {"auths": {"<host>": {"auth": "<base64 of user:password>"}}}',
            'viết như `docker login`: `{"auths": {"<host>": {"auth": "<base64 của user:password>"}}}`',
        ),
        value=reason,
    )
