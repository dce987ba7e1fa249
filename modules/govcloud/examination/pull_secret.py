"""The Secret with which nodes get images, lent to the pods of an examination by who runs the site; by no tenant."""

from __future__ import annotations

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, collection, resource
from govcloud.country import Country
from govcloud.examination.ground import Ground
from govcloud.model import names
from govcloud.model.cloud import Images
from govcloud.render.territory import territory
from govcloud_base.errors import Text

__all__ = ["lend"]

_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
"""The only ones of which a node takes a password; any other it passes over in silence."""


def lend(ground: Ground, images: Images, country: Country, role: str) -> None:
    """Copy the Secret `images.pullSecret` from `images.pullSecretNamespace` into a namespace of the examination.

    Where the cloud declares none, nothing is done. Raises BlindError where it is not there, is none with which a node
    gets images, or lies where a tenant of the country could put it.
    """
    name, home = images.pull_secret, images.pull_secret_namespace
    if name is None:
        return
    _require_the_sites(ground, country, home)
    request = Request("GET", resource("", "secrets", name, home))
    answer = ground.api.send(request)
    if answer.status == 404:
        options = f"--namespace {home} --docker-server={images.registry} ..."
        make = f"`kubectl create secret docker-registry {name} {options}`"
        raise BlindError(
            Text(
                f"namespace {home} has no Secret {name} (images.pullSecret): {make}, or declare where it lies "
                "(images.pullSecretNamespace)",
                f"namespace {home} không có Secret {name} (`images.pullSecret`): {make}, hoặc khai báo nơi đặt nó "
                "(`images.pullSecretNamespace`)",
            )
        )
    if not answer.ok:
        raise BlindError(answer.to(request))
    secret = answer.json()
    if secret.get("type") not in _TYPES:
        raise BlindError(
            Text(
                f"Secret {home}/{name} is of type {secret.get('type')}, with which no node gets images: {_TYPES[0]}",
                f"Secret {home}/{name} thuộc kiểu `{secret.get('type')}`, nút không dùng để lấy ảnh: `{_TYPES[0]}`",
            )
        )
    namespace = ground.namespace(role)
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": ground.metadata(name, namespace),
        "type": secret["type"],
        "data": secret.get("data"),
    }
    ground.create(Request("POST", collection("", "secrets", namespace), body))


def _require_the_sites(ground: Ground, country: Country, home: str) -> None:
    """Raise BlindError unless the namespace is the site's own: what a tenant wrote there would decide what is found.

    One that a tenant is to have is the tenant's before it is there.
    """
    if any(home in territory(country, tenant) for tenant in country.tenants.values()):
        raise BlindError(_of_a_tenant(home))
    request = Request("GET", resource("", "namespaces", home))
    answer = ground.api.send(request)
    if not answer.ok:
        raise BlindError(answer.to(request))
    if ((answer.json().get("metadata") or {}).get("labels") or {}).get(names.label("tenant")):
        raise BlindError(_of_a_tenant(home))


def _of_a_tenant(home: str) -> Text:
    return Text(
        f"namespace {home} (images.pullSecretNamespace) is a tenant's: declare one of the site's own",
        f"namespace {home} (`images.pullSecretNamespace`) là của tenant: khai báo namespace của bên vận hành",
    )
