"""References to images, as pods name them: which registry, and whether by digest."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["unadmitted"]


def unadmitted(reference: str, registries: Iterable[str], digest_form: str) -> str | None:
    """Return why an image may not run where images come from `registries` and are named by digest; None where it may.

    `registries` are hosts, or folders of such; `digest_form` is a regular expression.
    """
    if not re.search(digest_form, reference):
        return f"{reference or 'no image'}: named by no digest"
    if not any(reference.startswith(f"{registry}/") for registry in registries):
        return f"{reference.partition('@')[0]}: from no registry that the cloud declares"
    return None
