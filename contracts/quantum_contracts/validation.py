"""A validation error in words: where, what is wrong, what was given, on one line."""

from collections.abc import Callable

from pydantic import ValidationError

MOST_PROBLEMS = 3
MOST_CHARACTERS = 60


def describe(error: ValidationError, place: Callable[[tuple[int | str, ...]], str] | None = None) -> str:
    """Tell the problems of a validation error on one line; `place` writes where one is (default: `field_path`)."""
    problems = error.errors(include_url=False, include_context=False)
    lines = []
    for problem in problems[:MOST_PROBLEMS]:
        where = (place or field_path)(problem["loc"])
        message = problem["msg"].removeprefix("Value error, ").replace("Input should", "it should")
        given = "" if isinstance(problem["input"], dict | list) else f" (given: {_short(problem['input'])})"
        lines.append(f"{where}: {message}{given}" if where else f"{message}{given}")
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"and {len(problems) - MOST_PROBLEMS} more")
    return "; ".join(lines)


def field_path(location: tuple[int | str, ...]) -> str:
    """Write a place in nested records: `vqe_result.iteration_list[3].parameters[1]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
