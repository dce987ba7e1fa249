"""Which of a shell's variables speak of one cloud: those named after it, and the plain ones where they mean its store.

A variable NAME of common tools is `GOVCLOUD_<CLOUD>_NAME` for one cloud (`GOVCLOUD_CGC_HN2_AWS_ACCESS_KEY_ID`), and one
of ours, `GOVCLOUD_NAME`, likewise (`GOVCLOUD_CGC_HN2_AUDITOR_KUBECONFIG`). Keys may stand in the AWS profile
`govcloud-<cloud>` instead: a pair and its token are of one source, and a part of one beside a profile with keys is
refused by name. Whom to trust is no part of the pair: the profile's `ca_bundle` counts where no
variable of the cloud says it.

The plain `AWS_*` and `GOVCLOUD_SEAWEEDFS_*` are of one store alone, the one whose address is in `AWS_ENDPOINT_URL_S3`:
for a store with another address they are as if they were not set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from govcloud.model.dialect import DIALECTS
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["address", "named_after", "profile", "surroundings"]

_ADDRESS = "AWS_ENDPOINT_URL_S3"
_PAIR = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
_KEYS = _PAIR | {"AWS_SESSION_TOKEN"}
_PLAIN = ("AWS_", *(f"GOVCLOUD_{dialect.upper()}_" for dialect in DIALECTS))
_FILES = {
    "credentials_file": ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    "config_file": ("AWS_CONFIG_FILE", "~/.aws/config"),
}
"""Where profiles stand: botocore's name of the setting, the variable that moves the file, and where it is otherwise."""


def surroundings(
    cloud: str, endpoint: str | None, endpoint_from: str | None, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of one cloud, its variables under the names that tools read.

    `endpoint` is the address of its store where it is fixed, `endpoint_from` the variable that holds it otherwise.
    Raises EnvironmentProblem where the cloud's profile cannot be read (GC-STORE-026), or it has keys and the variables
    named after the cloud have a part of such a pair (GC-STORE-027).
    """
    own = _own(cloud, environment)
    url = address(endpoint, endpoint_from, {**environment, **own})
    plain = bool(url) and _same(url, environment.get(_ADDRESS, ""))
    kept = {name: value for name, value in environment.items() if plain or not name.startswith(_PLAIN)}
    half = own.keys() & _KEYS
    whole = half >= _PAIR
    beside = _profile(profile(cloud), environment, keys=not whole)
    if half and not whole and beside.keys() & _KEYS:
        raise EnvironmentProblem(_mixed(cloud, sorted(half)))
    own = {**beside, **own}
    if own.keys() & _KEYS:
        # a pair and its token are of one origin, or they are none
        kept = {name: value for name, value in kept.items() if name not in _KEYS}
    return {**kept, **own}


def address(endpoint: str | None, endpoint_from: str | None, environment: Mapping[str, str]) -> str:
    """Return the address of a store: as declared, else from the variable that the declaration names; '' without one."""
    return endpoint or environment.get(endpoint_from or "", "")


def named_after(cloud: str, variable: str) -> str:
    """Return the name that a variable has for one cloud: `GOVCLOUD_CGC_HN2_AWS_CA_BUNDLE` for `AWS_CA_BUNDLE`."""
    return _prefix(cloud) + variable.removeprefix("GOVCLOUD_")


def profile(cloud: str) -> str:
    """Return the name of the AWS profile in which a cloud's keys may stand."""
    return f"govcloud-{cloud}"


def _prefix(cloud: str) -> str:
    return f"GOVCLOUD_{cloud.upper().replace('-', '_')}_"


def _own(cloud: str, environment: Mapping[str, str]) -> dict[str, str]:
    prefix = _prefix(cloud)
    found = ((name.removeprefix(prefix), value) for name, value in environment.items() if name.startswith(prefix))
    return {name if name.startswith("AWS_") else f"GOVCLOUD_{name}": value for name, value in found if value}


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _profile(name: str, environment: Mapping[str, str], *, keys: bool) -> dict[str, str]:
    """Return what a profile says, under the names of variables, with or without its keys; nothing where no file speaks
    of it."""
    files = {key: Path(environment.get(variable) or usual).expanduser() for key, (variable, usual) in _FILES.items()}
    try:
        spoken = any(name.encode() in file.read_bytes() for file in files.values() if file.is_file())
    except OSError as error:
        raise EnvironmentProblem(_unreadable(name, refusal(error))) from None
    if not spoken:
        return {}
    return _read(name, files, keys=keys)


def _read(name: str, files: Mapping[str, Path], *, keys: bool) -> dict[str, str]:
    # it takes a third of a second, and only those pay who keep a profile
    import botocore.session
    from botocore.exceptions import BotoCoreError

    session = botocore.session.Session(profile=name)
    for key, file in files.items():
        session.set_config_variable(key, str(file) if file.is_file() else os.devnull)
    try:
        if name not in session.available_profiles:
            return {}
        resolver = session.get_component("credential_provider")
        for elsewhere in ("container-role", "iam-role"):  # what a machine of a vendor's cloud has, no profile's
            resolver.remove(elsewhere)
        found = session.get_credentials() if keys else None
        frozen = found.get_frozen_credentials() if found else None
        bundle = session.get_scoped_config().get("ca_bundle")
    except (BotoCoreError, OSError) as error:
        raise EnvironmentProblem(_unreadable(name, refusal(error))) from None
    said = {
        "AWS_ACCESS_KEY_ID": frozen.access_key if frozen else None,
        "AWS_SECRET_ACCESS_KEY": frozen.secret_key if frozen else None,
        "AWS_SESSION_TOKEN": frozen.token if frozen else None,
        "AWS_CA_BUNDLE": str(Path(bundle).expanduser()) if bundle else None,
    }
    return {key: value for key, value in said.items() if value}


def _mixed(cloud: str, half: Sequence[str]) -> Problem:
    wanted = ", ".join(named_after(cloud, name) for name in sorted(_PAIR))
    return Problem(
        code="GC-STORE-027",
        message=Text(
            en=f"the keys of the store of cloud {cloud} are from two sources: the AWS profile {profile(cloud)}, and a "
            "part of a pair in the variables named after the cloud",
            vi=f"khóa của kho thuộc đám mây {cloud} đến từ hai nguồn: hồ sơ AWS {profile(cloud)}, và một phần của cặp "
            "khóa trong các biến mang tên đám mây",
        ),
        value=", ".join(named_after(cloud, name) for name in half),
        allowed=wanted,
        fix=Text(
            en="set both variables, or neither for the profile to count",
            vi="đặt cả hai biến, hoặc bỏ cả hai để dùng hồ sơ",
        ),
    )


def _unreadable(name: str, reason: Text) -> Problem:
    return Problem(
        code="GC-STORE-026",
        message=Text(
            en=f"the keys of the AWS profile {name} cannot be had: {reason.en}",
            vi=f"không lấy được khóa của hồ sơ AWS {name}: {reason.vi}",
        ),
        value=name,
        fix=Text(
            en="mend the profile, or give the keys by the variables named after the cloud",
            vi="sửa hồ sơ đó, hoặc đặt khóa bằng các biến mang tên đám mây",
        ),
    )
