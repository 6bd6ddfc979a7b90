"""Environment variables as properties: names, values that no line breaks out of, and what Java reads back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_services.properties import SettingError, from_environment, render


def read_as_java_does(text: str) -> dict[str, str]:
    """java.util.Properties.load, of lines that do not go on in the next."""
    found = {}
    for line in re.split(r"\r\n|\r|\n", text.lstrip(" \t\f")):
        if line:
            key, value = line.split("=", 1)
            value = value.lstrip(" \t\f")
            units = re.sub(
                r"\\(u([0-9a-f]{4})|.)", lambda escape: chr(int(escape[2], 16)) if escape[2] else escape[1], value
            )
            found[key] = units.encode("utf-16", "surrogatepass").decode("utf-16")
    return found


def test_names() -> None:
    environment = {
        "KAFKA_CFG_NODE_ID": "7",
        "KAFKA_CFG_LISTENER_NAME_EXTERNAL_SCRAM__SHA__512_SASL_JAAS_CONFIG": "…",
        "KAFKA_CFG_A___B": "c",
        "KAFKA_HEAP_OPTS": "-Xmx1g",
        "PATH": "/bin",
    }
    assert from_environment("KAFKA_CFG_", environment) == {
        "node.id": "7",
        "listener.name.external.scram-sha-512.sasl.jaas.config": "…",
        "a_b": "c",
    }


@pytest.mark.parametrize("name", ["KAFKA_CFG_", "KAFKA_CFG__A", "KAFKA_CFG_A_", "KAFKA_CFG_A=B", "KAFKA_CFG_A____B"])
def test_names_of_no_property_are_refused(name: str) -> None:
    with pytest.raises(SettingError, match="stands for no property"):
        from_environment("KAFKA_CFG_", {name: "1"})


@pytest.mark.parametrize("value", ["a\nssl.truststore.password=b", "a\r", "\n"])
def test_a_value_that_would_begin_a_line_is_refused_and_not_told(value: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment("KAFKA_CFG_", {"KAFKA_CFG_SSL_KEY": value})
    assert str(refused.value) == "KAFKA_CFG_SSL_KEY must be one line"


@given(st.text(st.characters(blacklist_characters="\n\r\0", blacklist_categories=["Cs"])))
def test_java_reads_back_any_value(value: str) -> None:
    text = render({"a.b": value, "c": "d"})
    assert text.isascii()
    assert read_as_java_does(text) == {"a.b": value, "c": "d"}


def test_backslashes_and_spaces_stay() -> None:
    assert render({"path": r" C:\new\temp "}) == "path=\\ C:\\\\new\\\\temp \n"
