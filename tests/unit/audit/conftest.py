"""What the tests of the audit share."""

from __future__ import annotations

import pytest
from probed_cluster import Cluster


@pytest.fixture
def cluster() -> Cluster:
    """Return a cluster with nothing in it."""
    return Cluster()
