import io
import json
import re
from pathlib import Path

import pytest

from quantum_contracts.errors import UsageError
from quantum_ingestion.connector_file import Connector, ours, parse_connector, read_connector


def test_the_specifications_json_is_read_as_it_is_written() -> None:
    connector = read_connector(Path(__file__).with_name("specification.json"))
    assert connector.name == "minio-sink"
    assert connector.config["s3.secret.access.key"] == "admin123"
    assert len(connector.config) == 25


def test_both_forms_are_one() -> None:
    nested = '{"name": "a", "config": {"connector.class": "B", "tasks.max": 2, "x": true, "y": 0.5}}'
    flat = '{"name": "a", "connector.class": "B", "tasks.max": "2", "x": "true", "y": "0.5"}'
    assert parse_connector(nested, "f") == parse_connector(flat, "f")
    assert parse_connector(flat, "f") == Connector(
        "a", {"connector.class": "B", "tasks.max": "2", "x": "true", "y": "0.5"}
    )


def test_ours_names_no_secret() -> None:
    assert {name: value for name, value in ours().config.items() if name.startswith("aws.")} == {
        "aws.access.key.id": "${env:S3_ACCESS_KEY}",
        "aws.secret.access.key": "${env:S3_SECRET_KEY}",
    }


def test_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"name": "a", "connector.class": "B"})))
    assert read_connector(Path("-")).name == "a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "f is not JSON: "),
        ("[]", "f should hold one JSON object"),
        ('{"name": "a", "config": []}', "f: config should be a JSON object"),
        ('{"connector.class": "B"}', "f should name the connector"),
        ('{"name": "", "connector.class": "B"}', "f should name the connector"),
        ('{"name": "a", "config": {"connector.class": "B", "name": "b"}}', "two names for the connector, 'a' and 'b'"),
        ('{"name": "a", "config": {}}', "f lacks connector.class"),
        ('{"name": "a", "connector.class": null}', "f: connector.class should be text, not null"),
        ('{"name": "a", "connector.class": ["B"]}', 'f: connector.class should be text, not ["B"]'),
    ],
)
def test_what_is_no_connector(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_connector(text, "f")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "missing", tmp_path / "binary", tmp_path):
        with pytest.raises(UsageError, match=f"{path} cannot be read"):
            read_connector(path)
