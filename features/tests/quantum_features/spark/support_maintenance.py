"""Lakes to maintain, and maintenance in a process of its own: `… support_maintenance LAKE TRACE KILL_AT DAYS`."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.quantum_features.spark.conftest import SHORT_JVM, SparkLake, settings_of
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.effects import observe
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.query import query
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.maintenance import DEFAULT_ORPHAN_AGE, Maintenance
from quantum_features.spark.maintenance_report import MaintenanceReport
from quantum_features.spark.session import create_spark_session

SECONDS_TO_END = 300


def batch(lake: Lake, number: int) -> str:
    """Land a result and let DuckDB take it in; give the batch's tag."""
    land(lake, [result(f"r{number}", energy=-1 - number / 100)], number)
    report = process(lake, FeaturesSettings())
    assert report.tag is not None
    return report.tag


def maintain_after(found: SparkLake, days: int, *, dry_run: bool = False) -> MaintenanceReport:
    """Maintain the tables as if days had passed, but for the age of files."""
    now = datetime.now(UTC) + timedelta(days=days)
    return Maintenance(found.spark, found.settings, DEFAULT_ORPHAN_AGE, dry_run, now).run()


def data_files(lake: Lake, name: str) -> list[Path]:
    """The data files of a table that are on the disk."""
    return sorted((lake.warehouse / "quantum_features" / name).rglob("*.parquet"))


def current_files(lake: Lake, name: str) -> int:
    """How many files a table is made of now."""
    return len(list(open_existing_catalog(lake).read_state().table(name).scan().plan_files()))


def current_manifests(lake: Lake, name: str) -> int:
    """How many manifests tell of them."""
    table = open_existing_catalog(lake).read_state().table(name)
    snapshot = table.current_snapshot()
    return len(snapshot.manifests(table.io)) if snapshot else 0


def experiments_at(lake: Lake, tag: str) -> list[str]:
    """The experiments of a batch and of those before it."""
    with query(lake, "SELECT experiment_id FROM vqe_results ORDER BY 1", tag) as found:
        ids: list[str] = found.read_all()["experiment_id"].to_pylist()
        return ids


def age(file: Path, hours: float) -> None:
    """Let a file or folder be as old."""
    moment = datetime.now(UTC).timestamp() - hours * 3600
    os.utime(file, (moment, moment))


def maintain_and_die(lake: Lake, trace: Path, kill_at: str, days: int) -> int:
    """As `maintain_after`, in a process that kills itself at an effect; give its exit code, negative for a signal."""
    python_path = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": python_path, "JDK_JAVA_OPTIONS": SHORT_JVM}
    arguments = [sys.executable, "-m", __name__, str(lake.root), str(trace), kill_at, str(days)]
    return subprocess.run(arguments, env=environment, timeout=SECONDS_TO_END, check=False).returncode


def main(root: str, trace: str, kill_at: str, days: str) -> None:
    """Be that process."""
    lake = Lake(Path(root))
    settings = settings_of(lake)
    with Path(trace).open("w", buffering=1) as written:

        def observer(name: str) -> None:
            written.write(name + "\n")
            if name == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        observe(observer)
        maintain_after(SparkLake(lake, settings, create_spark_session(settings)), int(days))


if __name__ == "__main__":
    main(*sys.argv[1:])
