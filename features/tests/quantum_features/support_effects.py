"""What tests do at an effect of a batch that runs in their own process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from quantum_contracts.effects import observe


@contextmanager
def once_at(name: str, action: Callable[[], object]) -> Iterator[None]:
    """Do `action` when the effect `name` is reached first, in the middle of the batch that reaches it."""
    waiting = [action]

    def observer(reached: str) -> None:
        if reached == name and waiting:
            waiting.pop()()

    observe(observer)
    yield
    assert not waiting, f"{name} was not reached"
