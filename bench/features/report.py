"""The tables and the ratios, as Markdown that a terminal can show too."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from features.access import Files
from features.engines import ENGINES, SPARK, UPSTREAM
from features.rows import HISTORY, INCREMENT, NUMBERS, Row, Spread, against, growth, histories, of

MEGABYTE = 1e6
WITHIN = 0.2  # the same cost, as the claim has it
AIM = 10.0  # times less processor time than upstream's method
COST = ("start, s", "batch, s", "start, CPU s", "batch, CPU s", "Python, MB", "JVM, MB", "heap limit, MB")
FILES = ("landing files read", "data files read", "metadata files read", "MB read", "MB written")


def report(head: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Everything that was measured, with the command, the machine and the versions."""
    versions = ", ".join(f"{name} {version}" for name, version in head["versions"].items())
    increments = [(engine, history) for history in _all_histories(rows) for engine in ENGINES]
    parts = [
        f"Measured by `{head['command']}` on {head['machine']}. Versions: {versions}.",
        f"Increments of {head['increment']} files: the median, and from the least to the most of all repeats.",
        _table(
            COST, [(engine, history, _cost(of(rows, INCREMENT, engine, history))) for engine, history in increments]
        ),
        "Files that the increment read of those that were there before it, and what it wrote (medians):",
        _table(
            FILES, [(engine, history, _files(of(rows, INCREMENT, engine, history))) for engine, history in increments]
        ),
        "The history itself:",
        "\n".join(_histories(rows)) or "none",
        "Ratios of medians:",
        "\n".join([*_growth(rows), *_against(rows)]) or "none",
    ]
    failures = [f"- {row.engine}, {row.files:,} files on {row.history:,}: {row.measured.failure}" for row in rows]
    failed = [line for line, row in zip(failures, rows, strict=True) if row.measured.failure]
    return "\n\n".join([*parts, *(["Failed:", "\n".join(failed)] if failed else [])])


def _all_histories(rows: Sequence[Row]) -> list[int]:
    return sorted({history for engine in ENGINES for history in histories(rows, engine)})


def _table(columns: Sequence[str], lines: Sequence[tuple[str, int, list[str]]]) -> str:
    cells = [
        ["history", "", *columns],
        *([f"{history:,}", engine, *found] for engine, history, found in lines if found),
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    shown = [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([shown[0], rule, *shown[1:]])


def _cost(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    measured = [row.measured for row in rows]
    limits = [item.heap_limit_bytes for item in measured if item.heap_limit_bytes]
    return [
        *(
            _spread(Spread.of(getattr(item, name) for item in measured))
            for name in ("start_seconds", "batch_seconds", "start_cpu_seconds", "batch_cpu_seconds")
        ),
        f"{max(item.python_bytes for item in measured) / MEGABYTE:,.0f}",
        f"{max(item.java_bytes for item in measured) / MEGABYTE:,.0f}" if limits else "",
        f"{max(limits) / MEGABYTE:,.0f}" if limits else "",
    ]


def _spread(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.least:.2f} to {spread.most:.2f})"


def _files(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    kinds = [[row.landing_read, row.data_read, row.metadata_read] for row in rows]
    if any(files is None for row in rows for files in (row.landing_read, row.written)):
        return ["not told"] * len(FILES)
    read = [Spread.of(_of(line[place]).count for line in kinds).median for place in range(3)]
    size = Spread.of(sum(_of(files).bytes for files in line) for line in kinds).median
    written = Spread.of(_of(row.written).bytes for row in rows).median
    return [*(f"{count:,.0f}" for count in read), f"{size / MEGABYTE:,.2f}", f"{written / MEGABYTE:,.2f}"]


def _of(files: Files | None) -> Files:
    return files or Files(0, 0)


def _histories(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.part == HISTORY and not row.measured.failure:
            took = row.measured
            yield (
                f"- {row.engine}: {row.files:,} files on {row.history:,} in one batch of {took.batch_seconds:.1f} s, "
                f"{row.files / took.batch_seconds:,.0f} files/s, {took.batch_cpu_seconds:.1f} CPU s; peak "
                f"{took.python_bytes / MEGABYTE:,.0f} MB of Python"
                + (f", {took.java_bytes / MEGABYTE:,.0f} MB of JVM" if took.java_bytes else "")
            )


def _growth(rows: Sequence[Row]) -> Iterator[str]:
    """Each longer history against the shortest one that is not empty."""
    for engine in ENGINES:
        base, *longer = [history for history in histories(rows, engine) if history > 0] or [0]
        for history in longer:
            for name, number in NUMBERS.items():
                ratio = growth(rows, engine, base, history, number)
                if ratio is not None:
                    verdict = "within" if abs(ratio - 1) <= WITHIN else "NOT within"
                    yield f"- {engine}, {name}, {history:,} to {base:,}: {ratio:.2f}, {verdict} {WITHIN:.0%}"


def _against(rows: Sequence[Row]) -> Iterator[str]:
    for engine in (name for name in ENGINES if name != UPSTREAM):
        for history in histories(rows, UPSTREAM):
            for name, number in NUMBERS.items():
                ratio = against(rows, engine, UPSTREAM, history, number)
                if ratio is None:
                    continue
                aim = (
                    f" ({'reaches' if ratio >= AIM else 'misses'} the aim of {AIM:.0f})"
                    if _is_aim(engine, name)
                    else ""
                )
                yield f"- {UPSTREAM} to {engine}, {name}, on {history:,}: {ratio:.1f}{aim}"


def _is_aim(engine: str, name: str) -> bool:
    return engine == SPARK and name == "CPU with the start"
