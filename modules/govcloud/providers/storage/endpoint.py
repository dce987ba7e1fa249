"""Where a store is and how to talk to it: configuration, one client a process, errors in the reader's words."""

from __future__ import annotations

import functools
import os
import secrets
import string
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from govcloud.model.dialect import DIALECTS
from govcloud.providers.storage import problems
from govcloud.providers.storage.surroundings import named_after, profile
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, Problem, Text, UsageError

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "CONFIG",
    "AccessKey",
    "Administration",
    "Endpoint",
    "administration_client",
    "amazons",
    "client",
    "error_code",
    "new_key",
    "prepare",
    "reported",
]

CONFIG: Final = (
    "accessKey",
    "accessKeyEnv",
    "adapter",
    "administrationAccessKeyEnv",
    "administrationEndpoint",
    "administrationSecretKeyEnv",
    "caBundle",
    "endpoint",
    "region",
    "secretKey",
    "secretKeyEnv",
)
"""What the configuration of a provider may hold; all of it is text."""

_POOL = 32
"""Kept-alive connections: as many as the plugin has threads."""

_FIRST_REGION: Final = "us-east-1"
"""Amazon's, where buckets go that name none."""

_SESSION_LOCK = threading.Lock()
"""A session may make one client at a time; the clients themselves are safe in threads."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A pair of keys; the secret half never shows in a repr, so it cannot slip into a log."""

    access: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    """What goes with keys that were lent for a while."""


def new_key() -> AccessKey:
    """Return a fresh pair: 20 capitals and digits, 40 letters and digits (238 bits)."""
    letters = string.ascii_letters + string.digits
    access = "GC" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(18))
    return AccessKey(access, "".join(secrets.choice(letters) for _ in range(40)))


@dataclass(frozen=True, slots=True)
class Administration:
    """Where a store's identities and quotas are asked for, where that differs from the store itself."""

    url: str | None = None
    """None where it is the store's own address, or the one that its dialect knows."""
    access_key_env: str | None = None
    """Variable with the administrator's access key; None where the provisioner's key administers as well."""
    secret_key_env: str | None = None
    key: AccessKey | None = None
    """The pair in these variables; None where they are not named, or not set."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An object store as the provider's configuration names it."""

    url: str
    region: str
    adapter: str
    key: AccessKey | None
    ca_bundle: str | None = None
    access_key_env: str = "AWS_ACCESS_KEY_ID"
    secret_key_env: str = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable, not a secret
    cloud: str | None = None
    """Cloud whose store it is; None where a program names the store itself."""
    administration: Administration = Administration()

    @classmethod
    def from_config(
        cls, config: Mapping[str, object], environment: Mapping[str, str], cloud: str | None = None
    ) -> Endpoint:
        """Read the configuration of a `pulumi:providers:govcloud` resource, completed from `environment`.

        Its keys are those of :data:`CONFIG`; others are not read.
        `environment` is what :func:`.surroundings.surroundings` returns where it is the store of a `cloud`.

        Raises:
            UsageError: GC-STORE-001, an endpoint is missing or not http(s).
        """

        said = {key: value for key in CONFIG if isinstance(value := config.get(key), str) and value}

        def text(key: str, default: str = "") -> str:
            value = said.get(key)
            return value if value else default

        access_env = text("accessKeyEnv", "AWS_ACCESS_KEY_ID")
        secret_env = text("secretKeyEnv", "AWS_SECRET_ACCESS_KEY")
        access = text("accessKey") or environment.get(access_env, "")
        secret = text("secretKey") or environment.get(secret_env, "")
        lent = environment.get("AWS_SESSION_TOKEN") if access_env == "AWS_ACCESS_KEY_ID" else None
        url = text("endpoint") or environment.get("AWS_ENDPOINT_URL_S3", "")
        administration = text("administrationEndpoint")
        for address in (url, administration or url):
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise UsageError(problems.endpoint_invalid(address))
        return cls(
            url=url.rstrip("/"),
            region=text("region") or environment.get("AWS_REGION", "") or _FIRST_REGION,
            adapter=text("adapter", DIALECTS[0]),
            key=AccessKey(access, secret, None if text("accessKey") else lent) if access and secret else None,
            ca_bundle=text("caBundle") or environment.get("AWS_CA_BUNDLE") or None,
            access_key_env=access_env,
            secret_key_env=secret_env,
            cloud=cloud,
            administration=_administration(
                administration,
                text("administrationAccessKeyEnv"),
                text("administrationSecretKeyEnv"),
                environment,
            ),
        )

    @property
    def administrator(self) -> AccessKey:
        """The key with which the store is administered: the one named for it, else the provisioner's.

        Raises EnvironmentProblem: GC-STORE-002, it is not known in this shell.
        """
        named = self.administration
        if named.access_key_env or named.secret_key_env:
            if named.key is None:
                names = (named.access_key_env or "", named.secret_key_env or "")
                raise EnvironmentProblem(problems.credentials_missing(*names))
            return named.key
        if self.key is None:
            raise EnvironmentProblem(_credentials_missing(self))
        return self.key


def _administration(url: str, access: str, secret: str, environment: Mapping[str, str]) -> Administration:
    pair = (environment.get(access, ""), environment.get(secret, ""))
    return Administration(
        url=url.rstrip("/") or None,
        access_key_env=access or None,
        secret_key_env=secret or None,
        key=AccessKey(*pair) if all(pair) else None,
    )


