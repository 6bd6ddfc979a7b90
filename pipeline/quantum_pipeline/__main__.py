"""The command `quantum-pipeline`: every component's commands under one roof."""

import sys
from collections.abc import Sequence
from importlib import resources

from quantum_contracts.command_line import Command, Group, run
from quantum_contracts.commands import Schemas
from quantum_features.commands import FEATURES, Query
from quantum_ingestion.commands import GROUP
from quantum_pipeline.run import Run
from quantum_simulator.commands import Molecules, Simulate
from quantum_simulator.replay import Replay
from quantum_simulator.scan.command import Scan
from quantum_simulator.sweep.command import Sweep

PROGRAM = "quantum-pipeline"
COMMANDS: dict[str, type[Command] | Group] = {
    "run": Run,
    "simulate": Simulate,
    "scan": Scan,
    "sweep": Sweep,
    "replay": Replay,
    "ingestion": GROUP,
    "features": FEATURES,
    "query": Query,
    "molecules": Molecules,
    "schemas": Schemas,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names; return the exit code."""
    version = (resources.files("quantum_pipeline") / "VERSION").read_text("utf-8").strip()
    return run(PROGRAM, COMMANDS, version, argv)


if __name__ == "__main__":
    sys.exit(main())
