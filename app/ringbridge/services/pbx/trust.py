"""Whose certificates are believed: what the operating system trusts, and one further file."""

import ssl
from pathlib import Path
from typing import Any

import truststore

from ringbridge.core.errors import RequestInvalid


class _RootsOnce(ssl.SSLContext):
    """OpenSSL's context, which takes each source of roots in once."""

    _taken: frozenset[object] = frozenset()

    def set_default_verify_paths(self) -> None:
        """The system's roots, at the first time."""
        if "system" not in self._taken:
            super().set_default_verify_paths()
            self._taken |= {"system"}

    def load_verify_locations(self, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:  # noqa: ANN401 - ssl's
        """A file's roots, at the first time."""
        if (cafile, capath, cadata) not in self._taken:
            super().load_verify_locations(cafile, capath, cadata)
            self._taken |= {(cafile, capath, cadata)}


class SystemTrust(truststore.SSLContext):
    """`truststore`'s context for clients: it asks the operating system, and checks certificate and host name.

    On Linux truststore reads all roots again for every connection: 27 ms with Debian's 144. The context inside it is
    replaced by one that remembers them; on other systems that changes nothing.
    """

    def __init__(self, protocol: int) -> None:
        super().__init__(protocol)
        inner = _RootsOnce(protocol)
        inner.sslsocket_class, inner.sslobject_class = self._ctx.sslsocket_class, self._ctx.sslobject_class
        self._ctx = inner


def tls_context(ca_file: str) -> ssl.SSLContext:
    """A context for TLS 1.2 and later.

    Args:
        ca_file: A PEM file of further trusted roots, or empty. On Linux the file that SSL_CERT_FILE names is what
            the system trusts.

    Raises:
        RequestInvalid: ``ca_file`` can't be read or holds no certificate.
    """
    context = SystemTrust(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        problem = ""
        try:
            context.load_verify_locations(cafile=str(Path(ca_file).expanduser()))
        except ssl.SSLError:
            problem = "holds no certificate in PEM form"
        except OSError as error:
            problem = error.strerror or "can't be read"
        except (ValueError, RuntimeError):  # a NUL in the name; no such user's home
            problem = "is no usable file name"
        if problem:
            raise RequestInvalid("ca_file", problem)
    return context