def client(
    endpoint: Endpoint,
    key: AccessKey | None = None,
    *,
    unsigned: bool = False,
    read_seconds: int = 60,
    retries: int = 3,
) -> S3Client:
    """Return an S3 client with the provisioner's key, or with `key` where a tenant's is to be tried.

    One that is `unsigned` carries no signature at all. Nothing but `endpoint` decides where it goes: profiles and files
    of the user's home are not read.

    Raises:
        EnvironmentProblem: GC-STORE-002, no key was given; GC-STORE-021, there is no such file of authorities.
    """
    from botocore import UNSIGNED
    from botocore.config import Config  # 0.3 s: a plugin that only checks and compares never pays it

    chosen = key or endpoint.key
    if chosen is None and not unsigned:
        raise EnvironmentProblem(_credentials_missing(endpoint))
    made: S3Client = _made(
        "s3",
        endpoint,
        chosen,
        endpoint.url,
        Config(
            signature_version=UNSIGNED if unsigned else None,
            connect_timeout=5,
            read_timeout=read_seconds,
            max_pool_connections=_POOL,
            retries={"mode": "standard", "max_attempts": retries},
            s3={"addressing_style": "path"},
            # Older S3-compatible servers refuse the checksums that new clients add by themselves.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    if endpoint.adapter == "aws":
        made.meta.events.register("provide-client-params.s3.CreateBucket", _placed(endpoint.region))
    return made


def administration_client(endpoint: Endpoint, service: Literal["iam", "sts"], key: AccessKey | None = None) -> Any:
    """Return a client of IAM or STS for the store's administrator, or with `key` where somebody else's is to be tried.

    It goes where the endpoint says that the store is administered: by itself, or for Amazon's by Amazon. It waits as
    long as the server asks it to: an account's rights are asked for in far smaller numbers than its objects.

    Raises:
        EnvironmentProblem: GC-STORE-002, no key was given; GC-STORE-021, there is no such file of authorities.
    """
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=_POOL,
        retries={"mode": "adaptive", "max_attempts": 8},
    )
    own = None if amazons(endpoint.url) else endpoint.url
    return _made(service, endpoint, key or endpoint.administrator, endpoint.administration.url or own, config)


def amazons(url: str) -> bool:
    """Tell whether an address is one of Amazon's own."""
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def _made(service: str, endpoint: Endpoint, key: AccessKey | None, url: str | None, config: Config) -> Any:
    if endpoint.ca_bundle and not Path(endpoint.ca_bundle).is_file():
        raise EnvironmentProblem(problems.authorities_missing(endpoint.ca_bundle))
    with _SESSION_LOCK:
        return _session().create_client(
            service,
            region_name=endpoint.region,
            endpoint_url=url,
            aws_access_key_id=key.access if key else None,
            aws_secret_access_key=key.secret if key else None,
            aws_session_token=key.token if key else None,
            verify=endpoint.ca_bundle or True,
            config=config,
        )


def _placed(region: str) -> Callable[..., None]:
    """Return what tells Amazon to make a bucket in the region whose address was asked, as it wants to be told for all
    but its first. Other servers have names of their own for places, or refuse any."""

    def place(params: dict[str, Any], **_: Any) -> None:
        if region != _FIRST_REGION:
            params.setdefault("CreateBucketConfiguration", {"LocationConstraint": region})

    return place


def _credentials_missing(endpoint: Endpoint) -> Problem:
    names = (endpoint.access_key_env, endpoint.secret_key_env)
    if endpoint.cloud is None or not all(name.startswith("AWS_") for name in names):
        return problems.credentials_missing(*names)
    access, secret = (named_after(endpoint.cloud, name) for name in names)
    return problems.cloud_credentials_missing(endpoint.cloud, endpoint.url, access, secret, profile(endpoint.cloud))


def prepare() -> None:
    """Do what the first client costs, a quarter of a second, before one is needed; no store is asked."""
    nobody = AccessKey("nobody", "nobody")
    client(Endpoint(url="https://localhost", region=_FIRST_REGION, adapter=DIALECTS[0], key=nobody)).close()


@functools.cache
def _session() -> Session:
    """Return the one session of the process: it holds the parsed service model, so that a second client is cheap."""
    import botocore.session

    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    # Nor does AWS_ENDPOINT_URL_IAM and the like say where Amazon is.
    session.set_config_variable("ignore_configured_endpoint_urls", True)
    return session


def error_code(error: Exception) -> str:
    """Return the S3 error code of a client error, its HTTP status where the body had none, else ''."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    # Some servers answer IAM-like refusals in a shape in which botocore finds no `Error`.
    code = response.get("Error", {}).get("Code")
    return str(code or response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


@contextmanager
def reported(action: Text, endpoint: Endpoint) -> Iterator[None]:
    """Turn whatever the client raises inside into a :class:`CloudError` that names `action`.

    Raises:
        CloudError: GC-STORE-003 (unreachable, untrusted) or GC-STORE-004 (refused).
    """
    try:
        yield
    except GovCloudError:
        raise
    except Exception as error:
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
        from botocore.parsers import ResponseParserError

        if isinstance(error, ResponseParserError):
            # Without what it says, and without its cause: that is the answer word for word, which may hold a new key.
            raise CloudError(problems.store_refused(action, "ResponseParserError", "the answer is torn")) from None
        if isinstance(error, ClientError):
            detail = str(error.response.get("Error", {}).get("Message", ""))
            raise CloudError(problems.store_refused(action, error_code(error), detail)) from error
        if isinstance(error, (ConnectionError, HTTPClientError)):
            raise CloudError(problems.endpoint_unreachable(endpoint.url, refusal(error))) from error
        if isinstance(error, (BotoCoreError, OSError)):
            raise CloudError(problems.store_refused(action, type(error).__name__, refusal(error).en)) from error
        raise
