"""Sends what is in a spool, in order: whoever computed it, and whenever."""

from dataclasses import dataclass, field
from pathlib import Path

from quantum_contracts.container import UnreadableFileError, read_container
from quantum_contracts.errors import UsageError
from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_simulator.sinks.kafka_errors import RefusedError, UnacceptableError, UnreachableError
from quantum_simulator.sinks.message import read_message
from quantum_simulator.sinks.sender import Sender
from quantum_simulator.sinks.spool import Held, Spool, SpoolFile
from quantum_simulator.sinks.topic import version_of_topic


@dataclass
class Replayed:
    """What became of the files: the place of each message, or why a file stays."""

    sent: dict[Path, LandingFile] = field(default_factory=dict)
    kept: dict[Path, str] = field(default_factory=dict)
    unreadable: dict[Path, str] = field(default_factory=dict)
    under_way: list[Path] = field(default_factory=list)  # another process sends them, or the one before them


class Replay:
    """Sends files of spools with one sender, and keeps account."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.report = Replayed()

    def send_all(self, spool: Spool) -> None:
        """Send every file of a spool. One that cannot be sent does not hold up the others, where they can be."""
        for topic in spool.topics():
            for path in spool.strangers(topic):
                self.report.unreadable[path] = "not a file of the spool, or set aside"
            self._send_topic(spool, topic)

    def send_file(self, path: Path, topic: str | None) -> None:
        """Send one file, wherever it is; it goes away only if its name is one of a spool's.

        Without a `topic` it goes to the one that its folder is named after, else to that of its result's version.

        Raises:
            UsageError: there is no such file.
        """
        if not path.is_file():
            raise UsageError(f"{path}: there is no such file")
        folder = path.absolute().parent
        file = SpoolFile.parse(folder.name, path.name)
        try:
            topic = topic or _topic_of(path)
            if file is not None:
                self._send_spooled(Spool(folder.parent), file, topic)
            else:
                with path.open("rb") as content:
                    self.report.sent[path] = self._sender.send(read_message(content, topic))
        except UnreadableFileError as error:
            self.report.unreadable[path] = str(error)
        except (UnreachableError, RefusedError, UnacceptableError) as error:
            self.report.kept[path] = str(error)

    def _send_topic(self, spool: Spool, topic: str) -> None:
        files = spool.files(topic)
        if not files:
            return
        waiting: set[int] = set()  # molecules of which another process sends an earlier result
        stopped: str | None = None
        try:
            version_of_topic(topic)
            self._sender.prepare(topic)
        except (UsageError, UnreachableError, RefusedError) as error:
            stopped = str(error)
        for file in files:
            path = spool.path(file)
            if stopped is not None:
                self.report.kept[path] = stopped
            elif file.molecule_id in waiting:
                self.report.under_way.append(path)
            else:
                try:
                    self._send_spooled(spool, file, topic)
                except UnacceptableError as error:
                    self.report.kept[path] = str(error)
                except (UnreachableError, RefusedError) as error:
                    self.report.kept[path] = stopped = str(error)
                if path in self.report.under_way:
                    waiting.add(file.molecule_id)

    def _send_spooled(self, spool: Spool, file: SpoolFile, topic: str) -> None:
        try:
            with spool.hold(file) as held:
                if held is not None:
                    self._send_held(held, topic)
        except BlockingIOError:
            self.report.under_way.append(spool.path(file))

    def _send_held(self, held: Held, topic: str) -> None:
        try:
            message = read_message(held.content, topic)
        except UnreadableFileError as error:
            self.report.unreadable[held.set_aside()] = str(error)
            return
        place = self._sender.send(message)
        held.remove()
        self.report.sent[held.path] = place


def _topic_of(path: Path) -> str:
    with path.open("rb") as content:
        versions = {experiment.version for experiment in read_container(content)}
    folder = path.absolute().parent.name
    try:
        if {version_of_topic(folder)} == versions:
            return folder
    except UsageError:
        pass
    return TOPIC_BY_VERSION[versions.pop()]
