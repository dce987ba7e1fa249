"""Messages to the engine: a line of progress beside the resource, or a lasting diagnostic."""

from __future__ import annotations

import contextlib
import enum
import threading
from collections.abc import Callable
from typing import Final

import grpc

from govcloud_base.wire.protocol import engine_pb2, engine_pb2_grpc
from govcloud_offline.kubernetes.inputs.hidden import Hidden

__all__ = ["Engine", "Log", "Severity"]

_PATIENCE: Final = 2.0  # seconds


class Severity(enum.IntEnum):
    """How much a message weighs, with the protocol's numbers."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


class Engine:
    """The engine that started us, or nobody (in tests and by hand)."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._lock = threading.Lock()

    def log(self, severity: Severity, urn: str, message: str, *, passing: bool) -> None:
        """Send a message about a resource; a `passing` one is shown only until the next. Never fails."""
        if not self._address:
            return
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
            stub = self._stub
        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Name(int(severity)), message=message, urn=urn, ephemeral=passing
        )
        # One after the other, or an old line of progress could overtake the one that takes it away.
        with contextlib.suppress(grpc.RpcError):
            stub.Log(request, timeout=_PATIENCE)


class Log:
    """Messages about one resource, without the texts that are hidden; the same line of progress is sent once."""

    def __init__(self, engine: Engine, urn: str, hidden: Callable[[], Hidden] = lambda: Hidden(frozenset())) -> None:
        self._engine = engine
        self._urn = urn
        self._hidden = hidden
        self._shown = ""

    def progress(self, message: str, severity: Severity = Severity.INFO) -> None:
        """Show what is being waited for."""
        if message != self._shown:
            self._shown = message
            self._send(severity, message, passing=True)

    def done(self) -> None:
        """Take the line of progress away."""
        if self._shown:
            self.progress("")

    def warning(self, message: str) -> None:
        """Leave a warning in the output."""
        self._send(Severity.WARNING, message, passing=False)

    def info(self, message: str) -> None:
        """Leave a remark in the output."""
        self._send(Severity.INFO, message, passing=False)

    def _send(self, severity: Severity, message: str, *, passing: bool) -> None:
        self._engine.log(severity, self._urn, self._hidden().veiled(message), passing=passing)
