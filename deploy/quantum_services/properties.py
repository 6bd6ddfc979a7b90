"""Java properties from environment variables, as people know them from other images of the same services."""

import re
from collections.abc import Mapping

_KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


class SettingError(ValueError):
    """A setting that cannot be taken; the message is one line."""


def from_environment(prefix: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings with this prefix: `_` in a name stands for a dot, `__` for a dash, `___` for an underscore.

    Raises:
        SettingError: a name is no property's, or a value has more than one line.
    """
    found = {}
    for name, value in sorted(environment.items()):
        if name.startswith(prefix):
            key = _key(name.removeprefix(prefix))
            if not _KEY.fullmatch(key):
                raise SettingError(f"{name} stands for no property")
            if any(character in value for character in "\n\r\0"):
                raise SettingError(f"{name} must be one line")  # the value is not told: it may be a secret
            found[key] = value
    return found


def render(properties: Mapping[str, str]) -> str:
    """The text that java.util.Properties reads back as the same values."""
    return "".join(f"{key}={_escaped(value)}\n" for key, value in sorted(properties.items()))


def _key(name: str) -> str:
    return re.sub("_+", lambda found: {1: ".", 2: "-", 3: "_"}.get(len(found.group()), "?"), name).lower()


def _escaped(value: str) -> str:
    text = value.replace("\\", "\\\\")
    if text[:1] in (" ", "\t", "\f"):
        text = "\\" + text
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[place : place + 2], "big") for place in range(0, len(units), 2)]
    return "".join(chr(code) if code < 0x7F else f"\\u{code:04x}" for code in codes)
