"""The layout of the landing folders: `<experiments>/<topic>/partition=N/<topic>+N+<10-digit offset>.avro`.

It is the layout of the Kafka Connect S3 sink (system specification, section 3); the file sink writes the same.
Temporary files begin with `.` or `_`; nothing else but finished `.avro` files is ever visible there.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

OFFSET_DIGITS = 10
_FILE_NAME = re.compile(r"(?P<topic>[A-Za-z0-9-][A-Za-z0-9._-]*)\+(?P<partition>[0-9]+)\+(?P<offset>[0-9]{10,})\.avro")


@dataclass(frozen=True, order=True)
class LandingFile:
    """A landing file's coordinates: those of its first record in Kafka's terms."""

    topic: str
    partition: int
    offset: int

    @property
    def directory(self) -> PurePosixPath:
        """The folder, relative to the landing root."""
        return PurePosixPath(self.topic) / f"partition={self.partition}"

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.topic}+{self.partition}+{self.offset:0{OFFSET_DIGITS}d}.avro"

    @property
    def path(self) -> PurePosixPath:
        """The file, relative to the landing root."""
        return self.directory / self.name

    @classmethod
    def parse(cls, name: str) -> "LandingFile | None":
        """Read a file's name; None where it is not a landing file's (a temporary file, a stranger)."""
        match = _FILE_NAME.fullmatch(name)
        if match is None:
            return None
        file = cls(match["topic"], int(match["partition"]), int(match["offset"]))
        return file if file.name == name else None  # one offset has one name: no further leading zeros
