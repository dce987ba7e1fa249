"""Resources without the Python stack that declared them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

__all__ = ["untraced"]


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """Keep the SDK from recording the Python stack with each resource that is declared meanwhile.

    The stack is the same few lines for every object, and a declaration is found by the object's name. In the state it
    was a quarter of what is written after every step, and gave away folders of the machine. A run of other code, or of
    the same on another machine, would record it anew.
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before
