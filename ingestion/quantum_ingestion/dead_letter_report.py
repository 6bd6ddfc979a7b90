"""Dead letters in lines, in a table, in JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from rich import box
from rich.console import Console
from rich.table import Table

from quantum_contracts.command_line import print_line
from quantum_ingestion.dead_letter import DeadLetter, Origin, Position

HEAD_BYTES = 256
_BYTES_PER_LINE = 16
_TRACE_LINES = 5
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Summary:
    """What a list tells of a letter: all but its bytes, for many letters may be large."""

    position: Position
    origin: Origin | None
    first_origin: Origin | None
    time: datetime | None
    stage: str | None
    exception: str | None
    reason: str | None
    key_bytes: int | None
    value_bytes: int | None
    replays: int
    replayed: bool

    @classmethod
    def of(cls, letter: DeadLetter, replayed: bool) -> Self:
        """Sum up a letter."""
        return cls(
            position=letter.position,
            origin=letter.origin,
            first_origin=letter.first_origin,
            time=letter.time,
            stage=letter.stage,
            exception=letter.exception,
            reason=letter.reason,
            key_bytes=None if letter.key is None else len(letter.key),
            value_bytes=None if letter.value is None else len(letter.value),
            replays=letter.replays,
            replayed=replayed,
        )

    @property
    def why(self) -> str:
        """The error on one line, its class without the package."""
        name = (self.exception or "not told").rpartition(".")[2]
        reason = " ".join((self.reason or "").split())
        return f"{name}: {reason}" if reason else name

    @property
    def sent(self) -> str | None:
        """When the message was sent first."""
        return None if self.time is None else self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "position": str(self.position),
            "origin": self.origin and self.origin._asdict(),
            "first_origin": self.first_origin and self.first_origin._asdict(),
            "time": self.sent,
            "stage": self.stage,
            "exception": self.exception,
            "reason": self.reason,
            "key_bytes": self.key_bytes,
            "value_bytes": self.value_bytes,
            "replays": self.replays,
            "replayed": self.replayed,
        }

    def row(self) -> tuple[str, ...]:
        """For people."""
        return (
            str(self.position),
            self.sent or "",
            str(self.origin or ""),
            self.stage or "",
            f"{self.replays}{', replayed' if self.replayed else ''}",
            self.why,
        )


def newest(summaries: Iterable[Summary], limit: int | None) -> list[Summary]:
    """Sort by time, and keep the last ones."""
    ordered = sorted(summaries, key=lambda summary: (summary.time or _LONG_AGO, summary.position))
    return ordered[-limit:] if limit else ordered


def show_list(summaries: Sequence[Summary], console: Console) -> None:
    """Print letters: a table on a terminal, fields between tabs elsewhere."""
    if not console.is_terminal:
        for summary in summaries:
            print("\t".join(summary.row()))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("position", "time", "from", "stage", "replays", "why"):
        table.add_column(column, overflow="fold")
    for summary in summaries:
        table.add_row(*summary.row())
    console.print(table, markup=False, highlight=False)


def show_letter(letter: DeadLetter, replayed: bool, console: Console) -> None:
    """Print all that a letter tells, and the beginning of its bytes."""
    summary = Summary.of(letter, replayed)
    lines = [
        f"position: {letter.position}",
        f"from: {letter.origin or 'not told'}",
        f"sent: {summary.sent or 'not told'}",
        f"stage: {letter.stage or 'not told'}",
        f"error: {summary.why}",
        *(f"  {line.strip()}" for line in (letter.trace or "").splitlines()[:_TRACE_LINES]),
        f"replays: {letter.replays}" + (f", first from {letter.first_origin}" if letter.replays else ""),
        f"replayed: {'yes' if replayed else 'no'}",
        *(f"header {name}: {_printable(value)}" for name, value in letter.own_headers),
        *_dump("key", letter.key),
        *_dump("value", letter.value),
    ]
    for line in lines:
        print_line(console, line)


def _printable(value: bytes | None) -> str:
    return "null" if value is None else value.decode("utf-8", "backslashreplace")


def _dump(called: str, data: bytes | None) -> list[str]:
    """The first bytes, in hexadecimal and as characters."""
    if data is None:
        return [f"{called}: null"]
    lines = [f"{called}: {len(data):,} bytes"]
    for start in range(0, min(len(data), HEAD_BYTES), _BYTES_PER_LINE):
        part = data[start : start + _BYTES_PER_LINE]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        lines.append(f"  {start:04x}  {part.hex(' '):{3 * _BYTES_PER_LINE - 1}}  {text}")
    if len(data) > HEAD_BYTES:
        lines.append(f"  … {len(data) - HEAD_BYTES:,} more")
    return lines
