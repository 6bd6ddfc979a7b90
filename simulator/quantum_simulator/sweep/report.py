"""What became of a point: delivered, with its summary, or failed, with the reason."""

from dataclasses import dataclass

from quantum_simulator.summary import Summary


@dataclass(frozen=True)
class Delivered:
    """A point whose result is in the landing folder."""

    point_id: str
    summary: Summary


@dataclass(frozen=True)
class Failure:
    """A point that has no result, and why, in one line; `details` is the traceback of a fault in the program."""

    point_id: str
    point: str  # as a person reads it
    reason: str
    details: str | None
    failed_at: str  # ISO 8601, UTC
