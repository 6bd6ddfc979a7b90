"""A process that commits to a table of a Hadoop catalog, and stands still between its look and its rename.

The Hadoop catalog looks whether the file of the next version is there, and then renames its own to that name. Any
process may be stopped between the two: by the system, by a collection of garbage, by a slow network.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.quantum_features.spark.conftest import JARS
from tests.quantum_features.spark.support_gateway import SPARK_JARS, java

PAUSING_FILE_SYSTEM = """
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

public class PausingFileSystem extends RawLocalFileSystem {
  public static final Semaphore ARRIVED = new Semaphore(0);
  public static final Semaphore GO_ON = new Semaphore(0);

  public boolean rename(Path source, Path target) throws IOException {
    if (target.getName().endsWith(".metadata.json")) {
      ARRIVED.release();
      GO_ON.acquireUninterruptibly();
    }
    return super.rename(source, target);
  }
}
"""
SECONDS = 120


@dataclass
class OtherProcess:
    """Another process that knows the warehouse."""

    jvm: Any
    catalog: Any
    arrived: Any
    go_on: Any
    pool: ThreadPoolExecutor

    def begin(self, table: str, key: str) -> "Future[None]":
        """Set a property of a table; comes back when the commit stands still, with what becomes of it."""
        java_table = self.catalog.loadTable(self.jvm.org.apache.iceberg.catalog.TableIdentifier.parse(table))
        commit = self.pool.submit(lambda: java_table.updateProperties().set(key, "set").commit())
        assert self.arrived.tryAcquire(SECONDS, self.jvm.java.util.concurrent.TimeUnit.SECONDS)
        return commit

    def end(self, commit: "Future[None]") -> None:
        """Let the commit go on; it must be acknowledged."""
        self.go_on.release()
        commit.result(SECONDS)


@contextmanager
def other_process(warehouse: str) -> Iterator[OtherProcess]:
    """Start the process."""
    with java([*JARS.glob("iceberg-spark-runtime-*.jar"), SPARK_JARS / "*"]) as gateway, ThreadPoolExecutor() as pool:
        jvm = gateway.jvm
        compiler = jvm.org.codehaus.janino.SimpleCompiler()  # which Spark brings
        compiler.cook(PAUSING_FILE_SYSTEM)
        loader = compiler.getClassLoader()
        configuration = jvm.org.apache.hadoop.conf.Configuration()
        configuration.setClassLoader(loader)
        configuration.set("fs.file.impl", "PausingFileSystem")
        pausing = loader.loadClass("PausingFileSystem")
        catalog = jvm.org.apache.iceberg.hadoop.HadoopCatalog(configuration, warehouse)
        arrived, go_on = (pausing.getField(name).get(None) for name in ("ARRIVED", "GO_ON"))
        yield OtherProcess(jvm, catalog, arrived, go_on, pool)
