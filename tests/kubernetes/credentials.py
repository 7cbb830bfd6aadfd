"""Who is who in a test's cluster: its certificate authority, what that signs, and a kubeconfig for each of them."""

import datetime
import ipaddress
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
SERVICE_IP = "10.96.0.1"
"""The first address of the Services' range: the API server's own, as pods see it."""
NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


class Authority:
    """One certificate authority of one test's cluster, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("orrery-tests")
        certificate = (
            self._unsigned(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        _write(folder / "ca.crt", _pem(certificate))
        _write(folder / "ca.key", _private(self._key))

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.crt"

    def server(self, name: str, *addresses: str) -> tuple[Path, Path]:
        """A serving certificate and its key, for the usual names and these addresses."""
        alternatives: list[x509.GeneralName] = [x509.DNSName(known) for known in NAMES]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._unsigned(_name(name), key).add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return self._sign(builder, key, name, ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, name: str, *groups: str) -> tuple[Path, Path]:
        """A certificate that says who somebody is: Kubernetes reads the user from CN and the groups from O."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._sign(self._unsigned(_name(name, *groups), key), key, name, ExtendedKeyUsageOID.CLIENT_AUTH)

    def kubeconfig(self, server: str, name: str, *groups: str) -> Path:
        """A kubeconfig (JSON, which is YAML) of this user at this address, whole in one file."""
        certificate, key = self.client(name, *groups)
        path = self.folder / f"{_plain(name)}.kubeconfig"
        _write(path, json.dumps(config(server, self.certificate, certificate, key), indent=2).encode())
        return path

    def key_pair(self, name: str) -> tuple[Path, Path]:
        """A private key and its public one: what signs the tokens of service accounts."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return _write(self.folder / f"{name}.key", _private(key)), _write(self.folder / f"{name}.pub", public)

    def _unsigned(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + 30 * DAY)
        )

    def _sign(
        self, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, name: str, purpose: x509.ObjectIdentifier
    ) -> tuple[Path, Path]:
        certificate = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False).sign(self._key, hashes.SHA256())
        stem = self.folder / _plain(name)
        return _write(stem.with_name(f"{stem.name}.crt"), _pem(certificate)), _write(stem.with_name(f"{stem.name}.key"), _private(key))


def config(server: str, authority: Path, certificate: Path, key: Path) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tests", "cluster": {"server": server, "certificate-authority": str(authority)}}],
        "users": [{"name": "tests", "user": {"client-certificate": str(certificate), "client-key": str(key)}}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
        "current-context": "tests",
    }


def _name(common: str, *organizations: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization) for organization in organizations]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _plain(name: str) -> str:
    return name.replace(":", "-")


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path
