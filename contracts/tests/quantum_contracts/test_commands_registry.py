import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_contracts.support_registry import LittleRegistry, registry

from quantum_contracts.avro_schema import file_name, released, released_text, render, write_missing
from quantum_contracts.command_line import run_one
from quantum_contracts.commands import Schemas
from quantum_contracts.topics import VERSIONS

Captured = pytest.CaptureFixture[str]
V1, V2 = "vqe_decorated_result_v1-value", "vqe_decorated_result_v2-value"
FULL = ["v1 and v2: FULL", "  v2 reads what v1 writes", "  v1 reads what v2 writes"]


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Iterator[LittleRegistry]:
    with registry() as little:
        monkeypatch.setenv("QUANTUM_PIPELINE_REGISTRY__URL", little.url)
        yield little


def schemas(*arguments: str) -> int:
    return run_one("quantum-pipeline schemas", Schemas, arguments)


def changed(directory: Path, version: str, change: Any) -> Path:
    """A folder whose file of `version` is changed."""
    schema: Any = released(version)
    change(schema["fields"])
    for each in VERSIONS:
        (directory / file_name(each)).write_text(released_text(each))
    (directory / file_name(version)).write_text(render(schema))
    return directory


def breaking(fields: Any) -> None:
    del fields[8]["default"]


def more(fields: Any) -> None:
    fields.append({"name": "note", "type": ["null", "string"], "default": None})


def contents(little: LittleRegistry) -> Any:
    return json.loads(json.dumps([little.subjects, little.levels]))


def test_all_versions_are_registered(little: LittleRegistry, capsys: Captured) -> None:
    assert schemas("register") == 0
    assert capsys.readouterr().out.splitlines() == [
        *FULL,
        f"{V1}: v1 published, id 1, compatibility NONE",
        "vqe_decorated_result_v1-key: the key published, id 2, compatibility NONE",
        f"{V2}: v2 published, id 3, compatibility NONE",
        "vqe_decorated_result_v2-key: the key published, id 2, compatibility NONE",
    ]
    assert [json.loads(little.subjects[subject][0]) for subject in (V1, V2)] == [released(each) for each in VERSIONS]
    assert set(little.levels.values()) == {"NONE"}


def test_registering_again_changes_nothing_and_says_so(little: LittleRegistry, capsys: Captured) -> None:
    schemas("register")
    before = contents(little)
    capsys.readouterr()
    assert schemas("register") == 0
    out = capsys.readouterr().out.splitlines()
    assert f"{V1}: v1 is there already, id 1, compatibility NONE" in out
    assert out[-1] == "nothing to do: everything is there"
    assert contents(little) == before


