"""How one gets into a registry: where it is, who signed for it, and a password, never from a command line."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from govcloud.advice import alternative
from govcloud.images import credential_helper
from govcloud.model.cloud import Endpoint, Images
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["Login", "address", "authority", "login"]

_ADDRESS: TypeAdapter[str] = TypeAdapter(Endpoint)


@dataclass(frozen=True, slots=True)
class Login:
    """A user of a registry; the password shows in no repr, log or message."""

    user: str
    password: str = field(repr=False)


def login(images: Images, place: str, environment: Mapping[str, str]) -> Login | None:
    """Return who we are to a registry, or to the part of it called `place` (`host[:port][/folder]`); None if unknown.

    The file is the one that the variable `images.credentialsFrom` names, else `$DOCKER_CONFIG/config.json`, else
    `~/.docker/config.json`. Where it names a helper for the registry, that is asked first. Raises CloudError where the
    named file is not there, it cannot be understood, a helper does not answer, or all that is kept is a token.
    """
    file = _file(images, environment)
    if file is None:
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        name, entry = _nearest(kept.get("auths") or {}, place)
        _, helper = _nearest(kept.get("credHelpers") or {}, place.partition("/")[0])
        helper = helper or kept.get("credsStore")
        asked = credential_helper.ask(helper, name or place.partition("/")[0], environment) if helper else None
        user, password, token = asked or _written(entry or {})
    except (OSError, ValueError, AttributeError, TypeError, binascii.Error) as error:
        # Of a file that cannot be understood nothing is quoted: it holds passwords.
        reason = refusal(error) if isinstance(error, OSError) else None
        raise CloudError(_unusable(file, reason)) from None
    if token:
        raise CloudError(_token(file, place))
    return Login(user, password) if user else None


def _nearest(entries: Mapping[str, Any], place: str) -> tuple[str, Any]:
    """Return what is written of a place, and under which name: of the part that is nearest, or of its host."""
    named: dict[str, tuple[str, Any]] = {}
    for name, entry in entries.items():
        known = _plain(name)
        if known == name or known not in named:  # who writes it plainly means it
            named[known] = (name, entry)
    parts = _plain(place).split("/")
    places = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((named[each] for each in places if each in named), ("", None))


def _plain(name: str) -> str:
    """Return the place that a name in such a file means: `https://registry.example:443/v2/` is `registry.example`."""
    host, _, path = name.partition("://")[2 if "://" in name else 0].strip("/").partition("/")
    path = "" if path in ("v1", "v2") else path
    return f"{host.removesuffix(':443')}{f'/{path}' if path else ''}"


def _written(entry: Mapping[str, str]) -> tuple[str, str, bool]:
    """Return user, password and whether there is a token in place of it, as a file says them."""
    token = bool(entry.get("identitytoken") or entry.get("registrytoken"))
    if entry.get("username") or not entry.get("auth"):
        return entry.get("username", ""), entry.get("password", ""), token
    user, _, password = base64.b64decode(entry["auth"], validate=True).decode("utf-8").partition(":")
    return user, password, token


def address(images: Images, host: str, environment: Mapping[str, str]) -> str:
    """Return `host[:port]` at which the registry `host` is reached from here: its name, where nothing else is declared.

    Raises CloudError where the variable that should hold the address does not.
    """
    if images.endpoint_from is None or host != images.registry:
        return host
    try:
        url: str = _ADDRESS.validate_python(environment.get(images.endpoint_from, "").removesuffix("/"))
    except ValidationError:  # its words quote the value, in which somebody may have written a password
        raise CloudError(_no_address(images.endpoint_from, host)) from None
    return url.removeprefix("https://")


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


def _no_address(variable: str, host: str) -> Problem:
    return Problem(
        "GC-IMAGE-018",
        Text(
            f"{variable}, which images.endpointFrom names, holds no address of the registry {host}",
            f"biến {variable} nêu ở `images.endpointFrom` không chứa địa chỉ của kho ảnh {host}",
        ),
        alternative(
            Text(
                f'export {variable}=https://…, or `eval "$(govcloud local env)"`',
                f'đặt biến {variable}=https://…, hoặc `eval "$(govcloud local env)"`',
            ),
            Text(f"export {variable}=https://…", f"đặt biến {variable}=https://…"),
        ),
        allowed="https://host[:port]",
    )


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


def _token(file: Path, place: str) -> Problem:
    return Problem(
        "GC-IMAGE-017",
        Text(
            f"for {place} nothing but a token is kept, which is not used here: {file}",
            f"với {place} chỉ có mã truy cập được lưu, không dùng được ở đây: {file}",
        ),
        Text(
            "log in with a user and a password, such as a robot's, and let images.credentialsFrom name that file",
            "đăng nhập bằng tên và mật khẩu, ví dụ của tài khoản máy, và để `images.credentialsFrom` nêu tệp đó",
        ),
    )
