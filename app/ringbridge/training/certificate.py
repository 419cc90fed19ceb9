"""Certificates for the training PBX: a root of its own, made anew at every start, and one certificate below it."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

WRONG_NAME = "elsewhere.invalid"


class _LateHandshake(ssl.SSLContext):
    """Leaves the handshake to the thread of the connection.

    A wrapped listening socket otherwise shakes hands inside `accept`, where one silent client stops all others.
    """

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:  # noqa: ANN401 - passed through
        """As `ssl.SSLContext.wrap_socket`."""
        return super().wrap_socket(*args, **kwargs | {"do_handshake_on_connect": False})


def make_context(folder: Path, host: str, *, wrong_name: bool, expired: bool) -> tuple[ssl.SSLContext, Path]:
    """A server context, and the file of the root that vouches for it.

    Args:
        folder: Where files go; the private key is there only while it is read.
        host: The certificate is for this name or address, besides localhost.
        wrong_name: It is for another host instead.
        expired: It has expired.
    """
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Ringbridge training PBX, root")
    root = (
        _builder(root_name, root_name, root_key, root_key, now - timedelta(days=30), now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    until = now - timedelta(days=1) if expired else now + timedelta(days=29)
    certificate = (
        _builder(_name("Ringbridge training PBX"), root_name, key, root_key, now - timedelta(days=29), until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(host, wrong_name=wrong_name)), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    root_file, server_file = folder / "training-pbx-ca.pem", folder / "server.pem"
    root_file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    server_file.touch(mode=0o600)
    server_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = _LateHandshake(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    server_file.unlink()
    return context, root_file


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _names(host: str, *, wrong_name: bool) -> list[x509.GeneralName]:
    if wrong_name:
        return [x509.DNSName(WRONG_NAME)]
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    for text in dict.fromkeys(("127.0.0.1", "::1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(text)))
        except ValueError:
            names.append(x509.DNSName(text))
    return names


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
