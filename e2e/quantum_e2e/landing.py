"""What lies in a store's landing bucket."""

import time
from collections.abc import Mapping
from pathlib import Path

from quantum_contracts.landing import LandingFile
from quantum_e2e.service import ServiceError
from quantum_e2e.stack import LANDING_BUCKET
from quantum_e2e.store import Store

PREFIX = "experiments/"
SECONDS_TO_LAND = 90.0


def landed(store: Store, topic: str) -> dict[LandingFile, bytes]:
    """All landing files of a topic with their content; anything else in its folder is an error.

    Raises:
        ServiceError: an object is not where a landing file belongs.
    """
    client = store.client()
    return {
        file: client.get_object(Bucket=LANDING_BUCKET, Key=f"{PREFIX}{file.path}")["Body"].read()
        for file in names(store, topic)
    }


def names(store: Store, topic: str) -> list[LandingFile]:
    """The landing files of a topic, in order.

    Raises:
        ServiceError: as `landed`.
    """
    found = []
    pages = store.client().get_paginator("list_objects_v2").paginate(Bucket=LANDING_BUCKET, Prefix=f"{PREFIX}{topic}/")
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        file = LandingFile.parse(entry["Key"].rpartition("/")[2])
        if file is None or f"{PREFIX}{file.path}" != entry["Key"]:
            raise ServiceError(f"{entry['Key']} is no landing file")
        found.append(file)
    return sorted(found)


def wait_for_landing(store: Store, topic: str, count: int, seconds: float = SECONDS_TO_LAND) -> list[LandingFile]:
    """Wait until `count` files of a topic have landed.

    Raises:
        ServiceError: they do not in time.
    """
    end = time.monotonic() + seconds
    while len(found := names(store, topic)) < count:
        if time.monotonic() > end:
            raise ServiceError(f"{len(found)} of {count} files of {topic} landed in {seconds:.0f} s")
        time.sleep(0.5)
    return found


def copy_to(experiments: Path, files: Mapping[LandingFile, bytes]) -> None:
    """Put landing files into a lake's landing folders."""
    for file, content in files.items():
        path = experiments / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
