"""Why a value is what it is: where it was declared, which default, law or parent gave it, and who bounds it."""

from __future__ import annotations

from govcloud.explanation.declared import explain, find
from govcloud.explanation.value import Bound, Origin, Value

__all__ = ["Bound", "Origin", "Value", "explain", "find"]
