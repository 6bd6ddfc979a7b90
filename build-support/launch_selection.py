"""What a call of Pants on whole folders leaves out: what this machine cannot do, and what takes many minutes.

Targets say it with tags: `docker` needs a Docker daemon, `java` needs Maven and a Java that runs Spark, `soak` takes
long. A target that is named, not only covered by `::`, is never left out, and neither is what the person's own `--tag`
asks for.
This file runs on whatever `python3` is: it keeps to Python 3.7 and the standard library.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import List, Mapping, Sequence

from launch_support import LaunchError, say

GOALS = ("package", "test")  # the goals that tags matter to: linting needs no Docker
SECONDS_TO_ANSWER = 20
OLDEST_JAVA = 17
REQUIRE_DOCKER = "QUANTUM_PIPELINE_REQUIRE_DOCKER"


def selection(arguments: Sequence[str], environment: Mapping[str, str]) -> List[str]:
    """The options to put before `arguments`.

    Raises:
        LaunchError: the environment requires a Docker daemon and none answers.
    """
    if not concerned(arguments):
        return []
    asked = " ".join([environment.get("PANTS_TAG", ""), *(word for word in arguments if word.startswith("--tag="))])
    options = [] if "soak" in asked else ["--tag=-soak"]
    if "docker" not in asked and not docker_answers():
        if environment.get(REQUIRE_DOCKER, "") not in ("", "0"):
            raise LaunchError("no Docker daemon answers, and {} is set; build-support/docker".format(REQUIRE_DOCKER))
        say("pants", "no Docker daemon answers: what needs one is left out (build-support/docker starts one)")
        options.append("--tag=-docker")
    if "java" not in asked and "test" in arguments and not java_runs(environment):
        say("pants", "no Java {} with Maven here: what needs them is left out".format(OLDEST_JAVA))
        options.append("--tag=-java")
    return options


def concerned(arguments: Sequence[str]) -> bool:
    """Whether such a goal is called on all that is in a folder."""
    own = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    words = [word for word in own if not word.startswith("-")]
    return any(goal in words for goal in GOALS) and any(word.endswith(":") for word in words)


def docker_answers() -> bool:
    """Whether there is a Docker client and its daemon answers."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        done = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_TO_ANSWER,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def java_runs(environment: Mapping[str, str]) -> bool:
    """Whether there is a Java that is not too old, in `JAVA_HOME` or on `PATH`, and Maven, which brings the jars."""
    home = environment.get("JAVA_HOME", "")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None or shutil.which("mvn") is None:
        return False
    try:
        told = subprocess.run(
            [java, "-version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS_TO_ANSWER,
            check=False,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.search(r'version "(\d+)', told)
    return found is not None and int(found.group(1)) >= OLDEST_JAVA
