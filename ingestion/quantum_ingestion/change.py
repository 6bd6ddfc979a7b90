"""One change of a connector's configuration, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quantum_ingestion.masking import shown


class Property(NamedTuple):
    """A property and its value."""

    name: str
    value: str


@dataclass(frozen=True)
class Change:
    """What stood and what stands now; one of them is None where a property is added or dropped."""

    before: Property | None
    after: Property | None
    reason: str

    def apply_to(self, config: Mapping[str, str]) -> dict[str, str]:
        """Make the change."""
        changed = dict(config)
        if self.before is not None:
            del changed[self.before.name]
        if self.after is not None:
            changed[self.after.name] = self.after.value
        return changed

    def __str__(self) -> str:
        return f"{self._what()} ({self.reason})"

    def _what(self) -> str:
        match self.before, self.after:
            case None, Property() as after:
                return f"{after.name}: added, {shown(*after)}"
            case Property() as before, None:
                return f"{before.name}: dropped, was {shown(*before)}"
            case Property() as before, Property() as after if before.name != after.name:
                return f"{before.name}: now {after.name}"
            case Property() as before, Property() as after:
                return f"{before.name}: {shown(*before)} -> {shown(*after)}"
        return "nothing"


def added(name: str, value: str, reason: str) -> Change:
    """A property that was not there."""
    return Change(None, Property(name, value), reason)


def dropped(name: str, value: str, reason: str) -> Change:
    """A property that goes."""
    return Change(Property(name, value), None, reason)


def renamed(name: str, to: str, value: str, reason: str) -> Change:
    """A property under another name."""
    return Change(Property(name, value), Property(to, value), reason)


def set_to(config: Mapping[str, str], name: str, value: str, reason: str) -> Change:
    """A property with another value, whether it was there or not."""
    before = Property(name, config[name]) if name in config else None
    return Change(before, Property(name, value), reason)
