"""What every command of quantum-pipeline does alike: settings, help, one-line errors, exit codes.

A command is one settings class: its fields are its flags. A value comes from the flag, else from the environment
(`QUANTUM_PIPELINE_<FIELD>`), else from `quantum-pipeline.toml` in the working directory (or the file that
`QUANTUM_PIPELINE_CONFIG` names), else from the default. One file serves all commands: each takes the keys that are
its fields, in their spelling (`max_iterations = 50`).
"""

import argparse
import difflib
import inspect
import json
import os
import re
import sys
import tomllib
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    CliApp,
    CliSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from rich.console import Console
from rich.markup import escape
from rich_argparse import RawDescriptionRichHelpFormatter

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.validation import describe, field_path

ENVIRONMENT_PREFIX = "QUANTUM_PIPELINE_"
CONFIG_FILE = "quantum-pipeline.toml"
INTERRUPTED = 130  # what a shell reports for SIGINT
PIPE_CLOSED = 141  # and for SIGPIPE

console = Console()
error_console = Console(stderr=True)


class Command(BaseSettings):
    """Base of all commands. The subclass's docstring is its help; its first line stands in the list of commands."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_prefix_target="all",  # of a field with an alias, too
        env_ignore_empty=True,
        env_nested_delimiter="__",  # QUANTUM_PIPELINE_REGISTRY__URL is registry.url
        extra="ignore",  # one file and one environment serve all commands
        cli_avoid_json=True,
        cli_exit_on_error=False,
        cli_hide_none_type=True,
        cli_implicit_flags=True,
        cli_kebab_case=True,
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the docstring's indentation off, for the help shows it as it is."""
        super().__init_subclass__(**kwargs)
        cls.__doc__ = inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flag (put in front by the parser), environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_config_file())

    @classmethod
    def written_out(cls, arguments: list[str]) -> list[str]:
        """The arguments with words that are short for others replaced; a command that has such words overrides this."""
        return arguments

    @abstractmethod
    def execute(self) -> int:
        """Do the work; return the exit code. Raise a QuantumPipelineError for what a person should read."""


@dataclass(frozen=True)
class Group:
    """Commands that go together under one name, with the line that stands for them in the list of commands.

    With a `default`, the name alone, or with flags, is that command.
    """

    summary: str
    commands: Mapping[str, type[Command]]
    default: type[Command] | None = None


def run(
    program: str, commands: Mapping[str, type[Command] | Group], version: str, argv: Sequence[str] | None = None
) -> int:
    """Run `argv[0]` of `commands` with the other arguments; return the exit code, print errors as one line."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        _print_overview(program, commands)
        return 0 if arguments else UsageError.exit_code
    if arguments[0] == "--version":
        print(f"{program} {version}")
        return 0
    name, *rest = arguments
    if name not in commands:
        return _fail(program, UsageError(f"there is no command {name!r}; {suggestion(name, commands)}"))
    chosen = commands[name]
    if not isinstance(chosen, Group):
        return run_one(f"{program} {name}", chosen, rest)
    if chosen.default is None or (rest and (not rest[0].startswith("-") or rest[0] == "--version")):
        return run(f"{program} {name}", chosen.commands, version, rest)
    code = run_one(f"{program} {name}", chosen.default, rest)
    if rest and rest[0] in ("-h", "--help"):
        console.print()
        _print_overview(f"{program} {name}", chosen.commands)
    return code


def run_one(program: str, command: type[Command], argv: Sequence[str] | None = None) -> int:
    """Run one command with `argv`; return the exit code, print errors as one line."""
    try:
        code = _parse(program, command, list(sys.argv[1:] if argv is None else argv)).execute()
        sys.stdout.flush()
    except SystemExit as request:  # argparse printed the help
        return int(request.code or 0)
    except BrokenPipeError:  # who reads our output has enough of it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (QuantumPipelineError, OSError, MemoryError) as error:
        return _fail(program, error)
    except KeyboardInterrupt:
        error_console.print(f"{program}: interrupted", highlight=False)
        return INTERRUPTED
    return code


def print_line(to: Console, line: str) -> None:
    """Print one line as it is, however long: nothing in it is markup, and nothing is coloured or wrapped."""
    to.print(line, markup=False, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a value for machines, on standard output."""
    print(json.dumps(value, indent=2))


