"""Failures of Spark in one line: what went wrong at the bottom, without the stacks of two languages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from quantum_contracts.errors import QuantumPipelineError

_CAUSE = re.compile(r"^(?:Caused by: )?(?P<kind>[\w.$]+(?:Exception|Error)): (?P<message>.*)$", re.MULTILINE)
SHOWN_CHARACTERS = 500


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Let a failure of Spark come out as an error that a person can read.

    Raises:
        QuantumPipelineError: Spark failed, on the driver or on an executor.
    """
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise QuantumPipelineError(f"Spark failed: {cause(str(error))}") from error


def cause(report: str) -> str:
    """The innermost cause that a report of Spark names, or its first line."""
    causes = list(_CAUSE.finditer(report))
    if causes:
        kind = causes[-1]["kind"].rpartition(".")[2]
        text = causes[-1]["message"] if kind == QuantumPipelineError.__name__ else f"{kind}: {causes[-1]['message']}"
    else:
        text = next(filter(None, map(str.strip, report.splitlines())), "no reason told")
    return text[:SHOWN_CHARACTERS]
