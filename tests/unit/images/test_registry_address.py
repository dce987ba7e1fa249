"""Where operators reach a registry: at its name, or where a variable says."""

from __future__ import annotations

import pytest

from govcloud.images.credentials import address
from govcloud.model.cloud import Images
from govcloud_base.errors import CloudError

HOST = "registry.example.gov.vn"
PLAIN = Images(registry=HOST)
ELSEWHERE = Images(registry=HOST, endpoint_from="REGISTRY_AT", mirrors=("mirror.example.gov.vn/health",))


def test_a_registry_is_at_its_name_where_nothing_else_is_declared() -> None:
    assert address(PLAIN, HOST, {"REGISTRY_AT": "https://10.0.0.1"}) == HOST


@pytest.mark.parametrize("url", ["https://127.0.0.1:16420", "https://127.0.0.1:16420/"])
def test_a_variable_leads_elsewhere(url: str) -> None:
    assert address(ELSEWHERE, HOST, {"REGISTRY_AT": url}) == "127.0.0.1:16420"


def test_a_mirror_is_at_its_own_name_all_the_same() -> None:
    assert address(ELSEWHERE, "mirror.example.gov.vn", {}) == "mirror.example.gov.vn"


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "127.0.0.1:1", "https://", "https://h/path", "https://[::1"])
def test_what_is_no_address_over_tls_is_refused_by_name(url: str) -> None:
    with pytest.raises(CloudError, match=r"GC-IMAGE-018.*REGISTRY_AT.*images.endpointFrom"):
        address(ELSEWHERE, HOST, {"REGISTRY_AT": url} if url else {})


def test_user_and_password_do_not_belong_into_an_address() -> None:
    with pytest.raises(CloudError, match="GC-IMAGE-018") as caught:
        address(ELSEWHERE, HOST, {"REGISTRY_AT": "https://an:secret@127.0.0.1"})
    assert "secret" not in str(caught.value)