def test_one_setting_makes_it_production(
    little: LittleRegistry, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemas("register")
    monkeypatch.setenv("QUANTUM_PIPELINE_COMPATIBILITY", "FULL")
    assert schemas("register") == 0
    assert f"{V2}: v2 is there already, id 3, compatibility FULL (was NONE)" in capsys.readouterr().out
    assert set(little.levels.values()) == {"FULL"}


def test_a_level_stays_where_none_is_given(little: LittleRegistry, capsys: Captured) -> None:
    schemas("register", "--compatibility", "FULL")
    capsys.readouterr()
    assert schemas("register") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing to do: everything is there"
    assert set(little.levels.values()) == {"FULL"}


def test_one_version_for_a_topic_of_ones_own(little: LittleRegistry) -> None:
    assert schemas("register", "v2", "--topic", "vqe_decorated_result_dev_a_v2") == 0
    assert sorted(little.subjects) == ["vqe_decorated_result_dev_a_v2-key", "vqe_decorated_result_dev_a_v2-value"]


def test_the_registry_is_told_by_a_flag(capsys: Captured) -> None:
    with registry() as little:
        assert schemas("register", "v1", "--registry.url", little.url) == 0
        assert sorted(little.subjects) == ["vqe_decorated_result_v1-key", V1]


def test_the_registry_is_told_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with registry() as little:
        Path("quantum-pipeline.toml").write_text(f'compatibility = "FULL"\n[registry]\nurl = "{little.url}"\n')
        assert schemas("register", "v1") == 0
        assert little.levels[V1] == "FULL"


@pytest.mark.parametrize("level", ["NONE", "FULL"])
@pytest.mark.parametrize("version", [["v2"], []])
def test_a_breaking_version_is_refused_whatever_the_level(
    version: list[str], level: str, little: LittleRegistry, tmp_path: Path, capsys: Captured
) -> None:
    directory = changed(tmp_path, "v2", breaking)
    assert schemas("register", *version, "--directory", str(directory), "--compatibility", level) == 1
    out = capsys.readouterr().out.splitlines()
    assert "    run_id: v2 needs it, v1 does not write it, and it has no default" in out
    assert f"{V2}: v2 is not published" in out
    assert out[-1] == "nothing was published"
    assert contents(little) == [{}, {}]


def test_what_the_registry_has_of_another_version_counts(
    little: LittleRegistry, tmp_path: Path, capsys: Captured
) -> None:
    foreign: Any = released("v1")
    foreign["fields"][7]["type"] = "string"
    little.put(V1, json.dumps(foreign))
    assert schemas("register", "v2") == 1
    out = capsys.readouterr().out
    assert f"{V1} 1 and v2: NONE" in out
    assert f"molecule_id: {V1} 1 may write string, v2 reads int" in out
    assert "nothing was published" in out
    assert list(little.subjects) == [V1]


def test_what_development_tries_holds_production_back_from_nothing(little: LittleRegistry) -> None:
    little.put("vqe_decorated_result_dev_a_v1-value", '"int"')
    little.put("another_topic-value", '"int"')
    assert schemas("register") == 0


def test_within_a_subject_none_lets_pass_what_goes_with_the_other_versions(
    little: LittleRegistry, tmp_path: Path
) -> None:
    schemas("register")
    assert schemas("register", "v2", "--directory", str(changed(tmp_path, "v2", more))) == 0
    assert len(little.subjects[V2]) == 2


def test_within_a_subject_the_registry_judges_by_the_level(
    little: LittleRegistry, tmp_path: Path, capsys: Captured
) -> None:
    schemas("register", "--compatibility", "BACKWARD")
    schemas("register", "v2", "--compatibility", "BACKWARD", "--directory", str(changed(tmp_path, "v2", more)))
    before = contents(little)
    capsys.readouterr()
    retyped = changed(tmp_path, "v2", lambda fields: fields.append({"name": "note", "type": "int", "default": 0}))
    assert schemas("register", "v2", "--compatibility", "FULL", "--directory", str(retyped)) == 1
    out = capsys.readouterr().out.splitlines()
    assert f"{V2}: at FULL the registry does not allow v2" in out
    assert "  note: version 2 may write null, v2 reads int" in out
    assert out[-1] == "nothing was published"
    assert contents(little) == before


def test_register_speaks_json(little: LittleRegistry, tmp_path: Path, capsys: Captured) -> None:
    assert schemas("register", "v1", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["changed"]) == (True, True)
    assert report["verdicts"][0]["compatibility"] == "FULL"
    assert report["subjects"][0] == {
        "subject": V1,
        "id": 1,
        "already": False,
        "level_before": None,
        "level": "NONE",
        "reasons": [],
    }
    assert schemas("register", "v2", "--json", "--directory", str(changed(tmp_path, "v2", breaking))) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["changed"], report["subjects"][0]["id"]) == (False, False, None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["register", "v9"], "there is no version 'v9'"),
        (["register", "v2", "--topic", "results"], "the topic should begin with vqe_decorated_result_"),
        (["register", "v2", "--topic", "vqe_decorated_result_/v2"], "letters, digits"),
        (["register", "--topic", "vqe_decorated_result_a_v2"], "--topic goes with `schemas register` and one version"),
        (["check", "--topic", "vqe_decorated_result_a_v2"], "--topic goes with"),
        (["register", "--compatibility", "SOME"], "compatibility: it should be 'NONE', 'BACKWARD'"),
        (["register", "--registry.url", "registry:8081"], "registry.url: it should be an address such as http://"),
        (["register", "--registry.urk", "http://a"], "did you mean --registry.url?"),
        (["register", "--registry.username", "ada"], "registry: username and password go together"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], words: str, capsys: Captured) -> None:
    assert schemas(*arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("action", ["register", "check"])
def test_a_registry_that_is_away_is_told(action: str, capsys: Captured) -> None:
    assert schemas(action, "--registry.url", "http://127.0.0.1:1") == 1
    assert "no connection with http://127.0.0.1:1" in capsys.readouterr().err


def test_check_tells_what_the_registry_has(little: LittleRegistry, capsys: Captured) -> None:
    schemas("register", "v1", "--compatibility", "FULL")
    little.put("vqe_decorated_result_dev_a_v1-value", '"int"')
    capsys.readouterr()
    assert schemas("check") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [f"{V1}: compatibility FULL; 1 is v1", "v2 is not registered"]


def test_check_tells_what_would_break(little: LittleRegistry, capsys: Captured) -> None:
    schemas("register")
    foreign: Any = released("v2")
    del foreign["fields"][2]
    little.put(V2, json.dumps(foreign))
    capsys.readouterr()
    assert schemas("check") == 1
    out = capsys.readouterr().out.splitlines()
    assert f"{V2}: compatibility NONE; 1 is v2, 2 is of no file" in out
    assert f"    basis_set: v1 needs it, {V2} 2 does not write it, and it has no default" in out
    assert schemas("check", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["registry"]["subjects"][1] == {"subject": V2, "level": "NONE", "versions": {"1": "v2", "2": None}}
    assert [verdict["new"] for verdict in report["registry"]["verdicts"]] == ["v1", "v2"]


def test_the_files_spaces_do_not_matter(little: LittleRegistry, tmp_path: Path) -> None:
    write_missing(tmp_path)
    (tmp_path / file_name("v2")).write_text(json.dumps(json.loads(released_text("v2")), indent=7))
    schemas("register")
    assert schemas("register", "v2", "--directory", str(tmp_path)) == 0
    assert len(little.subjects[V2]) == 1
