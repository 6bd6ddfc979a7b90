"""Starts a part of a Spark cluster or a command: `master`, `worker`, `spark-submit …`, or a command of the features.

Master and worker take their settings from the environment, by the names that Spark's own scripts have: see `master` and
`worker`. `health` tells whether the one in this container answers; where there is none, nothing is asked.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from quantum_services.health import http_answers
from quantum_services.java import become
from quantum_services.properties import SettingError

SPARK_HOME = Path("/opt/spark")
PYTHON = "/app/bin/python"
COMMANDS = "quantum_features.spark"
WEB_PORT = Path("/tmp/spark-web-port")  # noqa: S108 -- of this container, where the user may write

DEFAULT_MASTER = "spark://spark-master:7077"
DEPLOY = "org.apache.spark.deploy"


def main(arguments: Sequence[str]) -> int:
    """Become what the arguments say; return an exit code only where that is impossible."""
    role = arguments[0] if arguments else ""
    if role == "health":
        return health(WEB_PORT)
    if role == "spark-submit":
        return become([str(SPARK_HOME / "bin" / role), *arguments[1:]])
    if role not in ROLES:
        return become([PYTHON, "-m", COMMANDS, *arguments])
    try:
        command, web_port = ROLES[role](os.environ)
    except SettingError as error:
        print(f"spark: error: {error}", file=sys.stderr)
        return 2
    WEB_PORT.write_text(str(web_port))
    return become([str(SPARK_HOME / "bin" / "spark-class"), *command, *arguments[1:]])


def master(environment: Mapping[str, str]) -> tuple[list[str], int]:
    """The master's class with its arguments, and the port of its web page.

    Settings: `SPARK_MASTER_HOST`, else the container's address; `SPARK_MASTER_PORT`, `SPARK_MASTER_WEBUI_PORT`.

    Raises:
        SettingError: a setting cannot be taken.
    """
    web_port = port(environment, "SPARK_MASTER_WEBUI_PORT", 8080)
    command = [f"{DEPLOY}.master.Master"]
    command += ["--port", str(port(environment, "SPARK_MASTER_PORT", 7077)), "--webui-port", str(web_port)]
    command += option(environment, "--host", "SPARK_MASTER_HOST", r"[A-Za-z0-9_.:-]+", "a host's name or address")
    return command, web_port


def worker(environment: Mapping[str, str]) -> tuple[list[str], int]:
    """The worker's class with its arguments, and the port of its web page.

    Settings: `SPARK_MASTER`, `SPARK_WORKER_CORES` and `SPARK_WORKER_MEMORY`, which are all of the container's if not
    told, `SPARK_WORKER_WEBUI_PORT`.

    Raises:
        SettingError: a setting cannot be taken.
    """
    url = environment.get("SPARK_MASTER") or DEFAULT_MASTER
    if not re.fullmatch(r"spark://[^\s/]+", url):
        raise SettingError(f"SPARK_MASTER is {url!r}; a worker needs spark://HOST:PORT")
    web_port = port(environment, "SPARK_WORKER_WEBUI_PORT", 8081)
    command = [f"{DEPLOY}.worker.Worker", "--webui-port", str(web_port)]
    command += option(environment, "--cores", "SPARK_WORKER_CORES", r"[1-9]\d*", "a number of cores")
    command += option(environment, "--memory", "SPARK_WORKER_MEMORY", r"[1-9]\d*[mMgG]", "as 512m or 2g")
    return [*command, url], web_port


ROLES: Mapping[str, Callable[[Mapping[str, str]], tuple[list[str], int]]] = {"master": master, "worker": worker}


def port(environment: Mapping[str, str], name: str, default: int) -> int:
    """The port that a setting tells.

    Raises:
        SettingError: it is no port.
    """
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise SettingError(f"{name} is {text!r}; it must be a port, 1 to 65535")
    return int(text)


def option(environment: Mapping[str, str], flag: str, name: str, form: str, allowed: str) -> list[str]:
    """An option with the value of a setting; none where it is not told.

    Raises:
        SettingError: the value has not this form.
    """
    text = environment.get(name, "")
    if not text:
        return []
    if not re.fullmatch(form, text):
        raise SettingError(f"{name} is {text!r}; it must be {allowed}")
    return [flag, text]


def health(web_port: Path) -> int:
    """The exit code that Docker wants: 0 healthy, 1 not."""
    if not web_port.exists():
        return 0
    try:
        return 0 if http_answers(int(web_port.read_text()), "/json/") else 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
