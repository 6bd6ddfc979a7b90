"""How a connector and its tasks do, as the worker tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

RUNNING, FAILED = "RUNNING", "FAILED"


@dataclass(frozen=True)
class TaskStatus:
    """One task's state; `trace` is the Java stack trace of its failure."""

    number: int
    state: str
    worker: str
    trace: str | None

    @property
    def reason(self) -> str | None:
        """Why it failed, in one line."""
        return first_line(self.trace)


@dataclass(frozen=True)
class ConnectorStatus:
    """A connector's state, and those of its tasks."""

    name: str
    state: str
    worker: str
    trace: str | None
    tasks: tuple[TaskStatus, ...]

    @classmethod
    def parse(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer of `GET /connectors/<name>/status`."""
        connector = answer["connector"]
        return cls(
            name=answer["name"],
            state=connector["state"],
            worker=connector["worker_id"],
            trace=connector.get("trace"),
            tasks=tuple(
                TaskStatus(task["id"], task["state"], task["worker_id"], task.get("trace")) for task in answer["tasks"]
            ),
        )

    @property
    def runs(self) -> bool:
        """Whether the connector and all of its tasks run, and it has some."""
        return self.state == RUNNING and bool(self.tasks) and all(task.state == RUNNING for task in self.tasks)

    @property
    def failures(self) -> list[str]:
        """What failed, one line each."""
        lines = []
        if self.state == FAILED:
            lines.append(f"connector {self.name} failed: {first_line(self.trace) or 'no trace'}")
        lines += [
            f"task {task.number} failed: {task.reason or 'no trace'}" for task in self.tasks if task.state == FAILED
        ]
        return lines


def first_line(trace: str | None) -> str | None:
    """The first line of a stack trace, and of its first cause: what Connect wrapped."""
    lines = [line.strip() for line in (trace or "").splitlines() if line.strip()]
    if not lines:
        return None
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return f"{lines[0]}; {causes[0].replace('Caused by', 'caused by', 1)}" if causes else lines[0]
