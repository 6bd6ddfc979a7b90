"""The command line of a service in Java, and the file that may hold secrets."""

import stat
from pathlib import Path

from quantum_services import java


def test_the_class_path_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    for name in ("c.jar", "a.jar", "notes.txt", "b.jar"):
        (tmp_path / name).touch()
    assert java.class_path(tmp_path) == ":".join(str(tmp_path / name) for name in ("a.jar", "b.jar", "c.jar"))


def test_options_are_in_shell_syntax() -> None:
    environment = {"KAFKA_HEAP_OPTS": "-Xmx1g -Xms1g", "KAFKA_OPTS": "-Da='b c'"}
    command = java.command("-Xmx2g", "a.Main", "argument", environment=environment)
    assert command[:4] == ["java", "-Xmx1g", "-Xms1g", java.PERFORMANCE]
    assert "-Da=b c" in command
    assert command[-2:] == ["a.Main", "argument"]


def test_without_options_the_service_has_its_own() -> None:
    command = java.command("-Xmx2g", "a.Main", environment={"KAFKA_JVM_PERFORMANCE_OPTS": ""})
    assert command[:3] == ["java", "-Xmx2g", "-XX:+ExitOnOutOfMemoryError"]


def test_only_the_service_reads_its_configuration(tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    for text in ("a=long\n", "b=1\n"):
        java.write_configuration(path, text)
    assert path.read_text() == "b=1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
