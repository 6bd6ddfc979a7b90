"""The commands of the ingestion room. Clients are imported when a command runs, so that help comes at once."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import CliPositionalArg, SettingsConfigDict

from quantum_contracts.command_line import Command, Group, console, error_console, print_json, print_line
from quantum_contracts.errors import QuantumPipelineError
from quantum_ingestion.buckets_command import Buckets
from quantum_ingestion.dead_letters_command import DeadLetters
from quantum_ingestion.settings import (
    CONNECTOR,
    IngestionSettings,
    KafkaSettings,
    WaitingSettings,
    WorkerSettings,
)

_ALL_NAMES = SettingsConfigDict(env_prefix_target="all")  # pydantic merges it with those of both bases
_JSON = Field(default=False, alias="json", description="print JSON for machines on standard output")
_NAME = Field(default=CONNECTOR, min_length=1, description="name of the connector")


class Apply(Command, IngestionSettings):
    """Bring the connector to what its JSON says, and wait until it runs.

    Takes the connector of this installation, or the given JSON: the system specification's exactly as it is written
    there, Confluent's own, or ours. Classes that the worker cannot load, names that no sink knows, and what is missing
    for nothing to be lost are put right, and each change is printed with its reason. Where the worker has Confluent's
    S3 sink and Avro converter, their classes stay. Run again, it changes nothing.
    """

    model_config = _ALL_NAMES

    connector_json: CliPositionalArg[Path | None] = Field(
        default=None, description="a connector's JSON; - is standard input"
    )
    dry_run: bool = Field(default=False, description="print the changes and the worker's verdict, and apply nothing")
    json_: bool = _JSON

    def execute(self) -> int:
        """Translate, let the worker judge, put, wait."""
        from quantum_ingestion.application import apply, judge, plan
        from quantum_ingestion.application_report import applied_json, applied_line
        from quantum_ingestion.connect import ConnectClient
        from quantum_ingestion.connector_file import ours, read_connector

        client = ConnectClient(self)
        planned = plan(read_connector(self.connector_json) if self.connector_json else ours(), client, self)
        for line in (*planned.changes, *planned.notes):
            print_line(error_console if self.json_ else console, str(line))
        judge(planned, client, _tell_error)
        applied = None if self.dry_run else apply(planned, client, self.wait, _tell_error)
        if self.json_:
            print_json(applied_json(planned, applied))
        else:
            print_line(console, applied_line(planned, applied))
        return 0


class Status(Command, WorkerSettings, KafkaSettings):
    """Tell how the connector does: its tasks, how far it is behind, the dead letters.

    Exits with 1 where the connector or a task of it does not run; a failed task is told by its trace's first line.
    """

    model_config = _ALL_NAMES

    name: CliPositionalArg[str] = _NAME
    json_: bool = _JSON

    def execute(self) -> int:
        """Ask the worker, then the broker."""
        from quantum_ingestion.connect import ConnectClient
        from quantum_ingestion.watching import as_json, backlog, show_backlog, show_status

        client = ConnectClient(self)
        status = client.status(self.name)
        if not self.json_:
            show_status(status, console)
        behind = backlog(self.name, client.config(self.name) or {}, self)
        if self.json_:
            print_json(as_json(status, behind))
        else:
            show_backlog(behind, console)
        return 0 if status.runs else QuantumPipelineError.exit_code


class Restart(Command, WaitingSettings):
    """Restart what has failed of the connector, and wait until it runs."""

    model_config = _ALL_NAMES

    name: CliPositionalArg[str] = _NAME
    all_: bool = Field(default=False, alias="all", description="restart the tasks that run, too")

    def execute(self) -> int:
        """Restart and wait."""
        from quantum_ingestion.connect import ConnectClient
        from quantum_ingestion.running import describe, wait_until_running

        client = ConnectClient(self)
        before = client.status(self.name)
        for failure in before.failures:
            print_line(console, failure)
        client.restart(self.name, only_failed=not self.all_)
        if self.wait:
            status = wait_until_running(client, self.name, self.wait, _tell_error, before)
            print_line(console, f"{self.name}: {describe(status)}")
        return 0


class Pause(Command, WorkerSettings):
    """Let the connector rest; what comes in waits in Kafka."""

    model_config = _ALL_NAMES

    name: CliPositionalArg[str] = _NAME

    def execute(self) -> int:
        """Pause."""
        from quantum_ingestion.connect import ConnectClient

        ConnectClient(self).pause(self.name)
        print_line(console, f"{self.name}: paused")
        return 0


class Resume(Command, WaitingSettings):
    """Let a paused connector go on where it was, and wait until it runs."""

    model_config = _ALL_NAMES

    name: CliPositionalArg[str] = _NAME

    def execute(self) -> int:
        """Resume and wait."""
        from quantum_ingestion.connect import ConnectClient
        from quantum_ingestion.running import describe, wait_until_running

        client = ConnectClient(self)
        before = client.status(self.name)
        client.resume(self.name)
        if self.wait:
            status = wait_until_running(client, self.name, self.wait, _tell_error, before)
            print_line(console, f"{self.name}: {describe(status)}")
        return 0


class Delete(Command, WorkerSettings):
    """Remove the connector; applied again, it goes on where it was."""

    model_config = _ALL_NAMES

    name: CliPositionalArg[str] = _NAME

    def execute(self) -> int:
        """Delete."""
        from quantum_ingestion.connect import ConnectClient

        ConnectClient(self).delete(self.name)
        print_line(console, f"{self.name}: deleted")
        return 0


def _tell_error(line: str) -> None:
    print_line(error_console, line)


COMMANDS: dict[str, type[Command]] = {
    "apply": Apply,
    "status": Status,
    "restart": Restart,
    "pause": Pause,
    "resume": Resume,
    "delete": Delete,
    "dead-letters": DeadLetters,
    "buckets": Buckets,
}
GROUP = Group("Land results in the object store: the connector, its dead letters, the buckets.", COMMANDS)
