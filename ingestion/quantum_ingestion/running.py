"""Waiting until a connector runs."""

import time
from collections.abc import Callable

from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.errors import ConnectorNotRunningError, NoConnectorError

SECONDS_BETWEEN = 0.5
RESTING = ("PAUSED", "STOPPED")
SECONDS_TO_SETTLE = 2.0  # a worker takes up a change a moment after it has acknowledged it

Watcher = Callable[[str], None]
"""Called with the states whenever they change."""


def wait_until_running(client: ConnectClient, name: str, seconds: float, watch: Watcher) -> ConnectorStatus:
    """Wait until the connector and all of its tasks run and go on running.

    Raises:
        ConnectorNotRunningError: something failed, with the first line of its trace, or time is over.
    """
    end = time.monotonic() + seconds
    told, since = "", time.monotonic()
    while True:
        status = _status(client, name)
        states = describe(status)
        if states != told:
            told, since = states, time.monotonic()
            watch(states)
        settled = time.monotonic() - since >= SECONDS_TO_SETTLE
        if settled and status is not None and status.failures:
            raise ConnectorNotRunningError("; ".join(status.failures))
        if settled and status is not None and status.state in RESTING:
            raise ConnectorNotRunningError(f"{name} is {status.state.lower()}: `ingestion resume` lets it go on")
        if settled and status is not None and status.runs:
            return status
        if time.monotonic() > end:
            raise ConnectorNotRunningError(f"{name} does not run after {seconds:g} s: {states}")
        time.sleep(SECONDS_BETWEEN)


def describe(status: ConnectorStatus | None) -> str:
    """Tell the states in one line: `RUNNING, tasks: 0 RUNNING, 1 FAILED`."""
    if status is None:
        return "not known to the workers yet"
    tasks = ", ".join(f"{task.number} {task.state}" for task in status.tasks) or "none"
    return f"{status.state}, tasks: {tasks}"


def _status(client: ConnectClient, name: str) -> ConnectorStatus | None:
    try:
        return client.status(name)
    except NoConnectorError:  # it is created, and its status is not written yet
        return None
