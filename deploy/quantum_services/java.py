"""How the services of Kafka's distribution are started."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

HOME = Path("/opt/kafka")
CONFIGURATION = HOME / "config"
# Without the second compiler, which is for hours of full load, a start takes half of the processor's time.
PERFORMANCE = "-XX:TieredStopAtLevel=1"


def command(heap: str, main_class: str, *arguments: str, environment: Mapping[str, str]) -> list[str]:
    """The command line of a main class; `KAFKA_HEAP_OPTS`, … in the environment are what Kafka's own scripts take."""
    return [
        "java",
        *shlex.split(environment.get("KAFKA_HEAP_OPTS", heap)),
        *shlex.split(environment.get("KAFKA_JVM_PERFORMANCE_OPTS", PERFORMANCE)),
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile=file:{CONFIGURATION / 'log4j2.xml'}",
        *shlex.split(environment.get("KAFKA_OPTS", "")),
        "-cp",
        class_path(HOME / "libs"),
        main_class,
        *arguments,
    ]


def class_path(folder: Path) -> str:
    """All jars of a folder, in an order that does not depend on the file system."""
    return ":".join(sorted(str(path) for path in folder.glob("*.jar")))


def write_configuration(path: Path, text: str) -> None:
    """Write a file that only the service reads, for it may hold secrets."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def become(command_line: Sequence[str]) -> NoReturn:
    """Give this process to the service, so that it gets the signals that stop it."""
    os.execvp(command_line[0], list(command_line))  # noqa: S606 -- no shell is what we want
