"""A certificate authority for one test run, and certificates that it gave."""

from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True)
class Certificates:
    """Files of an authority and of one server's certificate, all PEM."""

    ca: Path
    certificate: Path
    key: Path
    keystore: Path  # key and certificates in one file, as Kafka takes them

    @classmethod
    def create(cls, folder: Path, *hosts: str) -> "Certificates":
        """Write new ones for a server that is called by any of `hosts`."""
        authority = trustme.CA()
        issued = authority.issue_cert(*hosts)
        files = cls(folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "keystore.pem")
        authority.cert_pem.write_to_path(files.ca)
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        key = _pkcs8(issued.private_key_pem.bytes())
        files.certificate.write_bytes(chain)
        files.key.write_bytes(key)
        files.keystore.write_bytes(key + chain)
        for path in (files.ca, files.certificate, files.key, files.keystore):
            path.chmod(0o644)  # the containers' users are not ours
        return files


def _pkcs8(key: bytes) -> bytes:
    """The key in the one form that Kafka reads."""
    return load_pem_private_key(key, password=None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
