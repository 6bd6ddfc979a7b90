"""A text file that a person named, read whole, whatever is wrong with it told in one line."""

from pathlib import Path

from quantum_contracts.errors import UsageError

KIB, MIB = 2**10, 2**20


def read_text(path: Path, most_bytes: int, kind: str) -> str:
    """The UTF-8 text of a file of at most `most_bytes`; `kind` says what it is, for example `a molecule file`.

    Raises:
        UsageError: there is no such file, it cannot be read, is larger, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UsageError(f"{path}: not a readable file: {getattr(error, 'strerror', error)}") from error
    if len(content) > most_bytes:
        most = f"{most_bytes // MIB} MiB" if most_bytes >= MIB else f"{most_bytes // KIB} KiB"
        raise UsageError(f"{path}: larger than {most}, the most for {kind}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text: byte {error.start} is 0x{content[error.start]:02x}") from error
