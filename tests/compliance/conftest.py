"""The cloud that compliance tests examine: one of the tests' own, for they plant violations in it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from embedded_cloud import Cloud
from verdicts import OTHER, TENANT

from govcloud import country as declarations
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks.flows import ports_in_use
from govcloud.audit.probe_pods import standing
from govcloud.audit.session import open_access
from govcloud.clouds.connection import Connection
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Api
from govcloud.folders import project_root
from govcloud_local import environment, settings


@pytest.fixture(scope="session")
def examined(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """The cloud under examination, in this process's environment.

    GOVCLOUD_TEST_STATE names the state folder of an embedded cloud that runs already, for those who write checks.
    """
    named = os.environ.get("GOVCLOUD_TEST_STATE")
    if named:
        found = settings.load(Path(named))
        assert found is not None, f"no embedded cloud in {named}"
        state = Path(named)
        cloud = Cloud(state, {**os.environ, **environment.variables(found, os.environ["PATH"])})
    else:
        cloud = request.getfixturevalue("country")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**cloud.environment, "GOVCLOUD_STATE": str(cloud.state)}.items():
            patch.setenv(name, value)
        yield cloud


@pytest.fixture(scope="session")
def access(examined: Cloud) -> Iterator[Access]:
    """What auditor, tenants and nobody may do there."""
    declared = declarations.load(project_root() / "stacks" / "vn").on(datetime.date.today()).within({"cgc-hn1"})
    with closing(Connection(declared.clouds["cgc-hn1"])) as connection:
        yield open_access(declared, datetime.date.today(), connection)


@pytest.fixture(scope="session")
def platform(examined: Cloud) -> Api:
    """The platform's own identity, which plants violations; no check ever uses it to look."""
    return KubernetesApi.from_kubeconfig(examined.environment["KUBECONFIG"])


@pytest.fixture(scope="module")
def probes(access: Access) -> Iterator[None]:
    """Keep probe pods, as `govcloud verify` does, for all tests of a file that measure between pods."""
    assert access.prober is not None
    with standing(access.prober, access.run, access.namespaces(), ports_in_use(access.flows)):
        yield


@pytest.fixture
def tenant(access: Access) -> TenantAccess:
    """The tenant that is examined."""
    return access.tenants[TENANT]


@pytest.fixture
def other(access: Access) -> TenantAccess:
    """Another tenant."""
    return access.tenants[OTHER]
