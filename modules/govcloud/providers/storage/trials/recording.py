"""Clients that write down what they sent and what came back, as evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.trials.outcome import Exchange

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["Record", "recorded"]

_MOST = 60
"""Exchanges kept of one trial: one that asks again and again until something shows is told by its first questions."""


@dataclass
class Record:
    """The exchanges of the trial that runs."""

    exchanges: list[Exchange] = field(default_factory=list)

    def note(self, sent: str, got: str) -> None:
        """Write one exchange down; the same as the last one is not repeated."""
        exchange = Exchange(sent, got)
        if len(self.exchanges) < _MOST and exchange not in self.exchanges[-1:]:
            self.exchanges.append(exchange)

    def taken(self) -> tuple[Exchange, ...]:
        """Return what was written down, and begin anew."""
        found = tuple(self.exchanges)
        self.exchanges.clear()
        return found


def recorded(s3: S3Client, record: Record, who: str = "") -> S3Client:
    """Return the client, which from now on writes every exchange to `record` as that of `who`."""
    return cast("S3Client", _Recorded(s3, record, f"{who}: " if who else ""))


class _Recorded:
    """Stands before a client: its operations are the client's own."""

    def __init__(self, s3: S3Client, record: Record, who: str) -> None:
        self._s3, self._record, self._who = s3, record, who

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._s3, name)
        if not callable(operation) or "_" not in name or name.startswith(("get_paginator", "generate_")):
            return operation
        return self._noting(name, operation)

    def _noting(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        def called(**arguments: Any) -> Any:
            sent = self._who + "".join(part.title() for part in name.split("_"))
            if "Key" in arguments:
                sent += f" {arguments['Key']}" + ("?versionId" if "VersionId" in arguments else "")
            try:
                answer = operation(**arguments)
            except ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
                code = error_code(error)
                self._record.note(sent, code if code == str(status) else f"{status} {code}".strip())
                raise
            except BotoCoreError as error:
                self._record.note(sent, type(error).__name__)
                raise
            metadata = answer.get("ResponseMetadata", {}) if isinstance(answer, dict) else {}
            self._record.note(sent, str(metadata.get("HTTPStatusCode", 200)))
            return answer

        return called
