"""Certificates: each authority trusts only its own, and what is stale is issued anew."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from govcloud_local import settings
from govcloud_local.access import kubeconfig, pki
from govcloud_local.settings import Profile, Settings


@pytest.fixture
def cloud(tmp_path: Path) -> Settings:
    made = Settings(state=tmp_path / "state", profile=Profile.CONTROL_PLANE)
    settings.save(made)
    return made


def _read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_a_serving_certificate_stands_for_its_hosts_under_its_authority(cloud: Settings) -> None:
    authority = pki.kubernetes(cloud)
    pair = authority.server("api", ["api.example", "127.0.0.1"])
    trusted = PolicyBuilder().store(Store([_read(authority.certificate)]))
    trusted.build_server_verifier(x509.DNSName("api.example")).verify(_read(pair.certificate), [])
    with pytest.raises(VerificationError):
        trusted.build_server_verifier(x509.DNSName("other.example")).verify(_read(pair.certificate), [])
    foreign = PolicyBuilder().store(Store([_read(pki.etcd(cloud).certificate)]))
    with pytest.raises(VerificationError):
        foreign.build_server_verifier(x509.DNSName("api.example")).verify(_read(pair.certificate), [])


def test_a_client_of_kubernetes_is_none_of_etcd_or_the_store(cloud: Settings) -> None:
    client = _read(pki.kubernetes(cloud).client("an", "an", ["gov:h41:operator"]).certificate)
    client.verify_directly_issued_by(_read(pki.kubernetes(cloud).certificate))
    for other in (pki.etcd(cloud), pki.storage(cloud)):
        with pytest.raises((InvalidSignature, ValueError)):
            client.verify_directly_issued_by(_read(other.certificate))


def test_user_and_groups_are_in_the_certificate(cloud: Settings) -> None:
    certificate, _ = pki.kubernetes(cloud).issue("an", ["gov:h41:operator", "gov:x"], datetime.timedelta(hours=1))
    subject = x509.load_pem_x509_certificate(certificate).subject
    assert [a.value for a in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["an"]
    groups = [a.value for a in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert groups == ["gov:h41:operator", "gov:x"]


def test_a_client_certificate_cannot_serve_nor_sign(cloud: Settings) -> None:
    extensions = _read(pki.kubernetes(cloud).client("an", "an").certificate).extensions
    uses = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert uses == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign is False


def test_a_good_certificate_is_kept_and_a_changed_wish_renews_it(cloud: Settings) -> None:
    first = _read(pki.etcd(cloud).server("etcd", ["127.0.0.1"]).certificate)
    assert _read(pki.etcd(cloud).server("etcd", ["127.0.0.1"]).certificate) == first
    assert _read(pki.etcd(cloud).server("etcd", ["127.0.0.1", "10.0.0.1"]).certificate) != first


def test_a_certificate_near_its_end_is_renewed(cloud: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _read(pki.etcd(cloud).server("etcd", ["127.0.0.1"]).certificate)
    later = first.not_valid_after_utc - datetime.timedelta(days=29)
    monkeypatch.setattr(pki, "_now", lambda: later)
    second = _read(pki.etcd(cloud).server("etcd", ["127.0.0.1"]).certificate)
    assert second.not_valid_after_utc > later + datetime.timedelta(days=300)


def test_a_new_authority_renews_what_the_old_one_issued(cloud: Settings) -> None:
    authority = pki.etcd(cloud)
    first = _read(authority.server("etcd", ["127.0.0.1"]).certificate)
    authority.key.unlink()
    renewed = _read(pki.etcd(cloud).server("etcd", ["127.0.0.1"]).certificate)
    assert renewed != first
    renewed.verify_directly_issued_by(_read(pki.etcd(cloud).certificate))


def test_a_lifetime_ends_as_asked_and_never_after_the_authority(cloud: Settings) -> None:
    authority = pki.kubernetes(cloud)
    short, _ = authority.issue("an", [], datetime.timedelta(hours=8))
    left = x509.load_pem_x509_certificate(short).not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(hours=7, minutes=59) < left <= datetime.timedelta(hours=8)
    long, _ = authority.issue("an", [], datetime.timedelta(days=9999))
    end = _read(authority.certificate).not_valid_after_utc
    assert x509.load_pem_x509_certificate(long).not_valid_after_utc == end


def test_no_key_is_readable_by_others(cloud: Settings) -> None:
    authority = pki.kubernetes(cloud)
    authority.server("api", ["127.0.0.1"])
    pki.signing_key(authority.folder)
    kubeconfig.engineer(cloud)
    files = [f for f in cloud.state.rglob("*") if f.is_file()]
    assert any(f.suffix == ".key" for f in files)
    assert [f for f in files if f.stat().st_mode & 0o077] == []
    assert [d for d in (cloud.state, *cloud.state.rglob("*")) if d.is_dir() and d.stat().st_mode & 0o077] == []


def test_serving_and_client_certificates_of_one_daemon_do_not_overwrite_each_other(cloud: Settings) -> None:
    serving = pki.kubernetes(cloud).server("kube-scheduler", ["127.0.0.1"])
    before = serving.certificate.read_bytes()
    kubeconfig.write(cloud, "kube-scheduler", user="system:kube-scheduler", groups=[])
    assert serving.certificate.read_bytes() == before
