"""What a journal knows about a staged result's way to Kafka: whether the spool has it, and where it is then.

A file beside the staged one. Once the spool was handed a result it sees to it, whoever sends it in the end; so a run
that is started again hands nothing over twice.
"""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from quantum_contracts.effects import effect

SUFFIX = ".delivery"


class DeliveryRecord(BaseModel):
    """`spooled`: the file's name in the spool. `place`: where the message is, once it was acknowledged."""

    spooled: str
    place: str | None = None

    def write(self, staged: Path) -> None:
        """Note this about the staged file."""
        path = staged.with_suffix(SUFFIX)
        temporary = path.with_name(f".{path.name}")
        temporary.write_text(self.model_dump_json())
        temporary.replace(path)
        effect("delivery.noted")

    @classmethod
    def read(cls, staged: Path) -> "DeliveryRecord | None":
        """What is noted about the staged file; None where nothing is."""
        try:
            return cls.model_validate_json(staged.with_suffix(SUFFIX).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
