"""Buckets and identities for Pulumi programs: what a stack declares, served by the plugin of this package.

::

    store = Provider("cgc-hn1", endpoint="https://…", region="vn-hn-1", ca_bundle="…/ca.crt")
    opts = pulumi.ResourceOptions(provider=store)
    records = Bucket("records", name="vn-h41-prod-records", tags={…}, opts=opts)
    key = Identity("h41-prod", name="h41-prod", policy={…}, buckets=[records.name], opts=opts)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from govcloud.model.dialect import DIALECTS

__all__ = ["Bucket", "BucketPolicy", "Grant", "Identity", "Provider"]

_SPELLING: Final[Mapping[str, str]] = {
    "access_key": "accessKey",
    "access_key_env": "accessKeyEnv",
    "access_log": "accessLog",
    "administration_access_key_env": "administrationAccessKeyEnv",
    "administration_endpoint": "administrationEndpoint",
    "administration_secret_key_env": "administrationSecretKeyEnv",
    "bucket_policy": "bucketPolicy",
    "ca_bundle": "caBundle",
    "object_lock": "objectLock",
    "overlap_hours": "overlapHours",
    "public_access_block": "publicAccessBlock",
    "quota_bytes": "quotaBytes",
    "quota_objects": "quotaObjects",
    "secret_key": "secretKey",
    "secret_key_env": "secretKeyEnv",
}
"""Python names of properties whose name in the state differs."""
_PYTHON: Final[Mapping[str, str]] = {wire: python for python, wire in _SPELLING.items()}


class Provider(pulumi.ProviderResource):
    """One object store. Give every resource `opts.provider`, or the stack's configuration decides.

    Credentials come from the environment variables named by `access_key_env` and `secret_key_env` (by default
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) when the plugin runs; only their names are in the state. For
    SeaweedFS the plugin also needs GOVCLOUD_SEAWEEDFS_CONFIG, _MASTER and _FILER.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        endpoint: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        adapter: pulumi.Input[str] = DIALECTS[0],
        access_key_env: pulumi.Input[str] | None = None,
        secret_key_env: pulumi.Input[str] | None = None,
        access_key: pulumi.Input[str] | None = None,
        secret_key: pulumi.Input[str] | None = None,
        ca_bundle: pulumi.Input[str] | None = None,
        administration_endpoint: pulumi.Input[str] | None = None,
        administration_access_key_env: pulumi.Input[str] | None = None,
        administration_secret_key_env: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the store.

        Args:
            resource_name: name of the provider in the stack.
            endpoint: URL; AWS_ENDPOINT_URL_S3 where it is not given.
            region: region of signatures; AWS_REGION where it is not given.
            adapter: server dialect, see :mod:`govcloud.model.dialect`.
            access_key_env: name of the variable with the provisioner's access key.
            secret_key_env: name of the variable with its secret key.
            access_key: the key itself, for stores whose keys come from another resource.
            secret_key: its secret, kept as a secret in the state.
            ca_bundle: file of certificate authorities; AWS_CA_BUNDLE where it is not given.
            administration_endpoint: URL at which identities are asked for, where it is not the store's.
            administration_access_key_env: name of the variable with the administrator's access key, where it is not
                the provisioner's.
            administration_secret_key_env: name of the variable with the administrator's secret key.
            opts: Pulumi's options.
        """
        super().__init__(
            "govcloud",
            resource_name,
            {
                "adapter": adapter,
                "endpoint": endpoint,
                "region": region,
                "access_key_env": access_key_env,
                "secret_key_env": secret_key_env,
                "access_key": access_key,
                "secret_key": None if secret_key is None else pulumi.Output.secret(secret_key),
                "ca_bundle": ca_bundle,
                "administration_endpoint": administration_endpoint,
                "administration_access_key_env": administration_access_key_env,
                "administration_secret_key_env": administration_secret_key_env,
            },
            opts,
        )

    def translate_input_property(self, prop: str) -> str:
        return _SPELLING.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        return _PYTHON.get(prop, prop)


class Bucket(pulumi.CustomResource):
    """A private bucket; nobody without a key of its own reaches it.

    Never renamed and never emptied: a changed name is refused before anything happens, and deleting one that
    holds a single object or version fails.
    """

    name: pulumi.Output[str]
    versioning: pulumi.Output[bool]
    encryption: pulumi.Output[bool]
    quota_bytes: pulumi.Output[int | None]
    quota_objects: pulumi.Output[int | None]
    tags: pulumi.Output[Mapping[str, str]]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    region: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]]],
        versioning: pulumi.Input[bool] = True,
        encryption: pulumi.Input[bool] = True,
        quota_bytes: pulumi.Input[int] | None = None,
        quota_objects: pulumi.Input[int] | None = None,
        object_lock: pulumi.Input[Mapping[str, Any]] | None = None,
        lifecycle: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None,
        cors: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None,
        ownership: pulumi.Input[str] | None = None,
        public_access_block: pulumi.Input[bool] | None = None,
        access_log: pulumi.Input[Mapping[str, Any]] | None = None,
        grants: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        bucket_policy: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a bucket.

        Args:
            resource_name: name in the stack.
            name: the bucket's name, 3-63 of a-z 0-9 - .
            tags: all tags of the bucket; those under `govcloud.gov.vn/` say whose it is, at least one is needed.
            versioning: keep every version (off means suspended, what exists stays).
            encryption: encrypt at rest with keys of the store (SSE-S3) by default.
            quota_bytes: the most that the bucket may hold, rounded down to the store's unit (SeaweedFS: MiB).
            quota_objects: the most objects, all versions counted, where the server counts them.
            object_lock: `{"mode": "GOVERNANCE" | "COMPLIANCE", "days": …}`: nobody deletes or changes a version that
                is written from now on before that many days are over. Never taken back.
            lifecycle: rules `{"id", "prefix", "expireDays", "noncurrentDays", "abortUploadsDays"}`.
            cors: rules `{"origins", "methods", "headers", "exposeHeaders", "maxAgeSeconds"}`; none by default.
            ownership: BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter.
            public_access_block: whether the store shall refuse whatever would open the bucket to everybody.
            access_log: `{"bucket", "prefix"}` where the store writes down who did what.
            grants: names of the Grants on it; what else gives a right is taken away.
            bucket_policy: whether a BucketPolicy is declared for it.
            opts: Pulumi's options.
        """
        inputs: dict[str, Any] = {
            "name": name,
            "versioning": versioning,
            "encryption": encryption,
            "quota_bytes": quota_bytes,
            "quota_objects": quota_objects,
            "object_lock": object_lock,
            "lifecycle": lifecycle,
            "cors": cors,
            "ownership": ownership,
            "public_access_block": public_access_block,
            "access_log": access_log,
            "grants": grants,
            "bucket_policy": bucket_policy,
            "tags": tags,
            "arn": None,
            "endpoint": None,
            "region": None,
        }
        super().__init__("govcloud:storage:Bucket", resource_name, inputs, opts)

    def translate_input_property(self, prop: str) -> str:
        return _SPELLING.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        return _PYTHON.get(prop, prop)


