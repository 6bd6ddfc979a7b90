"""Named effects on the outside world, so that tests can stop the program exactly there.

Code calls `effect("landing.linked")` right after something has become durable (or, where the name says so, right
before). Nothing listens in production; a fault-injection test registers an observer that kills the process at the
n-th effect, and so reaches every point without sleeping.
"""

from collections.abc import Callable

_observers: list[Callable[[str], None]] = []


def effect(name: str) -> None:
    """Tell the observers that the point `name` is reached."""
    for observer in _observers:
        observer(name)


def observe(observer: Callable[[str], None]) -> None:
    """Call `observer` with the name of every effect from now on, in this process."""
    _observers.append(observer)
