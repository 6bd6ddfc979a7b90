"""Java virtual machines of their own, beside Spark's, that tests talk to through py4j."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyspark
from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

SPARK_JARS = Path(pyspark.__file__).parent / "jars"


@contextmanager
def java(classpath: Sequence[Path]) -> Iterator[JavaGateway]:
    """A JVM with these jars; it ends with the context, and with this process."""
    [py4j] = SPARK_JARS.glob("py4j-*.jar")
    port, secret, process = launch_gateway(
        jarpath=str(py4j),
        classpath=os.pathsep.join(map(str, classpath)),
        javaopts=["-Xmx256m"],
        die_on_exit=True,
        enable_auth=True,
        return_proc=True,
    )
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=secret, auto_convert=True))
    try:
        yield gateway
    finally:
        gateway.close()
        process.stdin.close()  # the end of its input ends the JVM
        process.wait()
