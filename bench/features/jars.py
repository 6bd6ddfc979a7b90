"""The jars that Spark lacks, fetched once as 3rdparty/jvm locks them, and kept in the user's cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parents[2] / "3rdparty" / "jvm"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quantum-pipeline" / "jars"
OF_A_LOCK = ("pom.xml", "jars.sha256")


def jars(name: str) -> Path:
    """The folder of the jars that are locked under this name.

    Raises:
        subprocess.CalledProcessError: they cannot be had, or are others than those locked; it has said why.
    """
    digest = hashlib.sha256((LOCKS / name / "jars.sha256").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"{name}-{digest}"
    complete = folder / "complete"
    if not complete.exists():
        print(f"fetching the jars of {name} into {folder}", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        for file in OF_A_LOCK:
            shutil.copy(LOCKS / name / file, folder)
        subprocess.run([LOCKS / "resolve", folder], stdout=sys.stderr, check=True)  # noqa: S603
        complete.touch()
    return folder / "jars"
