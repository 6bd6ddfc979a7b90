from sqlalchemy import Connection
from tests.quantum_features.support_lakes import TOPIC, TOPIC_V1, land, result

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_features import ledger
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.database import transaction
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.ledger import FileOutcome
from quantum_features.plan import PlannedFile, plan
from quantum_features.settings import FeaturesSettings
from quantum_features.stamp import Stamp

FULL_SCAN = FeaturesSettings(full_scan=True)


def planned(catalog: LakeCatalog, settings: FeaturesSettings | None = None) -> list[PlannedFile]:
    with catalog.engine.connect() as connection:
        return list(
            plan(LocalLandingFolders(catalog.lake.experiments), connection, settings or FeaturesSettings()).files
        )


def take_in(connection: Connection, *offsets: int, reason: str | None = None) -> None:
    outcomes = [FileOutcome(LandingFile(TOPIC, 0, offset), 1, reason) for offset in offsets]
    ledger.record_files(connection, Stamp.new(), outcomes)


def test_files_come_in_the_order_of_topic_partition_and_offset(lake: Lake) -> None:
    places = [(TOPIC_V1, 10, 3), (TOPIC_V1, 9, 4), (TOPIC, 0, 12_345_678_901), (TOPIC, 0, 2)]
    for topic, partition, offset in places:
        land(lake, [result()], offset, topic, partition)
    found = planned(open_catalog(lake))
    assert [(item.file.topic, item.file.partition, item.file.offset) for item in found] == sorted(places)
    assert not any(item.retried for item in found)


def test_what_the_ledger_knows_is_not_planned(lake: Lake) -> None:
    for offset in range(6):
        land(lake, [result()], offset)
    catalog = open_catalog(lake)
    with transaction(catalog.engine) as connection:
        take_in(connection, 0, 1, 3)
    assert [item.file.offset for item in planned(catalog)] == [2, 4, 5]
    assert [item.file.offset for item in planned(catalog, FULL_SCAN)] == [2, 4, 5]


def test_quarantined_files_are_planned_on_request_only(lake: Lake) -> None:
    land(lake, [result()], 0)
    catalog = open_catalog(lake)
    with transaction(catalog.engine) as connection:
        take_in(connection, 0, reason="empty")
    assert planned(catalog) == planned(catalog, FULL_SCAN) == []
    [item] = planned(catalog, FeaturesSettings(retry_quarantined=True))
    assert (item.file.offset, item.retried) == (0, True)


def test_files_of_a_version_that_is_not_known_wait_and_are_counted(lake: Lake) -> None:
    land(lake, [result()], 0)
    for offset in range(3):
        place = LandingFile("vqe_decorated_result_v9", 0, offset)
        path = lake.experiments / place.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of the future")
    catalog = open_catalog(lake)
    with catalog.engine.connect() as connection:
        found = plan(LocalLandingFolders(lake.experiments), connection, FeaturesSettings())
    assert [item.file.topic for item in found.files] == [TOPIC]
    assert found.unknown_topics == {"vqe_decorated_result_v9": 3}
