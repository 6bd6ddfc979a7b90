"""Waiting until a connector runs."""

import time
from collections.abc import Callable

from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.errors import ConnectorNotRunningError, NoConnectorError

SECONDS_BETWEEN = 0.5
RESTING = ("PAUSED", "STOPPED")
SECONDS_TO_SETTLE = 2.0  # a task that starts may fail at once
SECONDS_TO_TAKE_UP = 6.0  # a worker takes up a change a moment after it has acknowledged it

Watcher = Callable[[str], None]
"""Called with the states whenever they change."""


def wait_until_running(
    client: ConnectClient, name: str, seconds: float, watch: Watcher, before: ConnectorStatus | None = None
) -> ConnectorStatus:
    """Wait until the connector and all of its tasks run and go on running.

    `before` is the status before a change: while nothing differs from it, the change may not have been taken up.

    Raises:
        ConnectorNotRunningError: something failed, with the first line of its trace, or time is over.
    """
    end = time.monotonic() + seconds
    told, since = "", time.monotonic()
    while True:
        status = status_or_none(client, name)
        states = describe(status)
        if states != told:
            told, since = states, time.monotonic()
            watch(states)
        patience = SECONDS_TO_TAKE_UP if status == before else SECONDS_TO_SETTLE
        settled = time.monotonic() - since >= patience
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


def status_or_none(client: ConnectClient, name: str) -> ConnectorStatus | None:
    """Ask for a connector's status, which comes into being a moment after the connector."""
    try:
        return client.status(name)
    except NoConnectorError:
        return None
