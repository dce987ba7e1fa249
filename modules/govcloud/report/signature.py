"""Signatures of records: Ed25519 (RFC 8032), beside the file, so that `openssl` and others can check them.

The private key is a PEM file (PKCS #8) which an environment variable names; no password is asked for, so it belongs to
its owner alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["VARIABLE", "signing_key"]

VARIABLE: Final = "GOVCLOUD_SIGNING_KEY"
_OTHERS: Final = 0o077


def signing_key(environment: Mapping[str, str] = os.environ) -> Ed25519PrivateKey | None:
    """Return the key with which records are signed, None where no variable names one.

    Raises EnvironmentProblem (GC-SIGN-001) where the file cannot be read, is open to others, or holds no such key.
    """
    named = environment.get(VARIABLE)
    if not named:
        return None
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with Path(named).open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise _unusable(named, Text("others may read it", "người khác đọc được tệp"))
            key = load_pem_private_key(file.read(), password=None)
    except OSError as error:
        raise _unusable(named, refusal(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # not a word of what is in it
        raise _unusable(
            named, Text("no private key in PEM, without a password", "không có khóa PEM, không mật khẩu")
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(named, Text("not an Ed25519 key", "không phải khóa Ed25519"))
    return key


def _unusable(file: str, why: Text) -> EnvironmentProblem:
    return EnvironmentProblem(
        Problem(
            code="GC-SIGN-001",
            message=Text(
                f"records cannot be signed with the key that {VARIABLE} names: {why.en}",
                f"không ký được bằng khóa mà {VARIABLE} chỉ tới: {why.vi}",
            ),
            value=file,
            allowed="Ed25519, PEM, 0600",
            fix=Text(
                "make one with `openssl genpkey -algorithm ed25519`, for its owner alone, or unset the variable",
                "tạo bằng `openssl genpkey -algorithm ed25519`, chỉ chủ sở hữu đọc được, hoặc bỏ biến này",
            ),
        )
    )
