"""The resource types of the plugin in plain dictionaries: inputs checked, plans made, effects handed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from govcloud.providers.storage.resource_types.bucket_type import BucketType
from govcloud.providers.storage.resource_types.grant_type import BucketPolicyType, GrantType
from govcloud.providers.storage.resource_types.identity_type import IdentityType
from govcloud.providers.storage.resource_types.resource_type import Around, Failure, Properties, ResourceType

__all__ = ["RESOURCE_TYPES", "Around", "Failure", "Properties", "ResourceType"]

RESOURCE_TYPES: Final[Mapping[str, ResourceType]] = {
    "govcloud:storage:Bucket": BucketType(),
    "govcloud:storage:BucketPolicy": BucketPolicyType(),
    "govcloud:storage:Grant": GrantType(),
    "govcloud:storage:Identity": IdentityType(),
}
