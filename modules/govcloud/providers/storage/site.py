"""The object store of a declared cloud: where it is, and whom to trust for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud.advice import alternative
from govcloud.providers.storage.surroundings import address, named_after, surroundings
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Problem, Text

if TYPE_CHECKING:
    from govcloud.model.cloud import Cloud, StoreAdministration
    from govcloud.plan import Administration
    from govcloud.providers.storage.endpoint import Endpoint

__all__ = ["administration_of", "authority_of", "cloud_of", "provider_name", "store_of", "surroundings_of", "url_of"]

_STORE = "-store"
_MOST_AUTHORITIES = 8
"""A store's authority has a root, perhaps one above and one that takes over; a system's bundle has a hundred."""


def provider_name(cloud: str) -> str:
    """Return the name of the resource that stands for a cloud's store in a stack."""
    return f"{cloud}{_STORE}"


def cloud_of(provider: str) -> str | None:
    """Return the cloud whose store such a resource stands for; None where a program named it otherwise."""
    cloud = provider.removesuffix(_STORE)
    return cloud if cloud and cloud != provider else None


def surroundings_of(cloud: Cloud) -> dict[str, str]:
    """Return the environment of `cloud`: see :func:`.surroundings.surroundings`, which also says what is raised."""
    store = cloud.spec.object_store
    return surroundings(cloud.name, store.endpoint, store.endpoint_from, os.environ)


def store_of(cloud: Cloud, environment: Mapping[str, str]) -> Endpoint:
    """Return the endpoint of the store of `cloud`, with the credentials of its `environment`.

    Raises EnvironmentProblem when the variable that the declaration names is not set.
    """
    from govcloud.providers.storage.endpoint import Endpoint  # it brings the S3 client, which url_of does without

    store = cloud.spec.object_store
    url = url_of(cloud.name, store.endpoint, store.endpoint_from, environment)
    config = {
        "endpoint": url,
        "region": cloud.spec.region,
        "adapter": store.adapter,
        **administration_of(cloud.name, store.administration, environment),
    }
    return Endpoint.from_config(config, environment, cloud.name)


def administration_of(
    cloud: str, named: StoreAdministration | Administration, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return what the provider's configuration says of who administers a cloud's store; nothing where nothing is said.

    Raises EnvironmentProblem when the variable of its address is not set.
    """
    asked = named.endpoint or named.endpoint_from
    said = {
        "administrationEndpoint": url_of(cloud, named.endpoint, named.endpoint_from, environment) if asked else None,
        "administrationAccessKeyEnv": named.access_key_from,
        "administrationSecretKeyEnv": named.secret_key_from,
    }
    return {key: value for key, value in said.items() if value}


def url_of(cloud: str, endpoint: str | None, endpoint_from: str | None, environment: Mapping[str, str]) -> str:
    """Return the URL of a cloud's store: as declared, else from the variable of its environment that is declared.

    Raises EnvironmentProblem when that variable is not set.
    """
    url = address(endpoint, endpoint_from, environment)
    if url:
        return url
    own = named_after(cloud, endpoint_from or "")
    raise EnvironmentProblem(
        Problem(
            code="GC-STORE-022",
            message=Text(
                en=f"the address of the object store of cloud {cloud} is not known in this shell",
                vi=f"phiên làm việc này không biết địa chỉ kho đối tượng của đám mây {cloud}",
            ),
            value=Text(f"{endpoint_from} is not set", f"chưa đặt {endpoint_from}"),
            fix=alternative(
                Text(
                    f'export {endpoint_from}=https://…, {own} for this cloud alone, or `eval "$(govcloud local env)"`',
                    f"đặt biến {endpoint_from}=https://…, {own} cho riêng đám mây này, "
                    'hoặc `eval "$(govcloud local env)"`',
                ),
                Text(
                    f"export {endpoint_from}=https://…, or {own} for this cloud alone",
                    f"đặt biến {endpoint_from}=https://…, hoặc {own} cho riêng đám mây này",
                ),
            ),
        )
    )


def authority_of(cloud: str, variable: str, environment: Mapping[str, str]) -> str:
    """Return the certificate (PEM) of the authority that signed the store's, from the file that `variable` names.

    `environment` is the cloud's. Workloads of tenants trust what is in the file. Raises EnvironmentProblem when it
    cannot be had, and where the variable names something else, such as the system's bundle: operators' shells have that
    for other programs.
    """
    named = environment.get(variable)
    try:
        text = Path(named).read_text(encoding="utf-8") if named else ""
    except (OSError, UnicodeDecodeError) as error:
        why = refusal(error)
        reason = Text(f"{variable}: {why.en}", f"{variable}: {why.vi}")
    else:
        certificates = text.count("-----BEGIN CERTIFICATE-----")
        if 0 < certificates <= _MOST_AUTHORITIES and "PRIVATE KEY" not in text:
            return text
        if named:
            raise EnvironmentProblem(_no_authority(variable, named, certificates, secret="PRIVATE KEY" in text))
        reason = Text(f"{variable} is not set", f"chưa đặt {variable}")
        if os.environ.get(variable):
            reason = Text(f"{variable} is another store's", f"{variable} là của kho khác")
    own = named_after(cloud, variable)
    raise EnvironmentProblem(
        Problem(
            code="GC-STORE-023",
            message=Text(
                en=f"the authority of the object store of cloud {cloud} is not known in this shell",
                vi=f"phiên làm việc này không biết tổ chức chứng thực của kho đối tượng thuộc đám mây {cloud}",
            ),
            value=reason,
            fix=alternative(
                Text(
                    f"let {variable}, or {own} for this cloud alone, name its certificate (PEM), "
                    'or `eval "$(govcloud local env)"`',
                    f"đặt biến {variable}, hoặc {own} cho riêng đám mây này, trỏ tới chứng thư (PEM), "
                    'hoặc `eval "$(govcloud local env)"`',
                ),
                Text(
                    f"let {variable}, or {own} for this cloud alone, name its certificate (PEM)",
                    f"đặt biến {variable}, hoặc {own} cho riêng đám mây này, trỏ tới chứng thư (PEM)",
                ),
            ),
        )
    )


def _no_authority(variable: str, file: str, certificates: int, *, secret: bool) -> Problem:
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
        value=file,
        allowed=Text(f"1..{_MOST_AUTHORITIES} certificates (PEM)", f"1..{_MOST_AUTHORITIES} chứng thư (PEM)"),
        fix=Text(
            f"let {variable} name the certificate of the store's own authority",
            f"đặt {variable} trỏ tới chứng thư của tổ chức chứng thực của kho",
        ),
    )