class Identity(pulumi.CustomResource):
    """A key pair that reaches exactly what its policy says, issued by the plugin and revoked with the resource."""

    name: pulumi.Output[str]
    access_key: pulumi.Output[str]
    secret_key: pulumi.Output[str]
    """A secret in the state and in every output."""
    principal: pulumi.Output[str]
    """The ARN by which a bucket policy of this store names the identity."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        policy: pulumi.Input[Mapping[str, Any]] | pulumi.Input[str],
        buckets: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        rotation: pulumi.Input[str] | pulumi.Input[int] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        expires: pulumi.Input[str] | None = None,
        overlap_hours: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare an identity.

        Args:
            resource_name: name in the stack.
            name: the identity's name on the store, 2-63 of a-z 0-9 -
            policy: its policy document, mapping or JSON.
            buckets: buckets that it works on; a new key is tried on the first.
            rotation: any change issues a new key; the old one works beside it until somebody uses the new one, or its
                time is over, and is revoked by the next update.
            enabled: whether its keys shall work; True where it is not given.
            expires: the last day on which they shall, `2027-01-31`; the next update afterwards disables it.
            overlap_hours: how long the old key works beside a new one at most, 24 where it is not given; 0 ends it at
                once.
            opts: Pulumi's options.
        """
        inputs: dict[str, Any] = {
            "name": name,
            "buckets": buckets,
            "policy": policy,
            "rotation": rotation,
            "enabled": enabled,
            "expires": expires,
            "overlap_hours": overlap_hours,
            "access_key": None,
            "secret_key": None,
            "principal": None,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["secret_key"])
        super().__init__("govcloud:storage:Identity", resource_name, inputs, pulumi.ResourceOptions.merge(secret, opts))

    def translate_input_property(self, prop: str) -> str:
        return _SPELLING.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        return _PYTHON.get(prop, prop)


class Grant(pulumi.CustomResource):
    """The right of one identity on a bucket of somebody else's, which ends by itself after its last day.

    The bucket must name it among its `grants`.
    """

    name: pulumi.Output[str]
    active: pulumi.Output[bool]
    """Whether the right stands."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        bucket: pulumi.Input[str],
        grantee: pulumi.Input[str],
        access: pulumi.Input[str],
        prefix: pulumi.Input[str] | None = None,
        until: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a grant.

        Args:
            resource_name: name in the stack.
            name: the grant's own name, 2-63 of a-z 0-9 -
            bucket: name of the bucket, which carries an ownership tag.
            grantee: name of an identity of the same store.
            access: `read` (objects and their list) or `write` (objects alone).
            prefix: what keys must begin with; every key where it is not given.
            until: last day (UTC), `2027-01-31`; the next update afterwards takes the right away.
            opts: Pulumi's options.
        """
        inputs: dict[str, Any] = {
            "name": name,
            "bucket": bucket,
            "grantee": grantee,
            "access": access,
            "prefix": prefix,
            "until": until,
            "active": None,
        }
        super().__init__("govcloud:storage:Grant", resource_name, inputs, opts)


class BucketPolicy(pulumi.CustomResource):
    """What a bucket's policy says beside its grants. The bucket must have `bucket_policy` set."""

    bucket: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        bucket: pulumi.Input[str],
        statements: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a policy.

        Args:
            resource_name: name in the stack.
            bucket: name of the bucket, which carries an ownership tag.
            statements: `{"effect", "identities", "actions", "prefix", "condition"}`; identities by their names on the
                store. Nothing is allowed to everybody, and everybody is denied only what comes without TLS.
            opts: Pulumi's options.
        """
        inputs: dict[str, Any] = {"bucket": bucket, "statements": statements}
        super().__init__("govcloud:storage:BucketPolicy", resource_name, inputs, opts)
