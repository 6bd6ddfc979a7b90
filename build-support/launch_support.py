"""What the two launchers, of Pants and of the product, share. Python 3.7 and the standard library only."""

import contextlib
import fcntl
import os
import sys
from pathlib import Path
from typing import Iterator, Optional

CERTIFICATE_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # macOS, Alpine
)


class LaunchError(Exception):
    """Something a person must do first; the message is one line."""


def say(program: str, message: str) -> None:
    """Tell the person, on standard error."""
    print("{}: {}".format(program, message), file=sys.stderr, flush=True)


def cache_folder() -> Path:
    """Where installations are kept between starts."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "quantum-pipeline"
    return Path(os.environ.get("QUANTUM_PIPELINE_CACHE") or str(default))


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock `name` against other starts; the system frees it when the process ends, however it ends."""
    folder = cache_folder() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("w")
    except OSError as error:
        raise LaunchError("cannot write to the cache folder: {}; set QUANTUM_PIPELINE_CACHE".format(error)) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def certificates() -> Optional[str]:
    """The machine's certificate authorities, which Pants does not look for by itself."""
    return next((path for path in CERTIFICATE_FILES if Path(path).is_file()), None)
