import os
import signal
import uuid
from pathlib import Path

import pytest
from tests.quantum_features.support_lakes import files_of, land, result

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.running import FOLDER, discard_staged, running, sweep
from quantum_features.settings import FeaturesSettings
from quantum_features.stamp import Stamp


@pytest.fixture
def catalog(lake: Lake) -> LakeCatalog:
    land(lake, [result("a")], offset=0)
    process(lake, FeaturesSettings())
    return open_catalog(lake)


def leave_file(lake: Lake, stamp: Stamp, name: str = "00000-7-{}.parquet") -> Path:
    path = lake.warehouse / "quantum_features" / "molecules" / "data" / name.format(uuid.UUID(stamp.batch_id))
    path.write_bytes(b"half written")
    return path


def test_files_of_a_dead_batch_are_removed_and_nothing_else(lake: Lake, catalog: LakeCatalog) -> None:
    before = files_of(lake)
    stamp = Stamp.new()
    with running(lake, stamp):
        leave_file(lake, stamp)
        leave_file(lake, stamp, "snap-1-0-{}.avro")
    sweep(catalog)
    assert files_of(lake) == before


def test_a_running_batch_is_left_alone(lake: Lake, catalog: LakeCatalog) -> None:
    stamp = Stamp.new()
    with running(lake, stamp):
        path = leave_file(lake, stamp)
        sweep(catalog)
        process(lake, FeaturesSettings())
        assert path.exists()
        assert (lake.root / FOLDER / stamp.batch_id).exists()


def test_a_batch_in_a_process_that_was_killed_is_dead(lake: Lake, catalog: LakeCatalog) -> None:
    stamp = Stamp.new()
    child = os.fork()
    if child == 0:
        with running(lake, stamp):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    path = leave_file(lake, stamp)
    sweep(catalog)
    assert not path.exists()
    assert list((lake.root / FOLDER).iterdir()) == []


def test_a_published_batch_keeps_its_files(lake: Lake, catalog: LakeCatalog) -> None:
    [batch_id] = [ref[2:] for ref in catalog.read_state().table("molecules").refs() if ref.startswith("v_")]
    before = files_of(lake)
    (lake.root / FOLDER / batch_id).touch()  # killed between the publishing and the removal of its mark
    sweep(catalog)
    assert files_of(lake) == before


def test_what_was_staged_goes_and_data_stays(lake: Lake, catalog: LakeCatalog) -> None:
    stamp = Stamp.new()
    data, staged = leave_file(lake, stamp), leave_file(lake, stamp, "{}-m0.avro")
    discard_staged(catalog, stamp, keep=[str(data)])
    assert data.exists()
    assert not staged.exists()
