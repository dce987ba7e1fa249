"""Who seals the secrets in a stack's state: as the stack's own settings say, else as the environment says for new ones.

Pulumi asks for it when a stack is made, and does not look at what the stack's settings file says already: made anew
without a word, a stack that a key service sealed would be sealed by a passphrase.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from govcloud.refusal import quotation
from govcloud_base.errors import EnvironmentProblem, Place, Problem, Text

__all__ = ["of_new"]

_VARIABLE = "GOVCLOUD_SECRETS_PROVIDER"
_KINDS = ("passphrase", "awskms", "azurekeyvault", "gcpkms", "hashivault")
"""What the CLI can do; all but the first are URLs."""


def of_new(root: Path, stack: str) -> str | None:
    """Return the secrets provider with which a stack of the project at `root` is to be made; None for the CLI's own.

    Raises EnvironmentProblem where the CLI has none of the kind, or the stack's settings cannot be read.
    """
    file = _settings(root, stack)
    found = _read(file)
    if "encryptionsalt" in found:
        return None  # a passphrase sealed it
    declared = str(found.get("secretsprovider") or "")
    wanted = declared or os.environ.get(_VARIABLE, "")
    if wanted and wanted.partition(":")[0] not in _KINDS:
        raise EnvironmentProblem(_unknown(wanted, Place(str(file)) if declared else Place(_VARIABLE)))
    return wanted or None


def _settings(root: Path, stack: str) -> Path:
    folder = _read(root / "Pulumi.yaml").get("stackConfigDir")
    return root / str(folder or "") / f"Pulumi.{stack}.yaml"


def _read(file: Path) -> dict[str, object]:
    try:
        found = yaml.safe_load(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise EnvironmentProblem(_unreadable(file, error)) from None
    return found if isinstance(found, dict) else {}


def _unknown(wanted: str, place: Place) -> Problem:
    return Problem(
        code="GC-FLEET-010",
        message=Text("there is no secrets provider of this kind", "không có loại `secrets provider` này"),
        fix=Text("name one that Pulumi has", "nêu một loại mà Pulumi có"),
        place=place,
        value=wanted.partition(":")[0],
        allowed=", ".join(kind if kind == "passphrase" else f"{kind}://…" for kind in _KINDS),
    )


def _unreadable(file: Path, error: Exception) -> Problem:
    return Problem(
        code="GC-FLEET-011",
        message=Text(
            f"the settings cannot be read: {type(error).__name__}",
            f"không đọc được thiết lập: {quotation(type(error).__name__).vi}",
        ),
        fix=Text("restore the file from the repository", "khôi phục tệp từ kho mã"),
        place=Place(str(file)),
    )
