"""A YAML file as plain data, of which every place knows its line. The file may be hostile.

Aliases are refused, for a few lines of them can stand for billions of values, and so are keys that stand twice.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quantum_contracts.errors import UsageError
from quantum_simulator.text_file import read_text

MOST_BYTES = 256 * 2**10
MOST_LEVELS = 20
OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
Place = tuple[int | str, ...]  # keys and indices from the top


@dataclass(frozen=True)
class YamlFile:
    """What a file says."""

    path: Path
    data: Any
    _root: yaml.Node | None

    def where(self, place: Place) -> str:
        """Write a place as `file:line`."""
        return f"{self.path}:{self.line(place)}"

    def line(self, place: Place) -> int:
        """The line of a place, counted from 1; where it is not there, that of the nearest one around it."""
        node, line = self._root, 1
        for part in place:
            child = _child(node, part)
            if child is None:
                break
            node, line = child, child.start_mark.line + 1
        return line


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file of at most MOST_BYTES.

    Raises:
        UsageError: it is not there, not readable, too large, not UTF-8, not YAML, or has aliases or a key twice.
    """
    text = read_text(path, MOST_BYTES, "a sweep's file")
    try:
        _refuse_tricks(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_double_keys(root, path)
        return YamlFile(path, yaml.safe_load(text), root)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UsageError(f"{path}{line}: not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:  # odd characters, impossible dates
        raise UsageError(f"{path}: not YAML: {' '.join(str(error).split())[:200]}") from error


def _refuse_tricks(text: str, path: Path) -> None:
    """Refuse aliases, and what nests so deeply that reading it would take for ever."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        where = f"{path}:{token.start_mark.line + 1}"
        if isinstance(token, yaml.AliasToken):
            raise UsageError(f"{where}: aliases (*{token.value[:20]}) are not allowed")
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > MOST_LEVELS:
            raise UsageError(f"{where}: lists and mappings nest more than {MOST_LEVELS} levels deep")


def _refuse_double_keys(root: yaml.Node | None, path: Path) -> None:
    nodes = [root] if root is not None else []
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        seen = set()
        for key, value in node.value:
            nodes.append(value)
            if not isinstance(key, yaml.ScalarNode):
                raise UsageError(f"{path}:{key.start_mark.line + 1}: a key must be a plain word")
            if key.value in seen:
                raise UsageError(f"{path}:{key.start_mark.line + 1}: {key.value[:40]!r} stands here twice")
            seen.add(key.value)


def _child(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    return None
