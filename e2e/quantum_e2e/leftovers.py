"""Containers and networks of test runs that were killed: found by their owner's process, and removed.

testcontainers leaves this to a container of its own (Ryuk), whose image cannot be built here. So every container and
network carries the process that owns it as a label, and the next run removes those whose owner is dead.
"""

from collections.abc import Mapping

import psutil
from docker import DockerClient

OWNER_LABEL = "quantum-pipeline.e2e.owner"


def owner_label() -> dict[str, str]:
    """The label of what this process starts."""
    return {OWNER_LABEL: _owner(psutil.Process())}


def remove_leftovers(client: DockerClient) -> None:
    """Remove what dead processes left."""
    for container in client.containers.list(all=True, filters={"label": OWNER_LABEL}):
        if _is_dead(container.labels):
            container.remove(force=True, v=True)
    for network in client.networks.list(filters={"label": OWNER_LABEL}):
        if _is_dead(network.attrs["Labels"]):
            network.remove()


def _is_dead(labels: Mapping[str, str]) -> bool:
    owner = labels[OWNER_LABEL]
    pid = int(owner.partition("@")[0])
    return not psutil.pid_exists(pid) or _owner(psutil.Process(pid)) != owner


def _owner(process: psutil.Process) -> str:
    """Number and start of a process, for the system gives numbers again."""
    return f"{process.pid}@{process.create_time()}"
