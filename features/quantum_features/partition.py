"""Which partition an experiment's rows go to, in every table that is partitioned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from quantum_features.raw import LandedExperiment
from quantum_features.stamp import Stamp

Partition = Mapping[str, str | date]
"""The value of each column that any table is partitioned by."""


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
