"""The object store of a declared cloud."""

from __future__ import annotations

import os

from govcloud.errors import EnvironmentProblem, Problem, Text
from govcloud.model.cloud import Cloud
from govcloud.providers.storage.endpoint import Endpoint

__all__ = ["store_of"]


def store_of(cloud: Cloud) -> Endpoint:
    """Return the endpoint of the store of `cloud`, with credentials from the environment.

    Raises EnvironmentProblem when the variable that the declaration names is not set.
    """
    store = cloud.spec.object_store
    url = store.endpoint or os.environ.get(store.endpoint_from or "")
    if not url:
        raise EnvironmentProblem(
            Problem(
                code="GC-STORE-022",
                message=Text(
                    en=f"the address of the object store of cloud {cloud.metadata.name} is not known in this shell",
                    vi=f"phiên làm việc này không biết địa chỉ kho đối tượng của đám mây {cloud.metadata.name}",
                ),
                value=f"{store.endpoint_from} is not set",
                fix=Text(
                    en=f'export {store.endpoint_from}=https://…, or `eval "$(govcloud local env)"`',
                    vi=f'đặt biến {store.endpoint_from}=https://…, hoặc `eval "$(govcloud local env)"`',
                ),
            )
        )
    config = {"endpoint": url, "region": cloud.spec.region, "adapter": store.adapter}
    return Endpoint.from_config(config, os.environ)
