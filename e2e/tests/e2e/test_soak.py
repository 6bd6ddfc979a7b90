"""Every service dies and freezes in its turn, while results of both versions trickle in: minutes of it."""

import itertools
import threading
import time
from pathlib import Path

from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender
from tests.e2e.support_since import Since
from tests.e2e.support_waiting import wait_until

from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_e2e.stack import Stack
from quantum_e2e.topics import end_offsets

AWAY, TOGETHER = 12.0, 10.0  # seconds
BETWEEN_RESULTS = 0.25
FIRST = 5  # results, before the first service dies
DEAD_LETTERS = "dlq_vqe_decorated_result"


class Trickle(threading.Thread):
    """Sends one result after the other to a version's topic, until it is told to stop."""

    def __init__(self, stack: Stack, version: str) -> None:
        super().__init__()
        self._sender = Sender(stack, TOPIC_BY_VERSION[version], version)
        self._version = version
        self._stop_asked = threading.Event()
        self.sent: list[float] = []  # the energy tells the result, in both versions
        self.ended_well = False

    def run(self) -> None:
        """Send until `stop`."""
        for number in itertools.count(1):
            if self._stop_asked.wait(BETWEEN_RESULTS):
                self.ended_well = True
                return
            self._sender.send([result(f"trickle-{self._version}-{number}", energy=-float(number), molecule_id=number)])
            self.sent.append(-float(number))

    def stop(self) -> None:
        """Stop after the result that is under way."""
        self._stop_asked.set()
        self.join(120)


def test_every_service_dies_and_freezes_under_a_trickle_of_results(connected: Stack, tmp_path: Path) -> None:
    since = Since(connected)
    letters = sum(end_offsets(connected.broker.servers, DEAD_LETTERS).values())
    trickles = {version: Trickle(connected, version) for version in TOPIC_BY_VERSION}
    for trickle in trickles.values():
        trickle.start()
    wait_until(lambda: all(len(trickle.sent) >= FIRST for trickle in trickles.values()))
    try:
        for service in [connected.broker, connected.registry, connected.store, connected.connect]:
            for fault in (service.killed, service.frozen):
                with fault():
                    time.sleep(AWAY)
                time.sleep(TOGETHER)
    finally:
        for trickle in trickles.values():
            trickle.stop()
    assert all(trickle.ended_well for trickle in trickles.values())
    since.wait_until_all_landed()
    rows = since.rows(tmp_path)
    for version, trickle in trickles.items():
        energies = [row["minimum_energy"] for row in rows if row["source_topic"] == TOPIC_BY_VERSION[version]]
        assert sorted(energies) == sorted(trickle.sent)
    assert sum(end_offsets(connected.broker.servers, DEAD_LETTERS).values()) == letters
