"""The jobs on Spark as commands: `python -m quantum_features.spark process`."""

import sys
from importlib import resources

from quantum_contracts.command_line import run
from quantum_features.spark.commands import COMMANDS

PROGRAM = "quantum-features"


def main() -> int:
    """Run the command that the arguments name; return the exit code."""
    version = (resources.files("quantum_features") / "VERSION").read_text("utf-8").strip()
    return run(PROGRAM, COMMANDS, version)


if __name__ == "__main__":
    sys.exit(main())
