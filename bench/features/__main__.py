"""What an increment of a few landing files costs as the history behind it grows, here and by upstream's method.

    PYTHONPATH=contracts:features:bench python -m features [--histories 0 2000 20000 100000] [--upstream-up-to 2000]

Small results of both versions land; each engine takes in a history, then several increments on top of it, and so on to
the next history: the job on Spark, the same on DuckDB, and the method of the specification (read everything again,
anti-join each table) on histories as long as `--upstream-up-to` says. Each job is a process of its own; they take turns
on the same files, and must add the same rows. It needs Linux, the Python packages of `3rdparty/python/spark.lock`,
Java 17, and Maven to fetch jars on first use.
"""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from features.access import is_told
from features.engines import CORES
from features.generation import Shape
from features.growth import FailedError, Growth, Plan
from features.jars import jars
from features.report import report
from features.rows import append_rows

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results" / "features.jsonl"
PACKAGES = ("pyspark", "pyiceberg", "pyarrow", "ibis-framework", "duckdb")


def main() -> None:
    options = _options()
    if sys.platform != "linux":
        raise SystemExit("features: needs Linux, which tells of processes in /proc")
    plan = Plan(
        histories=sorted(set(options.histories)),
        increment=options.increment,
        repeats=options.repeats,
        upstream_up_to=options.upstream_up_to,
        shape=Shape(options.steps, options.parameters),
        spark_jars=jars("spark"),
        avro_jar=next(jars("spark-avro").glob("spark-avro_*.jar")),
        driver_memory=options.driver_memory,
        upstream_memory=options.upstream_memory,
    )
    tell = _on_terminal if sys.stderr.isatty() else _silently
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="bench-features-") as folder:
        if not is_told(Path(folder)):
            print(f"{folder} is mounted so that nobody can tell which files are read", file=sys.stderr)
        growth = Growth(plan, Path(folder), tell)
        try:
            growth.measure()
        except FailedError as error:
            raise SystemExit(f"features: {error}") from error
        finally:
            tell("")
            head = _head(plan)
            if growth.rows:
                append_rows(options.results, head, growth.rows)
    if options.json:
        print(json.dumps({**head, "rows": [asdict(row) for row in growth.rows]}))
    else:
        print(report(head, growth.rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="features", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", nargs="+", type=int, default=[0, 2_000, 20_000, 100_000], metavar="FILES")
    parser.add_argument("--increment", type=int, default=40, metavar="FILES", help="default: 40")
    parser.add_argument("--repeats", type=int, default=3, help="increments on each history; default: 3")
    parser.add_argument(
        "--upstream-up-to", type=int, default=2_000, metavar="FILES", help="-1: not at all; default: 2000"
    )
    parser.add_argument("--steps", type=int, default=5, help="iterations of each experiment; default: 5")
    parser.add_argument("--parameters", type=int, default=3, help="parameters of each; default: 3")
    parser.add_argument("--driver-memory", default="1g", help="the heap of our driver; default: 1g")
    parser.add_argument("--upstream-memory", default="4g", help="that of upstream's method; default: 4g")
    parser.add_argument("--folder", type=Path, help="where the lakes are made; default: the system's temporary folder")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of JSON lines that grows")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _head(plan: Plan) -> Mapping[str, Any]:
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java" if "JAVA_HOME" in os.environ else Path("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr  # noqa: S603
    return {
        "command": f"PYTHONPATH=contracts:features:bench python -m features {shlex.join(sys.argv[1:])}".strip(),
        "machine": _machine(),
        "versions": {name: version(name) for name in PACKAGES}
        | {"Java": told.splitlines()[0].split('"')[1], "Iceberg": _iceberg(plan.spark_jars)},
        "increment": plan.increment,
        "shape": asdict(plan.shape),
        "driver_memory": plan.driver_memory,
        "upstream_memory": plan.upstream_memory,
        "spark_master": f"local[{CORES}]",
    }


def _iceberg(folder: Path) -> str:
    return next(folder.glob("iceberg-spark-runtime-*.jar")).stem.rpartition("-")[2]


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() + ", " for line in lines if line.startswith("model name")), "")
    return f"{model}{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _on_terminal(message: str) -> None:
    print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)


def _silently(message: str) -> None:
    """A piped standard error stays empty: the tables are the output."""


if __name__ == "__main__":
    main()
