"""What a rebuild did, in words, in lines, in JSON."""

import json

from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_features import report
from quantum_features.rebuild import RebuildReport
from quantum_features.report import Place


def as_json(rebuilt: RebuildReport) -> str:
    """The batch that made the tables as one JSON object, with where the former ones are, and what came afterwards."""
    fields = report.fields(rebuilt.rebuilt)
    fields |= {"former_tables": rebuilt.namespace, "afterwards": report.fields(rebuilt.afterwards)}
    return json.dumps(fields, indent=2)


def show(rebuilt: RebuildReport, place: Place, console: Console) -> None:
    """Print the reports of the batches, and where the former tables are."""
    report.show(rebuilt.rebuilt, place, console)
    if rebuilt.rebuilt.batch_id is None:
        return
    print_line(
        console,
        f"the tables are those of this batch alone; the former ones are in the namespace {rebuilt.namespace} until the "
        "next rebuild into it",
    )
    if rebuilt.afterwards.batch_id is not None:
        print_line(console, "what landed meanwhile:")
        report.show(rebuilt.afterwards, place, console)
