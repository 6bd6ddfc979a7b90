"""The jobs' commands, as a person types them."""

import json
from pathlib import Path

import pytest
from tests.quantum_features.spark.conftest import FEW_PARTITIONS, JARS, SparkLake
from tests.quantum_features.spark.support_maintenance import batch
from tests.quantum_features.support_lakes import files_of, land, result, spoil

from quantum_contracts.command_line import run
from quantum_features.catalog import open_existing_catalog
from quantum_features.retention import tags
from quantum_features.spark.commands import COMMANDS


def command(*arguments: str) -> int:
    return run("quantum-features", COMMANDS, "0.1.0", arguments)


@pytest.fixture
def environment(spark_lake: SparkLake, monkeypatch: pytest.MonkeyPatch) -> SparkLake:
    """The lake, told by the variables of the specification."""
    settings = spark_lake.settings
    for name, value in (
        ("S3_BUCKET", settings.s3_bucket),
        ("S3_WAREHOUSE", settings.s3_warehouse),
        ("CATALOG_URI", settings.catalog_uri),
        ("SPARK_MASTER", settings.spark_master),
        ("SPARK_JARS", str(JARS)),
        ("SHUFFLE_PARTITIONS", str(FEW_PARTITIONS)),
    ):
        monkeypatch.setenv(name, value)
    return spark_lake


def test_process(environment: SparkLake, capsys: pytest.CaptureFixture[str]) -> None:
    land(environment.lake, [result("a")], 0)
    spoil(environment.lake, b"junk", 1)
    assert command("process", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["files"], report["experiments"], report["waiting"]) == (2, 1, 1)
    assert command("process") == 0
    assert capsys.readouterr().out.startswith(f"nothing new in {environment.settings.landing}\n")


def test_maintain(environment: SparkLake, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        batch(environment.lake, number)
    before = files_of(environment.lake)
    assert command("maintain", "--dry-run", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["dry_run"], report["tags"], report["staging_folders"]) == (True, [], [])
    assert report["tables"]["vqe_results"]["small_files"] == 5
    assert files_of(environment.lake) == before

    assert command("maintain", "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:3] == ["table", "small_files", "small_bytes"]
    assert lines[1].split("\t")[:2] == ["molecules", "5"]
    assert lines[-3:] == [
        "tags that would be dropped: 0",
        "folders of dead batches that would be removed: 0, with 0 files",
        "would be freed: 0.0 MiB",
    ]
    assert command("maintain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == ["tags dropped: 0", "folders of dead batches removed: 0, with 0 files", "freed: 0.0 MiB"]


def test_pin_and_unpin(environment: SparkLake, capsys: pytest.CaptureFixture[str]) -> None:
    tag = batch(environment.lake, 0)
    table = open_existing_catalog(environment.lake)
    for option, told in (
        ("--pin", "stays for ever, in all tables"),
        ("--unpin", "goes 400 days after its batch was published"),
    ):
        assert command("maintain", option, tag) == 0
        assert capsys.readouterr().out == f"{tag} {told}\n"
        age = tags(table.read_state().table("molecules").metadata)[tag].max_ref_age_ms
        assert (age is None) == (option == "--pin")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--pin", "v_1", "--unpin", "v_1"], "--pin and --unpin are two tasks: give one of them"),
        (["--pin", "v_1", "--dry-run"], "--dry-run tells what maintenance would do; --pin and --unpin do none"),
        (["--pin", "v_1"], "no table of quantum_features has a tag 'v_1', or it has expired"),
        (["--orphan-age-hours", "24"], "orphan-age-hours: it should be greater than or equal to 25"),
    ],
)
def test_maintain_otherwise(
    arguments: list[str], told: str, environment: SparkLake, capsys: pytest.CaptureFixture[str]
) -> None:
    batch(environment.lake, 0)
    assert command("maintain", *arguments) == 2
    [line] = capsys.readouterr().err.replace("\n", " ").strip().splitlines()
    assert told in line


def test_diff_and_rebuild(environment: SparkLake, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("diff", "v_1", "v_2") == 2
    assert "there are no tables in quantum_features" in capsys.readouterr().err.replace("\n", " ")
    first, second = batch(environment.lake, 0), batch(environment.lake, 1)
    assert command("diff", first, second, "--json") == 0
    assert [run["experiment_id"] for run in json.loads(capsys.readouterr().out)["added"]] == ["r1"]

    land(environment.lake, [result("r0", energy=-3.0)], 0)
    assert command("rebuild", "--json", "--into", "former") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["former_tables"], report["experiments"]) == ("former", 2)
    assert command("diff", second, report["tag"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "runs: 0 added, 0 removed, 1 changed"

    assert command("rebuild") == 0
    assert "the former ones are in the namespace quantum_features_rebuild" in capsys.readouterr().out
    assert Path(environment.settings.warehouse, "quantum_features_rebuild").is_dir()
