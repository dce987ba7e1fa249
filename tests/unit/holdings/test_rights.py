"""A store that fails in the middle of a trial is told of as such, in the reader's words."""

from __future__ import annotations

from typing import Any, cast

import pytest
from memory_adapter import MemoryAdapter
from memory_s3 import MemoryS3, refused

from govcloud.holdings import rights
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View
from govcloud_base.errors import CloudError


def test_a_store_that_fails_while_it_is_tried_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> dict[str, bool]:
        raise refused("SlowDown", "AbortMultipartUpload")

    s3 = MemoryS3()
    s3.create_bucket(Bucket="b")
    endpoint = Endpoint("https://store.test", "vn-hn-1", "memory", AccessKey("GCADMIN", "secret"))
    store = Store(endpoint, {}, s3=cast("Any", s3), adapter=MemoryAdapter())
    monkeypatch.setattr(rights, "_tried", failing)
    with pytest.raises(CloudError) as raised:
        list(rights.standings(store, View(frozenset({"b"}), (), "GCADMIN"), "b", lambda _: None))
    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-004"]