def suggestion(given: str, allowed: Mapping[str, Any] | Sequence[str]) -> str:
    """`did you mean …` with the nearest allowed values, or the allowed values where none is near or few exist."""
    folded = {name.casefold(): name for name in allowed}
    near = [folded[name] for name in difflib.get_close_matches(given.casefold(), folded, n=3, cutoff=0.5)]
    return f"did you mean {' or '.join(near)}?" if near else f"allowed: {', '.join(allowed)}"


def _parse(program: str, command: type[Command], arguments: list[str]) -> Command:
    source: CliSettingsSource[argparse.ArgumentParser] = CliSettingsSource(
        command,
        cli_prog_name=program,
        parse_args_method=argparse.ArgumentParser.parse_intermixed_args,
        formatter_class=_HelpFormatter,
    )
    try:
        return CliApp.run(command, cli_args=command.written_out(arguments), cli_settings_source=source)
    except SettingsError as error:
        message = str(error).removeprefix("error parsing CLI: ")
        raise UsageError(f"{message}; {_nearest_flags(message, command)}see {program} --help") from error
    except ValidationError as error:
        raise UsageError(f"{describe(error, _flag)}; see {program} --help") from error


class _HelpFormatter(RawDescriptionRichHelpFormatter):
    text_markup = False  # [brackets] in a docstring are meant

    def add_argument(self, action: argparse.Action) -> None:
        """Leave out that nothing is the default."""
        if action.help:
            action.help = re.sub(r" ?\(default: (None|\[\]|False)\)", "", action.help)
        super().add_argument(action)


def _config_file() -> Path:
    """Find the file of settings, and see that it can be read: the source of settings would pass over a missing one."""
    named = os.environ.get(ENVIRONMENT_PREFIX + "CONFIG")
    path = Path(named or CONFIG_FILE)
    if named and not path.is_file():
        raise UsageError(f"{ENVIRONMENT_PREFIX}CONFIG names {named}, which is not a file")
    if path.is_file():
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UsageError(f"{path} is not TOML: {error}") from error
    return path


def _nearest_flags(message: str, command: type[Command]) -> str:
    """Tell the flags that are spelled nearly as the unknown ones, for a message of argparse about those."""
    flags = list(_flags(command, "--"))
    unknown = re.findall(r"--[\w.-]+", message) if message.startswith("unrecognized arguments") else []
    near = [flag for given in unknown for flag in difflib.get_close_matches(given, flags, n=1)]
    return f"did you mean {' '.join(near)}? " if near else ""


def _flags(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """All flags of a model's fields, those of models in it, too: `--kafka.servers`."""
    for name, field in model.model_fields.items():
        flag = prefix + (field.alias or name).replace("_", "-")
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _flags(field.annotation, f"{flag}.")
        else:
            yield flag


def _names(model: type[BaseModel]) -> Iterator[str]:
    """Name the flags of a settings class, those of the settings in it with a dot."""
    for name, field in model.model_fields.items():
        flag = (field.alias or name).replace("_", "-")
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{flag}.{inner}" for inner in _names(field.annotation))
        else:
            yield flag


def _flag(location: tuple[int | str, ...]) -> str:
    return field_path(location).replace("_", "-")


def _fail(program: str, error: BaseException) -> int:
    message = " ".join(str(error).split()) or type(error).__name__
    error_console.print(f"{escape(program)}: [bold red]error:[/] {escape(message)}", highlight=False, soft_wrap=True)
    return error.exit_code if isinstance(error, QuantumPipelineError) else QuantumPipelineError.exit_code


def _first_line(command: type[Command]) -> str:
    return (command.__doc__ or "").strip().splitlines()[0]


def _print_overview(program: str, commands: Mapping[str, type[Command] | Group]) -> None:
    console.print(f"usage: {program} COMMAND [OPTIONS]\n\ncommands:", highlight=False)
    width = max(map(len, commands))
    for name, command in commands.items():
        summary = command.summary if isinstance(command, Group) else _first_line(command)
        console.print(f"  [bold]{name:{width}}[/]  {escape(summary)}", highlight=False)
    console.print(f"\n{program} COMMAND --help tells a command's options; --version the version.", highlight=False)
