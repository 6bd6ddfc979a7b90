"""Which partition an experiment's rows go to, in every table that is partitioned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import quote_plus

from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.raw import LandedExperiment
from quantum_features.stamp import Stamp

Partition = Mapping[str, str | date]
"""The value of each column that any table is partitioned by."""

LONGEST_FOLDER_NAME = 255


def reason_not_storable(result: VQEDecoratedResult) -> str | None:
    """Why no folder can have the name of the result's partition; None where one can."""
    values = {"basis_set": result.basis_set, "backend": result.vqe_result.initial_data.backend}
    for name, value in values.items():
        size = len(f"{name}={quote_plus(value)}")
        if size > LONGEST_FOLDER_NAME:
            return (
                f"its {name} is too long: it would name a folder of {size} letters, possible are {LONGEST_FOLDER_NAME}"
            )
    return None


def by_partition(landed: Iterable[LandedExperiment], stamp: Stamp) -> list[tuple[Partition, list[LandedExperiment]]]:
    """Group experiments, so that the rows of each group are of one partition in all tables."""
    groups: dict[tuple[str, str], list[LandedExperiment]] = defaultdict(list)
    for item in landed:
        result = item.experiment.result
        groups[result.basis_set, result.vqe_result.initial_data.backend].append(item)
    return [
        ({"processing_date": stamp.timestamp.date(), "basis_set": basis_set, "backend": backend}, group)
        for (basis_set, backend), group in groups.items()
    ]
