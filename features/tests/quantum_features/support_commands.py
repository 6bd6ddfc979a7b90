"""The room's commands, run as a person types them, also where the disk is nearly full."""

import contextlib
import resource
from pathlib import Path

from quantum_contracts import command_line
from quantum_contracts.command_line import Command, Group, run
from quantum_features.commands import FEATURES, Query

COMMANDS: dict[str, type[Command] | Group] = {"features": FEATURES, "query": Query}


def command(*arguments: str) -> int:
    """Run the command; give its exit code."""
    return run("quantum-pipeline", COMMANDS, "0.1.0", arguments)


def features_with_little_disk(lake: Path, largest_file_bytes: int, errors: Path) -> None:
    """Run `features` and end the process, where no file can grow beyond a size, as on a disk that is full."""
    with errors.open("w") as file, contextlib.redirect_stderr(file):
        command_line.error_console.file = file
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))
        raise SystemExit(command("features", "--lake", str(lake)))
