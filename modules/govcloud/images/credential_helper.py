"""A program that keeps passwords for registries, as Docker's command line asks one (`docker-credential-NAME get`)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["ask"]

_SECONDS = 60.0
"""Somebody may have to unlock it first."""
_UNKNOWN = "credentials not found"
"""What helpers say of a registry that they do not know (docker-credential-helpers: IsErrCredentialsNotFound)."""
_TOKEN = "<token>"  # noqa: S105  # the name of a user, which says that what is kept is a token
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def ask(helper: str, server: str, environment: Mapping[str, str]) -> tuple[str, str, bool] | None:
    """Return user, password and whether it is a token in place of one; None where the helper knows none for `server`.

    Raises CloudError where it is not on the path, does not end, or says something else.
    """
    program = f"docker-credential-{helper}"
    path = shutil.which(program, path=environment.get("PATH")) if _NAME.fullmatch(helper) else None
    if path is None:
        raise CloudError(_problem(program, Text("not on PATH", "không có trong PATH")))
    try:
        answer = subprocess.run(
            [path, "get"],
            input=server,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        raise CloudError(_problem(program, refusal(error))) from None
    except subprocess.TimeoutExpired:
        said = Text(f"no answer in {_SECONDS:.0f} s", f"không trả lời trong {_SECONDS:.0f} giây")
        raise CloudError(_problem(program, said)) from None
    if answer.returncode != 0:
        if _UNKNOWN in answer.stdout:
            return None
        # A helper says on its output what is wrong; what looks like an answer may be the password.
        spoken = "" if "{" in answer.stdout or "Secret" in answer.stdout else answer.stdout.strip()
        complaint = (spoken or answer.stderr.strip()).partition("\n")[0]
        raise CloudError(_problem(program, quotation(complaint[:200] or f"exit code {answer.returncode}")))
    try:
        kept = json.loads(answer.stdout)
        user, secret = str(kept["Username"]), str(kept["Secret"])
    except (ValueError, KeyError, TypeError):
        # Of what it said nothing is quoted: it may be the password.
        raise CloudError(_problem(program, Text("its answer cannot be read", "không đọc được câu trả lời"))) from None
    return user, secret, user == _TOKEN


def _problem(program: str, said: Text) -> Problem:
    return Problem(
        "GC-IMAGE-016",
        Text(
            f"{program}, which keeps the registry's password, does not answer",
            f"{program}, nơi giữ mật khẩu của kho ảnh, không trả lời",
        ),
        Text(
            "see that it runs in this shell, or let images.credentialsFrom name a file that holds user and password",
            "kiểm tra nó chạy được trong phiên này, hoặc để `images.credentialsFrom` nêu tệp ghi tên và mật khẩu",
        ),
        value=said,
    )
