"""How much a registry lets the schemas of a subject change: Confluent's words for it."""

from typing import Literal

Level = Literal["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]
DEVELOPMENT: Level = "NONE"  # as the system's specification has it
