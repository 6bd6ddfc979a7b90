"""The component's own command, `quantum-simulator`: what its image runs."""

import sys
from collections.abc import Sequence

from quantum_contracts.command_line import Command, run
from quantum_simulator.commands import Molecules, Simulate
from quantum_simulator.replay import Replay
from quantum_simulator.scan.command import Scan
from quantum_simulator.software import own_version
from quantum_simulator.sweep.command import Sweep

PROGRAM = "quantum-simulator"
COMMANDS: dict[str, type[Command]] = {
    "simulate": Simulate,
    "scan": Scan,
    "sweep": Sweep,
    "replay": Replay,
    "molecules": Molecules,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names; return the exit code."""
    return run(PROGRAM, COMMANDS, own_version(), argv)


if __name__ == "__main__":
    sys.exit(main())
