"""What a replay did, or would do, in lines and in JSON."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from quantum_contracts.command_line import print_json, print_line
from quantum_ingestion.dead_letter import DeadLetter, Origin
from quantum_ingestion.replay import Decision, Sent


def show_outcomes(outcomes: Iterable[Decision | Sent], as_json: bool, console: Console) -> bool:
    """Print the outcomes as they come; tell whether every letter is or was replayed."""
    rows: list[dict[str, Any]] = []
    replayed = possible = known = left = 0
    for outcome in outcomes:
        if isinstance(outcome, Sent):
            replayed += 1
        elif outcome.done:
            known += 1
        elif outcome.obstacle:
            left += 1
        else:
            possible += 1
        rows.append(_row(outcome))
        if not as_json:
            print_line(console, _line(outcome))
    if as_json:
        print_json(rows)
    else:
        done = f"{possible} to replay" if possible else f"{replayed} replayed"
        print_line(console, f"{done}, {known} replayed before, {left} left")
    return left == 0


def _line(outcome: Decision | Sent) -> str:
    match outcome:
        case Sent():
            return f"{outcome.letter.position} -> {outcome.place}"
        case Decision(obstacle=None, letter=DeadLetter(origin=Origin() as origin)):
            return f"{outcome.letter.position} would go to {origin.topic}, partition {origin.partition}"
    return f"{outcome.letter.position} stays: {outcome.obstacle}"


def _row(outcome: Decision | Sent) -> dict[str, Any]:
    origin = outcome.letter.origin
    return {
        "position": str(outcome.letter.position),
        "origin": origin and origin._asdict(),
        "sent_to": outcome.place._asdict() if isinstance(outcome, Sent) else None,
        "obstacle": None if isinstance(outcome, Sent) else outcome.obstacle,
    }
