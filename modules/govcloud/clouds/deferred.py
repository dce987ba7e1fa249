"""Access that is opened when it is first used: nobody's credential is asked for in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from govcloud.clouds.request import Answer, Api, Request
from govcloud_base.errors import GovCloudError, Language, Text

__all__ = ["Deferred"]


class Deferred:
    """Somebody's access to an API server, opened once; safe to share between threads.

    Where it cannot be had, no answer comes: each says why, and `told` hears of it once.
    """

    def __init__(self, open_: Callable[[], Api], told: Callable[[GovCloudError], None]) -> None:
        self._open = open_
        self._told = told
        self._lock = threading.Lock()
        self._opened: Api | GovCloudError | None = None

    def send(self, request: Request) -> Answer:
        """Send the request; see :class:`.request.Api`."""
        found = self._found()
        return _none(found) if isinstance(found, GovCloudError) else found.send(request)

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        """Run a command in a pod; see :class:`.request.Api`."""
        found = self._found()
        return _none(found) if isinstance(found, GovCloudError) else found.execute(namespace, pod, command, seconds)

    def _found(self) -> Api | GovCloudError:
        with self._lock:
            if self._opened is None:
                try:
                    self._opened = self._open()
                except GovCloudError as error:
                    self._opened = error
                    self._told(error)
            return self._opened


def _none(error: GovCloudError) -> Answer:
    said = (error.render(each).partition("\n")[0] for each in (Language.EN, Language.VI))
    return Answer.none(Text(*said))
