"""What an API server answers when it does not do what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ApiError", "UnreachableError"]


class UnreachableError(Exception):
    """The API server did not answer; the text says why."""


class ApiError(Exception):
    """A refusal of the API server (a `Status` object)."""

    def __init__(self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}

    @property
    def missing(self) -> bool:
        """True where something does not exist."""
        return self.code == 404

    @property
    def exists(self) -> bool:
        """True where the object to be created exists."""
        return self.reason == "AlreadyExists"

    @property
    def leaving(self) -> bool:
        """True where the object to be created exists and is on its way out."""
        return self.exists and self.message.startswith("object is being deleted")

    @property
    def conflict(self) -> bool:
        """True where another manager owns a field, or the object changed meanwhile."""
        return self.reason == "Conflict"

    @property
    def forbidden(self) -> bool:
        """True where we may not do this."""
        return self.reason == "Forbidden"

    @property
    def invalid(self) -> bool:
        """True where the object breaks a rule of its kind."""
        return self.reason == "Invalid"

    @property
    def required(self) -> tuple[str, ...]:
        """Fields that are empty and must not be."""
        causes = self.details.get("causes") or ()
        return tuple(str(cause.get("field")) for cause in causes if cause.get("reason") == "FieldValueRequired")

    @property
    def namespace_missing(self) -> bool:
        """True where the namespace of the object does not exist (yet)."""
        return self.missing and self.details.get("kind") == "namespaces"
