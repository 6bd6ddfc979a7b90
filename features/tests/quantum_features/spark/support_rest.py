"""Iceberg's own REST catalog server, as Iceberg tests its clients with it, in a JVM of its own on the loopback address.

What Iceberg publishes of it is a servlet; a gateway of py4j puts it together with Jetty and with a JDBC catalog.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.java_gateway import JavaGateway
from tests.quantum_features.spark.support_gateway import SPARK_JARS, java

JARS = Path(os.environ["QUANTUM_PIPELINE_ICEBERG_REST_JARS"]).absolute()
LOOPBACK = "127.0.0.1"


@contextmanager
def rest_catalog(warehouse: Path, database: Path) -> Iterator[str]:
    """A server whose tables are in a warehouse and whose catalog is in a SQLite database; gives its URL."""
    with java([*sorted(JARS.glob("*.jar")), *SPARK_JARS.glob("hadoop-client-*.jar")]) as gateway:
        yield _serve(gateway, warehouse, database)


def _serve(gateway: JavaGateway, warehouse: Path, database: Path) -> str:
    jvm = gateway.jvm
    properties = {
        "catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
        "uri": f"jdbc:sqlite:{database}?busy_timeout=60000",
        "jdbc.schema-version": "V1",
        "warehouse": str(warehouse),
    }
    configuration = jvm.org.apache.hadoop.conf.Configuration()
    configuration.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
    catalog = jvm.org.apache.iceberg.CatalogUtil.buildIcebergCatalog("backend", properties, configuration)
    servlet = jvm.org.apache.iceberg.rest.RESTCatalogServlet(jvm.org.apache.iceberg.rest.RESTCatalogAdapter(catalog))
    jetty = jvm.org.eclipse.jetty
    context = jetty.ee10.servlet.ServletContextHandler(0)
    context.addServlet(jetty.ee10.servlet.ServletHolder(servlet), "/*")
    server = jetty.server.Server(jvm.java.net.InetSocketAddress(LOOPBACK, 0))
    server.setHandler(context)
    server.start()
    return f"http://{LOOPBACK}:{server.getURI().getPort()}"
