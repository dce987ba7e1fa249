"""Certificates of one embedded cloud: four authorities that do not trust each other, ECDSA P-256, renewed by `up`.

A tenant's client certificate comes from the `kubernetes` authority. It must open neither etcd nor the object store's
inner ports, so those have authorities of their own, and so has the registry.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from govcloud_local import private_file
from govcloud_local.settings import Settings

__all__ = ["Authority", "Pair", "etcd", "kubernetes", "registry", "signing_key", "storage"]

_DAY = datetime.timedelta(days=1)
_RENEW = 30 * _DAY
_SKEW = datetime.timedelta(minutes=5)  # a client whose clock lags a little must not refuse a fresh certificate


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


def kubernetes(settings: Settings) -> Authority:
    """Return the authority of the Kubernetes API: its serving certificates and everybody's client certificates."""
    return Authority(settings.pki / "kubernetes", "GovCloud local Kubernetes")


def etcd(settings: Settings) -> Authority:
    """Return the authority of etcd: only the API server and etcd itself get certificates."""
    return Authority(settings.pki / "etcd", "GovCloud local etcd")


def storage(settings: Settings) -> Authority:
    """Return the authority of the object store: its S3 serving certificate and its inner gRPC."""
    return Authority(settings.pki / "storage", "GovCloud local storage")


def registry(settings: Settings) -> Authority:
    """Return the authority of the registry of images: its serving certificate, which nodes and operators check."""
    return Authority(settings.pki / "registry", "GovCloud local registry")


class Authority:
    """A certificate authority in a folder; made on first use, kept for ten years."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.certificate = folder / "ca.crt"
        self.key = folder / "ca.key"
        if self.certificate.exists() and self.key.exists():
            self._certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
            self._key = _load_key(self.key)
        else:
            self._key = ec.generate_private_key(ec.SECP256R1())
            self._certificate = self._make(name)
            private_file.write(self.key, _pem(self._key))
            private_file.write(self.certificate, self._certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str, hosts: Sequence[str], *, client: bool = False) -> Pair:
        """Return a serving certificate for these DNS names and IP addresses; with `client`, also good as a client's.

        Kept in the authority's folder as `<name>.crt` and `.key`; issued anew within 30 days of its end, or when the
        hosts or the authority changed.
        """
        uses = [Usage.SERVER_AUTH, *([Usage.CLIENT_AUTH] if client else [])]
        return self._kept(name, _subject(name, ()), uses, hosts)

    def client(self, name: str, user: str, groups: Sequence[str] = ()) -> Pair:
        """Return a kept client certificate that authenticates as `user` in `groups` (renewed like `server`)."""
        return self._kept(name, _subject(user, groups), [Usage.CLIENT_AUTH], ())

    def issue(self, user: str, groups: Sequence[str], lifetime: datetime.timedelta) -> tuple[bytes, bytes]:
        """Return certificate and key (PEM) of a client; nothing is kept."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_subject(user, groups), [Usage.CLIENT_AUTH], (), key.public_key(), lifetime)
        return certificate.public_bytes(serialization.Encoding.PEM), _pem(key)

    def _kept(self, name: str, subject: x509.Name, uses: Sequence[x509.ObjectIdentifier], hosts: Sequence[str]) -> Pair:
        pair = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        if not self._current(pair, subject, uses, hosts):
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = self._sign(subject, uses, hosts, key.public_key(), 365 * _DAY)
            private_file.write(pair.key, _pem(key))
            private_file.write(pair.certificate, certificate.public_bytes(serialization.Encoding.PEM))
        return pair

    def _current(
        self, pair: Pair, subject: x509.Name, uses: Sequence[x509.ObjectIdentifier], hosts: Sequence[str]
    ) -> bool:
        try:
            certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
            key = _load_key(pair.key)
            certificate.verify_directly_issued_by(self._certificate)
            extensions = certificate.extensions
            named = list(extensions.get_extension_for_class(x509.SubjectAlternativeName).value) if hosts else []
            return (
                certificate.subject == subject
                and list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == list(uses)
                and named == _names(hosts)
                and certificate.public_key() == key.public_key()
                and certificate.not_valid_after_utc - _now() > _RENEW
            )
        except Exception:  # whatever is wrong with a kept certificate, the answer is a new one
            return False

    def _make(self, name: str) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        public = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - _SKEW)
            .not_valid_after(_now() + 3650 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _sign(
        self,
        subject: x509.Name,
        uses: Sequence[x509.ObjectIdentifier],
        hosts: Sequence[str],
        public: ec.EllipticCurvePublicKey,
        lifetime: datetime.timedelta,
    ) -> x509.Certificate:
        identifier = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._certificate.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - _SKEW)
            .not_valid_after(min(_now() + lifetime, self._certificate.not_valid_after_utc))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def signing_key(folder: Path) -> tuple[Path, Path]:
    """Return the files of the key that signs service-account tokens: (private, public), made once.

    ECDSA P-256: the API server signs with ES256, which costs a tenth of RSA.
    """
    private, public = folder / "service-account.key", folder / "service-account.pub"
    if not (private.exists() and public.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        private_file.write(private, _pem(key))
        private_file.write(
            public,
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        )
    return private, public


def _subject(user: str, groups: Sequence[str]) -> x509.Name:
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file} is not an elliptic-curve key")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    # SEC 1 ("EC PRIVATE KEY"): the one form that the API server accepts for service-account keys of this kind, and
    # everybody else reads as well
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
