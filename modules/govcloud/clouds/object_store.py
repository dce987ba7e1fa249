"""The object store as one key holder, or as nobody, sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from govcloud.clouds.request import Answer, no_answer
from govcloud.providers.storage.endpoint import AccessKey as Key
from govcloud.providers.storage.endpoint import Endpoint, client

__all__ = ["REFUSALS", "Key", "ObjectStore", "StoreSession"]

REFUSALS = (BotoCoreError, ClientError)
"""What a client raises where the store refuses, or does not answer."""


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
        """Return calls signed with the key. Raises EnvironmentProblem where there is no such file of an authority."""
        return self._session(key)

    def unsigned(self) -> StoreSession:
        """Return calls that carry no signature at all. Raises likewise."""
        return self._session(None)

    def _session(self, key: Key | None) -> StoreSession:
        endpoint = Endpoint(self.endpoint, self.region, adapter="", key=key, ca_bundle=self.authority)
        return StoreSession(client(endpoint, unsigned=key is None, read_seconds=20, retries=1))
