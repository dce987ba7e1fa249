"""The object store of a declared cloud: where it is, and whom to trust for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

if TYPE_CHECKING:
    from govcloud.model.cloud import Cloud
    from govcloud.providers.storage.endpoint import Endpoint

__all__ = ["authority_of", "store_of", "url_of"]

_MOST_AUTHORITIES = 8
"""A store's authority has a root, perhaps one above and one that takes over; a system's bundle has a hundred."""


def store_of(cloud: Cloud) -> Endpoint:
    """Return the endpoint of the store of `cloud`, with credentials from the environment.

    Raises EnvironmentProblem when the variable that the declaration names is not set.
    """
    from govcloud.providers.storage.endpoint import Endpoint  # it brings the S3 client, which url_of does without

    store = cloud.spec.object_store
    url = url_of(cloud.metadata.name, store.endpoint, store.endpoint_from)
    return Endpoint.from_config({"endpoint": url, "region": cloud.spec.region, "adapter": store.adapter}, os.environ)


def url_of(cloud: str, endpoint: str | None, endpoint_from: str | None) -> str:
    """Return the URL of a cloud's store: as declared, else from the variable that the declaration names.

    Raises EnvironmentProblem when that variable is not set.
    """
    url = endpoint or os.environ.get(endpoint_from or "")
    if url:
        return url
    raise EnvironmentProblem(
        Problem(
            code="GC-STORE-022",
            message=Text(
                en=f"the address of the object store of cloud {cloud} is not known in this shell",
                vi=f"phiên làm việc này không biết địa chỉ kho đối tượng của đám mây {cloud}",
            ),
            value=Text(f"{endpoint_from} is not set", f"chưa đặt {endpoint_from}"),
            fix=Text(
                en=f'export {endpoint_from}=https://…, or `eval "$(govcloud local env)"`',
                vi=f'đặt biến {endpoint_from}=https://…, hoặc `eval "$(govcloud local env)"`',
            ),
        )
    )


def authority_of(cloud: str, variable: str) -> str:
    """Return the certificate (PEM) of the authority that signed the store's, from the file that `variable` names.

    Workloads of tenants trust what is in it. Raises EnvironmentProblem when it cannot be had, and where the variable
    names something else, such as the system's bundle: operators' shells have that for other programs.
    """
    try:
        text = Path(os.environ[variable]).read_text(encoding="utf-8")
    except KeyError:
        reason = Text(f"{variable} is not set", f"chưa đặt {variable}")
    except (OSError, UnicodeDecodeError) as error:
        why = refusal(error)
        reason = Text(f"{variable}: {why.en}", f"{variable}: {why.vi}")
    else:
        certificates = text.count("-----BEGIN CERTIFICATE-----")
        if 0 < certificates <= _MOST_AUTHORITIES and "PRIVATE KEY" not in text:
            return text
        raise EnvironmentProblem(_no_authority(variable, certificates, secret="PRIVATE KEY" in text))
    raise EnvironmentProblem(
        Problem(
            code="GC-STORE-023",
            message=Text(
                en=f"the authority of the object store of cloud {cloud} is not known in this shell",
                vi=f"phiên làm việc này không biết tổ chức chứng thực của kho đối tượng thuộc đám mây {cloud}",
            ),
            value=reason,
            fix=Text(
                en=f'let {variable} name its certificate (PEM), or `eval "$(govcloud local env)"`',
                vi=f'đặt biến {variable} trỏ tới chứng thư (PEM), hoặc `eval "$(govcloud local env)"`',
            ),
        )
    )


def _no_authority(variable: str, certificates: int, *, secret: bool) -> Problem:
    """Return the problem of a file that may not go to tenants: they would trust all who are in it, or hold its key."""
    what = (
        Text("a private key", "khóa bí mật")
        if secret
        else Text(f"{certificates} certificates", f"{certificates} chứng thư")
    )
    return Problem(
        code="GC-STORE-024",
        message=Text(
            en=f"{variable} names no authority of one store: the file holds {what.en}",
            vi=f"{variable} không trỏ tới tổ chức chứng thực của riêng kho: tệp chứa {what.vi}",
        ),
        value=os.environ[variable],
        allowed=Text(f"1..{_MOST_AUTHORITIES} certificates (PEM)", f"1..{_MOST_AUTHORITIES} chứng thư (PEM)"),
        fix=Text(
            en=f'let {variable} name the certificate of the store\'s own authority, or `eval "$(govcloud local env)"`',
            vi=f'đặt {variable} trỏ tới chứng thư của tổ chức chứng thực của kho, hoặc `eval "$(govcloud local env)"`',
        ),
    )
