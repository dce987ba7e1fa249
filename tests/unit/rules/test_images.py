"""Images are declared: a registry by the cloud, a digest by a lock; whoever runs one without is told so."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from made_country import ROOT, agency, cloud, country, image_lock, platform, segment, tenant

from govcloud import render, rules
from govcloud.country import Country, load
from govcloud.country.held import VARIABLE, held
from govcloud.country.image import reference, references, released
from govcloud.images import OWN
from govcloud.model.image_lock import ImageLock
from govcloud_base.errors import GovCloudError, Language, Severity

DAY = datetime.date(2026, 11, 22)
HOME = "registry.example.gov.vn"
ONE, TWO, THREE = (f"sha256:{digit * 64}" for digit in "123")


def found(made: Country) -> list[tuple[str, str | None]]:
    return [(p.code, p.value) for p in rules.judge(made, DAY) if p.code.startswith("GC-IMAGE")]  # type: ignore[misc]


def lock(name: str, registry: str | None, **digests: str) -> dict[str, Any]:
    images = {image: {"digest": digest, "architecture": "amd64"} for image, digest in digests.items()}
    return image_lock(name, registry=registry, images=images)


def without(made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "spec": {key: value for key, value in made["spec"].items() if key != "images"}}


BODIES = (agency("H41"), tenant("H41"), segment("H41", "10.80.1.0/24"), platform("lgsp-h41", "H41"))


def test_gateways_and_platforms_need_a_registry_and_a_digest() -> None:
    assert found(country([cloud(), *BODIES])) == []
    assert found(country([without(cloud()), *BODIES])) == [("GC-IMAGE-001", "tsl-h41, lgsp-h41")]


def test_a_country_that_locks_nothing_runs_what_the_product_was_released_with() -> None:
    made = country([cloud(), *BODIES, lock("images", None, probe=ONE)])
    assert found(made) == []
    assert reference(made, "cgc", "gateway").endswith(released().spec.images["gateway"].digest)
    assert reference(made, "cgc", "probe").endswith(ONE)


def test_the_reference_country_locks_what_the_product_is_released_with() -> None:
    """And each names every package, so that it can be built again."""
    (own,) = load(ROOT / "stacks" / "vn").image_locks.values()
    assert own.spec == released().spec
    assert set(OWN) == set(own.spec.images)
    for name, image in own.spec.images.items():
        assert set(OWN[name].packages) <= image.packages.keys()


def test_where_nothing_of_ours_runs_nothing_is_asked() -> None:
    planned = platform("lgsp-h41", "H41", state="planned")
    assert found(country([without(cloud()), agency("H41"), tenant("H41"), planned])) == []


@pytest.mark.parametrize(("level", "expected"), [(2, []), (3, [("GC-IMAGE-002", "h41")])])
def test_from_the_controls_level_on_a_tenant_needs_declared_registries(level: int, expected: list[Any]) -> None:
    assert found(country([without(cloud()), agency("H41"), tenant("H41", level=level)])) == expected


def test_two_locks_for_one_registry_are_one_too_many() -> None:
    twice = [image_lock(), lock("more", None, probe=ONE)]
    assert [code for code, _ in found(country([cloud(), *BODIES, *twice]))] == ["GC-IMAGE-003"]
    apart = [image_lock(), lock("more", "registry.other.vn", probe=ONE)]
    assert found(country([cloud(), *BODIES, *apart])) == []


def test_a_reference_is_registry_path_name_and_digest() -> None:
    images = {"registry": f"{HOME}:5000", "path": "own/images"}
    made = country([cloud(images=images), *BODIES])
    assert reference(made, "cgc", "gateway") == f"{HOME}:5000/own/images/gateway@{ONE}"
    assert references(made, "cgc") == {
        "gateway": f"{HOME}:5000/own/images/gateway@{ONE}",
        "probe": f"{HOME}:5000/own/images/probe@{TWO}",
    }
    assert references(country([without(cloud())]), "cgc") == {}


def test_what_is_locked_for_a_registry_goes_before_what_is_locked_for_all() -> None:
    made = country([cloud(), image_lock(), lock("own", HOME, gateway=THREE)])
    assert reference(made, "cgc", "gateway").endswith(THREE)
    assert reference(made, "cgc", "probe").endswith(TWO)
    elsewhere = country([cloud(), image_lock(), lock("own", "registry.other.vn", gateway=THREE)])
    assert reference(elsewhere, "cgc", "gateway").endswith(ONE)


def test_what_this_machines_registry_holds_goes_before_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert held() is None
    file = tmp_path / "images.yaml"
    monkeypatch.setenv(VARIABLE, str(file))
    assert held() is None  # the cloud has not been brought up
    value = "apiVersion: govcloud/v1\nkind: ImageLock\nmetadata: {name: images}\nspec:\n"
    value += f"  registry: %s\n  images: {{gateway: {{digest: '{THREE}', architecture: amd64}}}}\n"
    file.write_text(value % HOME)
    made = country([cloud()])
    assert reference(made, "cgc", "gateway").endswith(THREE)
    assert reference(made, "cgc", "probe").endswith(TWO)
    file.write_text(value % "registry.other.vn")
    assert reference(made, "cgc", "gateway").endswith(ONE)
    file.write_text("kind: Cloud\n")
    with pytest.raises(GovCloudError, match="GC-KIND-001"):
        held()


def test_nothing_is_rendered_without_a_registry() -> None:
    made = country([without(cloud()), *BODIES])
    for stack in ("segment.tsl-h41", "platform.lgsp-h41"):
        with pytest.raises(GovCloudError) as caught:
            render.stack(made, stack)
        assert "GC-IMAGE-001" in caught.value.render(Language.EN) and "GC-IMAGE-001" in caught.value.render(Language.VI)
    assert render.stack(made, "tenant.h41").manifests


@pytest.mark.parametrize("secret", [None, "registry-pull"])
def test_pods_name_the_image_and_the_secret_with_which_nodes_get_it(secret: str | None) -> None:
    images = {"registry": HOME} | ({"pullSecret": secret} if secret else {})
    made = country([cloud(images=images), *BODIES])
    for stack in ("segment.tsl-h41", "platform.lgsp-h41"):
        (pod,) = (
            m["spec"]["template"]["spec"]
            for m in render.stack(made, stack).manifests.values()
            if m["kind"] == "Deployment"
        )
        assert pod["containers"][0]["image"] == f"{HOME}/gateway@{ONE}"
        assert pod.get("imagePullSecrets") == ([{"name": secret}] if secret else None)


def test_every_finding_is_an_error_in_two_languages() -> None:
    for problem in rules.judge(country([without(cloud()), *BODIES]), DAY):
        if problem.code.startswith("GC-IMAGE"):
            assert problem.severity is Severity.ERROR
            assert problem.message.en != problem.message.vi


def test_a_lock_reads_back_as_it_was_written() -> None:
    made = country([cloud()])
    (locked,) = made.image_locks.values()
    assert ImageLock.model_validate(locked.model_dump(by_alias=True)) == locked
