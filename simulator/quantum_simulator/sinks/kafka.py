"""The Kafka sink: every result is in the spool before it is sent, and stays there until the broker has it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from quantum_contracts.container import UnreadableFileError, read_container
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.delivery_record import DeliveryRecord
from quantum_simulator.sinks.kafka_errors import RefusedError, UnacceptableError, UnreachableError
from quantum_simulator.sinks.last_resort import keep
from quantum_simulator.sinks.message import Message, message_of, read_message
from quantum_simulator.sinks.reserve import Reserve
from quantum_simulator.sinks.sender import Sender
from quantum_simulator.sinks.spool import Held, Spool, SpoolError, SpoolFile
from quantum_simulator.sinks.topic import version_of_topic

RESERVED_BYTES = 64 * 2**20  # as large as the largest message that our broker takes


class UndeliveredError(QuantumPipelineError):
    """A result that could not be delivered; it is in the file `path`."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{reason}; the result is in {path}")


class KafkaSink:
    """Publishes results on `topic`, by way of `spool`; `note` is told what a person should know at once."""

    def __init__(self, sender: Sender, spool: Spool, topic: str, note: Callable[[str], None]) -> None:
        version_of_topic(topic)
        self.topic = topic
        self._sender, self._spool, self._note = sender, spool, note
        self._reserve = Reserve(spool.folder / topic, RESERVED_BYTES)
        self._left: list[SpoolFile] = []  # put there by us, and not delivered
        self._delivered_later: dict[Path, LandingFile] = {}  # some of those, before a later result of their molecule
        self._unacceptable: set[SpoolFile] = set()

    def prepare(self) -> None:
        """Find out whether results can be taken, before anything is computed, and take room for one.

        Services that are away are no obstacle: results wait in the spool.

        Raises:
            UsageError, SpoolError: the spool cannot be written to.
            RefusedError: broker or registry say no already.
        """
        self._spool.prepare(self.topic)
        try:
            self._reserve.take()
        except OSError as error:
            raise SpoolError(
                f"no room for a result of {RESERVED_BYTES} bytes in the spool {self._spool.folder}: {error.strerror}"
            ) from error
        try:
            self._sender.prepare(self.topic)
        except UnreachableError as error:
            self._note(f"{error}; results go to the spool {self._spool.folder}")

    def deliver(self, result: VQEDecoratedResult) -> LandingFile:
        """Spool a result, and send it after the earlier ones of its molecule; tell the place of its message.

        Raises:
            UndeliveredError: it is in the spool; or, where that has no room, in a temporary file.
        """
        message = message_of(result, self.topic)
        try:
            return self._deliver(result, message)
        except SpoolError:
            self._reserve.release()
        try:
            place = self._deliver(result, message)
        except SpoolError as full:
            return self._deliver_without_spool(result, message, full)
        with suppress(OSError):  # the next one has less room, then
            self._reserve.take()
        return place

    def land(self, staged: Path) -> LandingFile | None:
        """As `deliver`, for a result in a durable file that stays: it is handed to the spool once, however often asked.

        None where the spool was handed it before, and somebody else has delivered it.

        Raises:
            SpoolError: the spool cannot be written to; the result is in the staged file.
            UndeliveredError: it is in the spool.
        """
        record = DeliveryRecord.read(staged)
        if record is not None and record.place is not None:
            return LandingFile.parse(record.place)
        file = SpoolFile.parse(self.topic, record.spooled) if record is not None else None
        if file is not None:
            return self._go_on(staged, file)
        with staged.open("rb") as content:
            [experiment] = read_container(content)
        message = message_of(experiment.result, self.topic)
        patience = self._sender.config.timeout
        with self._spool.put_file(staged, experiment.result.molecule_id, self.topic, patience) as held:
            DeliveryRecord(spooled=held.file.name).write(staged)
            return self._noted(staged, held, message)

    def redeliver(self) -> dict[Path, LandingFile | str | None]:
        """Try once more what this sink left in the spool.

        For each, by its path there: where it is now, None where somebody else delivered it, or why it stays.
        """
        found: dict[Path, LandingFile | str | None] = dict(self._delivered_later)
        left, self._left = self._left, []
        self._delivered_later = {}
        self._sender.look_now()
        for file in left:
            path = self._spool.path(file)
            if path not in found:
                found[path] = self._try_again(file)
        return found

    def close(self) -> None:
        """Give back the room that was taken."""
        self._reserve.release()

    def _deliver(self, result: VQEDecoratedResult, message: Message) -> LandingFile:
        with self._spool.put(result, self.topic) as held:
            return self._send_held(held, message)

    def _try_again(self, file: SpoolFile) -> LandingFile | str | None:
        try:
            with self._spool.hold(file, self._sender.config.timeout) as held:
                if held is None:
                    return None
                return self._send_held(held, read_message(held.content, self.topic))
        except UndeliveredError as error:
            return error.reason
        except (UnreadableFileError, BlockingIOError) as error:
            self._left.append(file)
            return str(error)

    def _go_on(self, staged: Path, file: SpoolFile) -> LandingFile | None:
        """Deliver what the spool was handed before, unless it has been delivered since."""
        try:
            with self._spool.hold(file, self._sender.config.timeout) as held:
                if held is None:
                    return None
                return self._noted(staged, held, read_message(held.content, self.topic))
        except BlockingIOError as error:
            raise UndeliveredError(self._spool.path(file), str(error)) from error

    def _noted(self, staged: Path, held: Held, message: Message) -> LandingFile:
        place = self._send_held(held, message)
        DeliveryRecord(spooled=held.file.name, place=place.name).write(staged)
        return place

    def _send_held(self, held: Held, message: Message) -> LandingFile:
        try:
            self._send_earlier(held.file.molecule_id, held.file)
            place = self._sender.send(message)
        except (UnreachableError, RefusedError, UnacceptableError) as error:
            self._left.append(held.file)
            raise UndeliveredError(held.path, str(error)) from error
        except KeyboardInterrupt:
            self._note(f"interrupted while a result was being sent: it is in {held.path}, and `replay` sends it")
            raise
        held.remove()
        return place

    def _send_earlier(self, molecule_id: int, file: SpoolFile | None) -> None:
        """Send what the spool has of a molecule from before `file`: one molecule's results keep their order.

        Those that the broker will not take stay, and hold up nobody.
        """
        for earlier in self._spool.files(self.topic):
            if file is not None and earlier >= file:
                return
            if earlier.molecule_id != molecule_id or earlier in self._unacceptable:
                continue
            try:
                with self._spool.hold(earlier, self._sender.config.timeout) as held:
                    if held is not None:
                        self._send_one_earlier(held)
            except BlockingIOError as error:
                raise UnreachableError(f"an earlier result of the same molecule is first: {error}") from error

    def _send_one_earlier(self, held: Held) -> None:
        try:
            place = self._sender.send(read_message(held.content, self.topic))
        except UnreadableFileError as error:
            self._note(f"{held.path} cannot be read ({error}); it is set aside as {held.set_aside().name}")
        except UnacceptableError as error:
            self._unacceptable.add(held.file)
            self._note(f"{held.path} stays in the spool: {error}")
        else:
            held.remove()
            if held.file in self._left:
                self._delivered_later[held.path] = place

    def _deliver_without_spool(self, result: VQEDecoratedResult, message: Message, full: SpoolError) -> LandingFile:
        self._note(f"{full}; the result of run {result.run_id} is sent without being spooled")
        self._sender.look_now()
        try:
            self._send_earlier(result.molecule_id, None)
            return self._sender.send(message)
        except (UnreachableError, RefusedError, UnacceptableError) as error:
            self._keep(result, f"{error}; {full}")
        except KeyboardInterrupt:
            self._keep(result, "interrupted")

    def _keep(self, result: VQEDecoratedResult, reason: str) -> NoReturn:
        path = keep(result, self.topic)
        raise UndeliveredError(path, f"{reason}; `replay {path}` sends it")
