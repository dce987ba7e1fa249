"""Which bucket a restore fills, and which it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import made_country as make
import pytest
from memory_stores import Stores, stores

from govcloud.backup.places import places
from govcloud.cli import restoring
from govcloud.model import names
from govcloud.providers.storage import bucket
from govcloud.providers.storage.endpoint import AccessKey
from govcloud_base.errors import EnvironmentProblem, GovCloudError

if TYPE_CHECKING:
    from govcloud.providers.storage.store import Store

STORAGE: dict[str, Any] = {
    "buckets": {"records": {"quota": "1Gi"}},
    "backup": {"cloud": "second", "keepDays": 90},
}
OWN = {"tenant": "h41", "env": "prod", "class": "private"}


@pytest.mark.parametrize(
    ("to", "tags", "holds", "code"),
    [
        ("old", OWN, False, ""),
        ("old", OWN, True, "GC-BACKUP-013"),
        ("old", {**OWN, "tenant": "h12"}, False, "GC-BACKUP-027"),
        ("old", {**OWN, "env": "prod-old"}, False, "GC-BACKUP-027"),
        # What nobody but the tenant may read is not put where everybody may.
        ("old", {**OWN, "class": "open"}, False, "GC-BACKUP-027"),
        ("old", {"tenant": "h41"}, False, "GC-BACKUP-027"),
        ("old", {}, False, "GC-BACKUP-027"),
        # A tenant may be called as another one's environment.
        ("prod-old", OWN, False, "GC-BACKUP-027"),
    ],
)
def test_a_restore_fills_what_is_the_tenants_and_empty(
    to: str, tags: dict[str, str], holds: bool, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clouds = [make.cloud(), make.cloud("second", objectStore={"adapter": "seaweedfs", "endpointFrom": "SECOND"})]
    tenants = [make.tenant("H41", storage=STORAGE), make.tenant("H41.1")]
    country = make.country([*clouds, make.agency("H41"), make.agency("H41.1", parent="H41"), *tenants])
    if to.startswith("prod"):
        other = country.tenants["h41"].model_copy(deep=True)
        cast("dict[str, Any]", country.tenants)["h41-prod"] = other
    [place] = places(country, "h41", None, ())
    name = names.bucket(country.name, "h41", "prod", to)
    tagged = {names.label(key): value for key, value in tags.items()}
    with stores() as found:
        found.s3.create_bucket(Bucket=name)
        if holds:
            found.s3.put_object(Bucket=name, Key="a", Body=b"1")
        monkeypatch.setattr(bucket, "ownership", lambda store, asked: tagged if asked == name else {})
        store = cast("Store", _There(found))
        if not code:
            assert restoring.made(country, store, place, to) == name
            return
        with pytest.raises(GovCloudError) as refused:
            restoring.made(country, store, place, to)
    assert [problem.code for problem in refused.value.problems] == [code]


class _There:
    """As much of a store as looking at a bucket takes."""

    def __init__(self, found: Stores) -> None:
        self.s3 = found.s3

    def exists(self, name: str) -> bool:
        return name in {row["Name"] for row in self.s3.list_buckets()["Buckets"]}

    def reported(self, action: object) -> Any:
        from contextlib import nullcontext

        return nullcontext()


def test_keys_that_the_disk_has_no_room_for_are_no_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    with pytest.raises(OSError, match="No space"), restoring.keys_file(file, "second") as write:
        write(AccessKey("A", "S"))
        assert "aws_secret_access_key = S" in file.read_text()
        raise OSError(28, "No space left on device")
    assert not file.exists()
    file.write_text("mine")
    with pytest.raises(EnvironmentProblem), restoring.keys_file(file, "second"):
        pass
    assert file.read_text() == "mine"
