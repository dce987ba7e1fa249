"""Versions as real programs print them."""

from __future__ import annotations

import pytest

from govcloud_local.toolchain.version import Range, Version, first_version


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Kubernetes v1.36.3\n", (1, 36, 3)),
        ("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n", (1, 32, 4)),
        ("etcd Version: 3.6.16\nGit SHA: abc1.2\nGo Version: go1.26.8\n", (3, 6, 16)),
        ("v3.259.0\n", (3, 259, 0)),
        ("containerd github.com/containerd/containerd/v2 v2.4.2 ", (2, 4, 2)),
        ("containerd github.com/containerd/containerd/v2 2.4.2+unknown ", (2, 4, 2)),
        ("containerd-shim-runc-v2:\n  Version:  v2.4.2\n  Go version: go1.26.8\n", (2, 4, 2)),
        ("runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n", (1, 1, 5)),
        ("version 8000GB 4.48 pypi linux amd64", (4, 48)),
        ("CNI ptp plugin v1.9.1\nCNI protocol versions supported: 0.1.0, 1.1.0\n", (1, 9, 1)),
        ("CoreDNS-1.14.7\nlinux/amd64, go1.26.8, ", (1, 14, 7)),
        ("Kubernetes v0.0.0-master+$Format:%H$", (0, 0, 0)),
        ("CNI ptp plugin version unknown", None),
        ("", None),
    ],
)
def test_the_first_version_is_the_programs_own(said: str, version: Version | None) -> None:
    assert first_version(said) == version


def test_a_range_holds_its_lower_end_and_not_its_upper() -> None:
    accepted = Range((1, 36), (1, 37))
    assert (1, 36, 0) in accepted
    assert (1, 36) in accepted
    assert (1, 36, 99) in accepted
    assert (1, 35, 9) not in accepted
    assert (1, 37, 0) not in accepted
    assert str(accepted) == ">= 1.36, < 1.37"
