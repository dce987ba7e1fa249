"""Signatures of records: Ed25519 (RFC 8032), beside the file, so that `openssl` and others can check them.

The private key is a PEM file (PKCS #8) which an environment variable names; no password is asked for, so it belongs to
its owner alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["VARIABLE", "fingerprint", "public_key", "signed_by", "signing_key"]

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


def public_key(file: Path) -> Ed25519PublicKey:
    """Return the key by which signatures are checked, from its file (PEM, SubjectPublicKeyInfo).

    Raises EnvironmentProblem (GC-SIGN-002) where the file cannot be read or holds no such key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(file.read_bytes())
    except OSError as error:
        raise _no_public_key(file, refusal(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _no_public_key(file, Text("no public key in PEM", "không có khóa công khai dạng PEM")) from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no_public_key(file, Text("not an Ed25519 key", "không phải khóa Ed25519"))
    return key


def signed_by(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Return whether a signature of this content was made with the other half of the key."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a key as `openssl pkey -pubin -outform DER` writes it: hexadecimal."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _no_public_key(file: Path, why: Text) -> EnvironmentProblem:
    return EnvironmentProblem(
        Problem(
            code="GC-SIGN-002",
            message=Text(
                f"signatures cannot be checked with this key: {why.en}",
                f"không kiểm tra được chữ ký bằng khóa này: {why.vi}",
            ),
            value=str(file),
            allowed="Ed25519, PEM",
            fix=Text(
                "name the public half: `openssl pkey -in KEY -pubout -out FILE` writes it",
                "nêu nửa công khai của khóa: `openssl pkey -in KEY -pubout -out FILE` ghi ra nó",
            ),
        )
    )


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
