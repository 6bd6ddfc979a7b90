"""`schemas register` and `schemas check` with the real registry, for topics of this test's own."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from quantum_contracts.avro_schema import file_name, released, render
from quantum_contracts.command_line import run_one
from quantum_contracts.commands import Schemas
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.streaming.subjects import key_subject, value_subject
from quantum_contracts.topics import TOPIC_PREFIX

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def registry(registry_url: str) -> Registry:
    return Registry(RegistrySettings(url=registry_url))


@pytest.fixture
def topics() -> str:
    """What the names of two topics begin with."""
    return f"{TOPIC_PREFIX}dev_{uuid4().hex[:8]}_"


@pytest.fixture
def breaking(tmp_path: Path) -> Path:
    """A folder whose v2 cannot read v1."""
    schema: Any = released("v2")
    del schema["fields"][8]["default"]
    (tmp_path / file_name("v2")).write_text(render(schema))
    return tmp_path


def register(registry: Registry, version: str, topic: str, *more: str) -> int:
    arguments = ["register", version, "--topic", topic, "--registry.url", registry.url, *more]
    return run_one("quantum-pipeline schemas", Schemas, arguments)


@pytest.mark.parametrize("level", ["NONE", "BACKWARD", "FULL_TRANSITIVE"])
def test_both_versions_are_registered_side_by_side(
    registry: Registry, topics: str, level: str, capsys: Captured
) -> None:
    for version in ("v1", "v2"):
        assert register(registry, version, topics + version, "--compatibility", level) == 0
    for version in ("v1", "v2"):
        subject = value_subject(topics + version)
        assert registry.schemas(subject) == {1: released(version)}
        assert registry.schemas(key_subject(topics + version)) == {1: "int"}
        assert registry.compatibility(subject) == level
    capsys.readouterr()
    assert register(registry, "v2", topics + "v2", "--compatibility", level) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing to do: everything is there"
    assert registry.versions(value_subject(topics + "v2")) == [1]


def test_the_level_is_changed_by_one_setting(
    registry: Registry, topics: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = value_subject(topics + "v2")
    assert register(registry, "v2", topics + "v2") == 0
    assert registry.compatibility(subject) == "NONE"
    monkeypatch.setenv("QUANTUM_PIPELINE_COMPATIBILITY", "FULL")
    assert register(registry, "v2", topics + "v2") == 0
    assert registry.compatibility(subject) == "FULL"
    assert "compatibility FULL (was NONE)" in capsys.readouterr().out


@pytest.mark.parametrize("level", ["NONE", "FULL"])
def test_a_breaking_version_is_not_published(
    registry: Registry, topics: str, level: str, breaking: Path, capsys: Captured
) -> None:
    assert register(registry, "v1", topics + "v1") == 0
    capsys.readouterr()
    more = ["--compatibility", level, "--directory", str(breaking)]
    assert register(registry, "v2", topics + "v2", *more) == 1
    out = capsys.readouterr().out
    assert "run_id: v2 needs it, v1 does not write it, and it has no default" in out
    assert out.endswith("nothing was published\n")
    assert registry.versions(value_subject(topics + "v2")) == []
    assert registry.versions(key_subject(topics + "v2")) == []


def test_what_another_version_has_in_the_registry_counts(registry: Registry, topics: str, capsys: Captured) -> None:
    foreign: Any = released("v1")
    foreign["fields"][7]["type"] = "string"
    registry.register(value_subject(topics + "v1"), json.dumps(foreign))
    assert register(registry, "v2", topics + "v2") == 1
    assert "molecule_id" in capsys.readouterr().out
    assert registry.versions(value_subject(topics + "v2")) == []


def test_the_registry_judges_within_a_subject_and_the_level_is_put_back(
    registry: Registry, topics: str, tmp_path: Path, capsys: Captured
) -> None:
    subject = value_subject(topics + "v2")
    schema: Any = released("v2")
    schema["fields"].append({"name": "note", "type": ["null", "string"], "default": None})
    (tmp_path / file_name("v2")).write_text(render(schema))
    assert register(registry, "v2", topics + "v2", "--directory", str(tmp_path), "--compatibility", "BACKWARD") == 0
    schema["fields"][-1] = {"name": "note", "type": "int", "default": 0}
    (tmp_path / file_name("v2")).write_text(render(schema))
    capsys.readouterr()
    assert register(registry, "v2", topics + "v2", "--directory", str(tmp_path), "--compatibility", "FULL") == 1
    out = capsys.readouterr().out
    assert f"{subject}: at FULL the registry does not allow v2" in out
    assert "note: version 1 may write null, v2 reads int" in out
    assert registry.versions(subject) == [1]
    assert registry.compatibility(subject) == "BACKWARD"


def test_another_address_of_the_registry_is_told(registry: Registry, capsys: Captured) -> None:
    root = registry.url.removesuffix("/apis/ccompat/v7")
    assert run_one("quantum-pipeline schemas", Schemas, ["register", "--registry.url", root]) == 1
    assert "Apicurio's ends with /apis/ccompat/v7" in capsys.readouterr().err


def test_check_looks_at_the_registry(registry: Registry, capsys: Captured) -> None:
    assert run_one("quantum-pipeline schemas", Schemas, ["check", "--json", "--registry.url", registry.url]) == 0
    assert json.loads(capsys.readouterr().out)["registry"]["ok"] is True
