"""The registry of the tests is one of its kind: who has no password gets nothing, and a pushed blob is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from container_registry import Registry, serving
from port_bases import STRANGER


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with serving(tmp_path / "registry", STRANGER + 40) as found:
        yield found


def test_only_the_right_password_opens_it(registry: Registry) -> None:
    assert registry.status() == 200
    assert registry.status(password="wrong") == 401
    assert registry.status("nothing/manifests/1") == 404
