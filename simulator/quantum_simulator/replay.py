"""The command `replay`."""

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command, console, error_console, print_json, print_line
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.settings import SpoolFolder
from quantum_simulator.sinks.kafka_settings import ProducerConfig

if TYPE_CHECKING:
    from quantum_simulator.sinks.replaying import Replayed

MOST_TOLD = 3  # files that an error names


class Replay(Command):
    """Send results that could not be delivered to Kafka when they were computed.

    They are in the spool, and are sent in the order in which they were computed; each goes away once the broker has
    it. A result that is sent twice, because a process was killed between the two, is one experiment in the tables.
    Only one replay of a spool works at a time, and it leaves alone what a running simulation is sending: a timer may
    start it as often as it likes. It prints nothing where there is nothing to send.

    Files that are named are sent wherever they are, landing files, too; those of a spool go away then.

    Examples:
      quantum-pipeline replay
      quantum-pipeline replay --spool /var/spool/quantum --kafka.servers kafka:9092
      quantum-pipeline replay --dry-run
      quantum-pipeline replay lake/experiments/vqe_decorated_result_v2/partition=0/*.avro
    """

    files: CliPositionalArg[list[Path]] = Field(default=[], description="only these files, instead of the spool's")
    dry_run: bool = Field(default=False, description="only print what is to be sent")
    lake: Path = Field(default=Path("lake"), description="folder of the lake, in which the spool is")
    spool: SpoolFolder = None
    kafka: ProducerConfig = Field(default=ProducerConfig(), description="how results go to Kafka")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Send what there is; tell what stays and why."""
        from quantum_simulator.folder_lock import lock_folder
        from quantum_simulator.sinks.choice import spool_folder

        folder = spool_folder(self.spool, self.lake)
        if self.dry_run:
            self._print_waiting(folder)
            return 0
        if self.files:
            return self._send(None)
        if not folder.exists():
            if self.spool is not None:
                raise UsageError(f"there is no spool {folder}")
            return self._nothing()
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file, and a spool is a folder")
        lock = lock_folder(folder)
        if lock is None:
            print_line(error_console, f"another replay of {folder} is at work")
            return self._nothing()
        try:
            return self._send(folder)
        finally:
            os.close(lock)

    def _nothing(self) -> int:
        if self.json_:
            print_json({"sent": [], "kept": [], "unreadable": [], "under_way": []})
        return 0

    def _send(self, folder: Path | None) -> int:
        from quantum_simulator.sinks.replaying import Replay as Replaying
        from quantum_simulator.sinks.sender import Sender
        from quantum_simulator.sinks.spool import Spool

        sender = Sender(self.kafka)
        replay = Replaying(sender)
        try:
            if folder is not None:
                replay.send_all(Spool(folder))
            for path in self.files:
                replay.send_file(path, self.kafka.topic)
        finally:
            sender.close()
            self._print(replay.report)
        problems = _problems(replay.report)
        if problems:
            raise QuantumPipelineError("; ".join(problems))
        return 0

    def _print(self, report: "Replayed") -> None:
        if self.json_:
            print_json(
                {
                    "sent": [
                        {"file": str(path), "topic": at.topic, "partition": at.partition, "offset": at.offset}
                        for path, at in report.sent.items()
                    ],
                    "kept": [{"file": str(path), "reason": reason} for path, reason in report.kept.items()],
                    "unreadable": [{"file": str(path), "reason": reason} for path, reason in report.unreadable.items()],
                    "under_way": [str(path) for path in report.under_way],
                }
            )
            return
        for topic, count in sorted(Counter(at.topic for at in report.sent.values()).items()):
            print_line(console, f"{count} results sent to {topic}")
        if report.under_way:
            print_line(console, f"{len(report.under_way)} results are being sent by another process")

    def _print_waiting(self, folder: Path) -> None:
        from quantum_simulator.sinks.spool import Spool

        spool = Spool(folder)
        paths = self.files
        if not paths and folder.is_dir():
            paths = [spool.path(file) for topic in spool.topics() for file in spool.files(topic)]
        if self.json_:
            print_json([{"file": str(path), "bytes": path.stat().st_size} for path in paths])
            return
        for path in paths:
            print_line(console, f"{path}  {path.stat().st_size} bytes")


def _problems(report: "Replayed") -> list[str]:
    problems = []
    if report.kept:
        total = len(report.kept) + len(report.sent)
        first = next(iter(report.kept.values()))
        problems.append(f"{len(report.kept)} of {total} results could not be sent and stay where they are: {first}")
    if report.unreadable:
        named = [f"{path} ({reason})" for path, reason in list(report.unreadable.items())[:MOST_TOLD]]
        more = len(report.unreadable) - len(named)
        names = ", ".join(named) + (f" and {more} more" if more else "")
        problems.append(f"{len(report.unreadable)} files hold no result that can be sent: {names}; look at them")
    return problems
