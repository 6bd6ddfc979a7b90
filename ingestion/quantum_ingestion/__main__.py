"""The component's commands on their own: `python -m quantum_ingestion`."""

import sys
from importlib import resources

from quantum_contracts.command_line import run
from quantum_ingestion.commands import COMMANDS

PROGRAM = "quantum_ingestion"


def main() -> int:
    """Run the command that the arguments name; return the exit code."""
    version = (resources.files("quantum_ingestion") / "VERSION").read_text("utf-8").strip()
    return run(PROGRAM, COMMANDS, version)


if __name__ == "__main__":
    sys.exit(main())
