import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.quantum_ingestion.support_connect import FakeConnect

import quantum_contracts
import quantum_ingestion
from quantum_contracts.command_line import run
from quantum_ingestion import connect as connect_module
from quantum_ingestion import running
from quantum_ingestion.commands import COMMANDS, GROUP

Captured = pytest.CaptureFixture[str]
SPECIFICATION = str(Path(__file__).with_name("specification.json"))


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch, connect: FakeConnect) -> None:
    monkeypatch.setattr(connect_module, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_TO_SETTLE", 0.02)
    monkeypatch.setattr(running, "SECONDS_TO_TAKE_UP", 0.04)
    monkeypatch.setenv("QUANTUM_PIPELINE_CONNECT_URL", connect.url)
    monkeypatch.setenv("QUANTUM_PIPELINE_KAFKA__SERVERS", "127.0.0.1:9")
    monkeypatch.setenv("QUANTUM_PIPELINE_KAFKA__TIMEOUT", "0.5")


def ingestion(*arguments: str) -> int:
    return run("ingestion", COMMANDS, "1", arguments)


def apply_the_specification(*arguments: str) -> int:
    return ingestion("apply", SPECIFICATION, "--registry-api", "apicurio", *arguments)


def test_apply_prints_each_change_and_what_was_done(capsys: Captured, connect: FakeConnect) -> None:
    assert apply_the_specification() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert (
        "aws.secret.access.key stands in clear, and Connect keeps it so: "
        "${env:NAME} takes it from the worker's environment" in lines
    )
    assert "s3.secret.access.key: now aws.secret.access.key (no sink knows the first name)" in lines
    assert lines[-1] == "minio-sink: created, RUNNING, tasks: 0 RUNNING"
    assert "admin123" not in "".join(lines)
    assert connect.configs["minio-sink"]["aws.secret.access.key"] == "admin123"


def test_applied_again_nothing_is_done(capsys: Captured, connect: FakeConnect) -> None:
    apply_the_specification()
    capsys.readouterr()
    assert apply_the_specification() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "minio-sink: unchanged, RUNNING, tasks: 0 RUNNING"
    assert len(connect.writes()) == 1


def test_a_dry_run_applies_nothing(capsys: Captured, connect: FakeConnect) -> None:
    assert apply_the_specification("--dry-run") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "minio-sink: would be created"
    assert connect.writes() == []


def test_as_json_without_secrets(capsys: Captured) -> None:
    assert apply_the_specification("--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["name"], printed["created"], printed["runs"]) == ("minio-sink", True, True)
    assert printed["config"]["aws.secret.access.key"] == "********"
    assert len(printed["changes"]) == 19


def test_our_own_connector_takes_settings(capsys: Captured, connect: FakeConnect) -> None:
    assert ingestion("apply", "--tasks-max", "2", "--worker-store-url", "http://store:9000/") == 0
    assert connect.configs["minio-sink"]["tasks.max"] == "2"
    assert connect.configs["minio-sink"]["store.url"] == "http://store:9000"
    assert connect.configs["minio-sink"]["aws.secret.access.key"] == "${env:S3_SECRET_KEY}"
    assert "tasks.max: 1 -> 2 (--tasks-max)" in capsys.readouterr().out


def test_the_workers_objections_are_printed(capsys: Captured, connect: FakeConnect) -> None:
    connect.objections = {"flush.size": "must be at least 1"}
    assert ingestion("apply") == 2
    assert capsys.readouterr().err.splitlines() == [
        "flush.size: must be at least 1",
        "ingestion apply: error: the worker finds 1 error in the connector minio-sink",
    ]


def test_status_tells_the_worker_first_and_needs_the_broker_for_the_rest(capsys: Captured) -> None:
    ingestion("apply")
    capsys.readouterr()
    assert ingestion("status") == 1
    captured = capsys.readouterr()
    assert captured.out == "minio-sink: RUNNING, tasks: 0 RUNNING\n"
    assert captured.err.startswith("ingestion status: error: the broker at 127.0.0.1:9: ")


def test_restart_tells_what_had_failed(capsys: Captured, connect: FakeConnect) -> None:
    ingestion("apply", "--tasks-max", "2")
    connect.states["minio-sink"] = ("RUNNING", ["RUNNING", "FAILED"])
    capsys.readouterr()
    assert ingestion("restart") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("task 1 failed: org.apache.kafka.connect.errors.ConnectException: the store refuses")
    assert lines[-1] == "minio-sink: RUNNING, tasks: 0 RUNNING, 1 RUNNING"


def test_pause_resume_delete(capsys: Captured, connect: FakeConnect) -> None:
    ingestion("apply")
    capsys.readouterr()
    assert [ingestion("pause"), ingestion("resume"), ingestion("delete")] == [0, 0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "minio-sink: paused",
        "minio-sink: RUNNING, tasks: 0 RUNNING",
        "minio-sink: deleted",
    ]
    assert connect.configs == {}


@pytest.mark.parametrize("command", ["status", "restart", "pause", "resume", "delete"])
def test_a_connector_that_is_not_there(capsys: Captured, command: str) -> None:
    assert ingestion(command, "none") == 1
    assert capsys.readouterr().err == f"ingestion {command}: error: Connector none not found\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "0:1"], "`dead-letters list` takes no positions; `show` does"),
        (["show"], "`dead-letters show` needs a position, such as 0:12"),
        (["show", "12"], "a dead letter's position is written partition:offset, such as 0:12, not '12'"),
        (["replay"], "`dead-letters replay` needs either positions or --all"),
        (["replay", "0:1", "--all"], "`dead-letters replay` needs either positions or --all"),
    ],
)
def test_what_dead_letters_cannot_be_asked(capsys: Captured, arguments: Sequence[str], message: str) -> None:
    assert ingestion("dead-letters", *arguments) == 2
    assert message in capsys.readouterr().err


def test_dead_letters_need_the_broker(capsys: Captured) -> None:
    assert ingestion("dead-letters", "list") == 1
    assert "error: the broker at 127.0.0.1:9: " in capsys.readouterr().err


def test_the_buckets_policies_are_printed_without_a_store(capsys: Captured) -> None:
    assert ingestion("buckets", "--policies") == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"connector", "features"}


def test_the_administrator_comes_from_the_environment(capsys: Captured) -> None:
    assert ingestion("buckets") == 2
    assert "set QUANTUM_PIPELINE_STORE_ACCESS_KEY and QUANTUM_PIPELINE_STORE_SECRET_KEY" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_help(capsys: Captured, command: str) -> None:
    assert ingestion(command, "--help") == 0
    assert "Usage: ingestion" in capsys.readouterr().out


def test_in_the_group_of_the_products_command(capsys: Captured) -> None:
    assert run("quantum-pipeline", {"ingestion": GROUP}, "1", ["ingestion", "pause", "none"]) == 1
    assert capsys.readouterr().err == "quantum-pipeline ingestion pause: error: Connector none not found\n"


def test_as_a_module_and_quickly() -> None:
    ours = [str(Path(package.__path__[0]).parent) for package in (quantum_ingestion, quantum_contracts)]
    search = os.pathsep.join([*ours, *sys.path])
    code = (
        "import sys, runpy; sys.argv = ['quantum_ingestion', '--version']\n"
        "try: runpy.run_module('quantum_ingestion', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print([name for name in ('boto3', 'confluent_kafka', 'minio', 'requests') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": search}, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["quantum_ingestion 0.1.0", "[]"], done.stderr
