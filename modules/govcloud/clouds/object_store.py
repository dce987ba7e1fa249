"""The object store as one key holder, or as nobody, sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from govcloud.clouds.request import Answer, no_answer

__all__ = ["Key", "ObjectStore", "StoreSession"]


@dataclass(frozen=True)
class Key:
    """An access key; the secret never shows in a repr, a log or a report."""

    access: str
    secret: str = field(repr=False)


class StoreSession:
    """Calls with one key, or unsigned."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: str, **arguments: Any) -> tuple[Answer, dict[str, Any]]:
        """Call an operation by its Python name; return the answer, and the response where it succeeded.

        The answer's text is the store's error code and message. Status 0 means that no answer came.
        """
        try:
            response: dict[str, Any] = getattr(self._client, operation)(**arguments)
            if "Body" in response:
                response["Body"] = response["Body"].read()
        except ClientError as error:
            details = error.response.get("Error", {})
            about = error.response.get("ResponseMetadata", {})
            said = f"{details.get('Code', '')}: {details.get('Message', '')}"
            return Answer(int(about.get("HTTPStatusCode", 0)), said, date=_date(about)), {}
        except (BotoCoreError, OSError) as error:
            return Answer.none(no_answer(error)), {}
        about = response["ResponseMetadata"]
        return Answer(int(about["HTTPStatusCode"]), "", date=_date(about)), response


def _date(about: Mapping[str, Any]) -> str:
    return str((about.get("HTTPHeaders") or {}).get("date", ""))


@dataclass(frozen=True)
class ObjectStore:
    """Where the store is and by which authority its certificate is checked."""

    endpoint: str
    region: str
    authority: str | None = None
    """Path of the CA bundle; None trusts the machine's own."""

    def signed(self, key: Key) -> StoreSession:
        """Return calls signed with the key."""
        return self._session(key, {})

    def unsigned(self) -> StoreSession:
        """Return calls that carry no signature at all."""
        return self._session(None, {"signature_version": UNSIGNED})

    def _session(self, key: Key | None, options: dict[str, Any]) -> StoreSession:
        client: Any = boto3.client
        return StoreSession(
            client(
                "s3",
                endpoint_url=self.endpoint,
                region_name=self.region,
                verify=self.authority if self.authority else True,
                aws_access_key_id=key.access if key else None,
                aws_secret_access_key=key.secret if key else None,
                config=Config(
                    s3={"addressing_style": "path"},
                    connect_timeout=5,
                    read_timeout=20,
                    retries={"max_attempts": 1},
                    # older stores do not know the checksums that newer clients add unasked
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    **options,
                ),
            )
        )
