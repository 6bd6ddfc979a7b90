"""The destination that a command's settings choose."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from quantum_contracts.command_line import error_console, print_line
from quantum_contracts.lake import Lake
from quantum_simulator.settings import SimulatorSettings, SinkName
from quantum_simulator.sinks.destination import Destination, FileDestination
from quantum_simulator.sinks.kafka_settings import ProducerConfig

SPOOL = "spool"


def spool_folder(spool: Path | None, lake: Path) -> Path:
    """The spool's folder: in the lake, unless another one is named."""
    return spool or lake / SPOOL


def chosen_by(settings: SimulatorSettings, sink: SinkName) -> AbstractContextManager[Destination]:
    """The destination of a command that computes, until the end of the block."""
    return destination(sink, settings.lake, settings.kafka, settings.spool)


@contextmanager
def destination(sink: SinkName, lake: Path, kafka: ProducerConfig, spool: Path | None) -> Iterator[Destination]:
    """Open a destination until the end of the block."""
    opened: Destination
    if sink == "kafka":
        # Here, because the client takes a tenth of a second to import.
        from quantum_simulator.sinks.kafka_destination import KafkaDestination

        opened = KafkaDestination(kafka, spool_folder(spool, lake), lambda line: print_line(error_console, line))
    else:
        opened = FileDestination(Lake(lake).experiments)
    try:
        yield opened
    finally:
        opened.close()
