"""The command for dead letters. Clients are imported when it runs, so that help comes at once."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg, SettingsConfigDict

from quantum_contracts.command_line import Command, console, print_json
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_ingestion.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quantum_ingestion.dead_letter import DeadLetter, Position


class DeadLetters(Command, KafkaSettings):
    """List, show or replay the messages that could not be landed.

    `list` prints where each lies, when it was sent, where it came from, what failed and why.

    `show` prints one in full, with the beginning of its bytes.

    `replay` sends letters back to where they came from, untouched, each once: those at the given positions, or --all.
    What fails again comes back as a new letter, and is not replayed more often than --max-replays.
    """

    model_config = SettingsConfigDict(env_prefix_target="all")  # pydantic merges it with those of both bases

    action: CliPositionalArg[Literal["list", "show", "replay"]] = Field(description="list, show or replay")
    positions: CliPositionalArg[list[str]] = Field(
        default=[], description="letters to show or replay, partition:offset as `list` prints it, for example 0:12"
    )
    limit: Annotated[int, Field(ge=1)] | None = Field(default=None, description="list only the newest")
    all_: bool = Field(default=False, alias="all", description="replay all letters")
    max_replays: Annotated[int, Field(ge=0)] = Field(
        default=3, description="leave letters alone that have failed again after so many replays"
    )
    dry_run: bool = Field(default=False, description="tell what would be replayed, and send nothing")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Do the action."""
        match self.action:
            case "list":
                self._list()
            case "show":
                self._show()
            case "replay":
                return self._replay()
        return 0

    def _positions(self) -> "list[Position]":
        from quantum_ingestion.dead_letter import Position

        try:
            return [Position.parse(text) for text in self.positions]
        except ValueError as error:
            raise UsageError(str(error)) from error

    def _list(self) -> None:
        from quantum_ingestion.dead_letter_report import Summary, newest, show_list
        from quantum_ingestion.dead_letter_topic import DeadLetterTopic
        from quantum_ingestion.replay_markers import marker_key, replayed

        if self.positions:
            raise UsageError("`dead-letters list` takes no positions; `show` does")
        topic = DeadLetterTopic(self)
        done = replayed(topic.broker, topic.name)
        summaries = newest(
            (Summary.of(letter, marker_key(letter) in done) for letter in topic.letters(self.limit)), self.limit
        )
        if self.json_:
            print_json([summary.as_json() for summary in summaries])
        else:
            show_list(summaries, console)

    def _show(self) -> None:
        from quantum_ingestion.dead_letter_report import Summary, show_letter
        from quantum_ingestion.dead_letter_topic import DeadLetterTopic
        from quantum_ingestion.replay_markers import marker_key, replayed

        positions = self._positions()
        if not positions:
            raise UsageError("`dead-letters show` needs a position, such as 0:12, from `dead-letters list`")
        topic = DeadLetterTopic(self)
        letters, done = topic.at(positions), replayed(topic.broker, topic.name)
        if self.json_:
            print_json([Summary.of(letter, marker_key(letter) in done).as_json() for letter in letters])
            return
        for letter in letters:
            show_letter(letter, marker_key(letter) in done, console)

    def _replay(self) -> int:
        from quantum_ingestion.dead_letter_topic import DeadLetterTopic
        from quantum_ingestion.replay import Replay
        from quantum_ingestion.replay_report import show_outcomes

        positions = self._positions()
        if self.all_ == bool(positions):
            raise UsageError("`dead-letters replay` needs either positions or --all")
        topic, replay = DeadLetterTopic(self), Replay(self, self.max_replays)
        if not topic.extents():
            raise UsageError(f"there is no topic {topic.name}")

        def letters() -> "Iterable[DeadLetter]":
            return topic.at(positions) if positions else topic.letters()

        outcomes = replay.decide(letters()) if self.dry_run else replay.send(letters)
        return 0 if show_outcomes(outcomes, self.json_, console) else QuantumPipelineError.exit_code
