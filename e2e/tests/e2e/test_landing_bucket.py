"""Landing folders in a real store: found as on a local file system, at a cost that does not grow with the history."""

import itertools
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_e2e.store import Store
from quantum_features import ledger
from quantum_features.catalog import open_catalog
from quantum_features.coverage import Coverage, Gap
from quantum_features.database import reading, transaction
from quantum_features.landing_bucket import BucketLandingFolders
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.ledger import FileOutcome
from quantum_features.plan import plan
from quantum_features.settings import FeaturesSettings
from quantum_features.stamp import Stamp

BUCKET = f"landing-{secrets.token_hex(3)}"
TOPICS = ("vqe_decorated_result_v1", "vqe_decorated_result_v2", "vqe_decorated_result_v9")
STRANGERS = (
    "experiments/a-file",
    "experiments/vqe_decorated_result_dev_v2/partition=0/vqe_decorated_result_dev_v2+0+0000000000.avro",
    "experiments/vqe_decorated_result_v2/a-file",
    "experiments/vqe_decorated_result_v2/partition=00/vqe_decorated_result_v2+0+0000000000.avro",
    "experiments/vqe_decorated_result_v2/partition=x/vqe_decorated_result_v2+0+0000000000.avro",
    "experiments/vqe_decorated_result_v2/partition=0/note.txt",
    "experiments/vqe_decorated_result_v2/partition=0/.vqe_decorated_result_v2+0+0000000001.avro",
    "experiments/vqe_decorated_result_v2/partition=0/_vqe_decorated_result_v2+0+0000000002.avro",
    "experiments/vqe_decorated_result_v2/partition=0/vqe_decorated_result_v2+1+0000000003.avro",
    "experiments/vqe_decorated_result_v2/partition=0/vqe_decorated_result_v2+0+00000000004.avro",
    "experiments/vqe_decorated_result_v2/partition=0/deeper/vqe_decorated_result_v2+0+0000000005.avro",
    "elsewhere/vqe_decorated_result_v2/partition=0/vqe_decorated_result_v2+0+0000000006.avro",
)
TEN_DIGITS = 10**10
prefixes = map("run-{}/".format, itertools.count())


@pytest.fixture(scope="module")
def client(lone_store: Store) -> Any:
    """The store's own account, and a bucket."""
    made = lone_store.client()
    made.create_bucket(Bucket=BUCKET)
    return made


@pytest.fixture
def folders(client: Any) -> BucketLandingFolders:
    """Landing folders of the test alone."""
    return BucketLandingFolders(client, BUCKET, f"{next(prefixes)}experiments/")


def put(folders: BucketLandingFolders, *files: LandingFile) -> None:
    """Let files land."""
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda file: folders.client.put_object(
                    Bucket=BUCKET, Key=f"{folders.prefix}{file.path}", Body=str(file.offset).encode()
                ),
                files,
            )
        )


def file(offset: int, topic: str = TOPICS[1], partition: int = 0) -> LandingFile:
    return LandingFile(topic, partition, offset)


def offsets(folders: BucketLandingFolders, known: Coverage) -> list[int]:
    return [found.offset for found in folders.files(TOPICS[1], 0, known)]


@contextmanager
def counted_lists(client: Any) -> Iterator[list[str]]:
    """The requests that list, as they are sent."""
    sent: list[str] = []

    def note(**_: Any) -> None:
        sent.append("list")

    client.meta.events.register("before-call.s3.ListObjectsV2", note)
    try:
        yield sent
    finally:
        client.meta.events.unregister("before-call.s3.ListObjectsV2", note)


PLACES = st.tuples(
    st.sampled_from(TOPICS),
    st.sampled_from([0, 1, 2, 10]),
    st.one_of(st.integers(0, 40), st.integers(TEN_DIGITS - 2 * 10**8, TEN_DIGITS - 1)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    first=st.sets(PLACES, max_size=12),
    then=st.sets(PLACES, max_size=12),
    beyond=st.sets(st.integers(TEN_DIGITS, TEN_DIGITS + 20), max_size=3),
    records=st.integers(1, 4),
    strangers=st.sets(st.sampled_from(STRANGERS), max_size=4),
    full_scan=st.booleans(),
)
def test_a_bucket_is_planned_as_a_folder_is(
    client: Any,
    tmp_path_factory: pytest.TempPathFactory,
    first: set[tuple[str, int, int]],
    then: set[tuple[str, int, int]],
    beyond: set[int],
    records: int,
    strangers: set[str],
    full_scan: bool,
) -> None:
    """Two batches, whose ledger a plan of the local folder fills: late files, gaps, offsets of eleven digits."""
    run, lake = next(prefixes), Lake(tmp_path_factory.mktemp("planned") / "lake")
    bucket, local = (
        BucketLandingFolders(client, BUCKET, f"{run}experiments/"),
        LocalLandingFolders(lake.experiments),
    )
    lake.experiments.mkdir(parents=True)
    engine = open_catalog(lake).engine
    chosen = FeaturesSettings(full_scan=full_scan)
    for stranger in strangers:
        _land(client, run, lake, Path(stranger))
    late = {(TOPICS[1], 0, offset) for offset in beyond} if _near_the_end(first) else set()
    for places in (first, then | late, set[tuple[str, int, int]]()):
        for place in places:
            _land(client, run, lake, "experiments" / Path(LandingFile(*place).path))
        with reading(engine) as connection:
            there, here = plan(bucket, connection, chosen), plan(local, connection, chosen)
        assert (list(there.files), there.unknown_topics) == (list(here.files), here.unknown_topics)
        assert (bucket.topics(), [bucket.partitions(topic) for topic in bucket.topics()]) == (
            local.topics(),
            [local.partitions(topic) for topic in local.topics()],
        )
        with transaction(engine) as connection:
            outcomes = [FileOutcome(planned.file, records) for planned in here.files]
            ledger.record_files(connection, Stamp.new(), outcomes)


def _near_the_end(places: set[tuple[str, int, int]]) -> bool:
    """Whether the partition has come so far that names of eleven digits are reckoned with."""
    return any(
        (topic, partition) == (TOPICS[1], 0) and offset > TEN_DIGITS - 10**8 for topic, partition, offset in places
    )


def _land(client: Any, run: str, lake: Lake, path: Path) -> None:
    (lake.root / path).parent.mkdir(parents=True, exist_ok=True)
    (lake.root / path).write_bytes(b"landed")
    client.put_object(Bucket=BUCKET, Key=f"{run}{path}", Body=b"landed")


def test_more_files_than_a_page_holds_are_all_found(folders: BucketLandingFolders) -> None:
    put(folders, *map(file, range(2_500)))
    assert offsets(folders, Coverage()) == list(range(2_500))
    assert offsets(folders, Coverage(1_250)) == list(range(1_250, 2_500))
    with counted_lists(folders.client) as sent:
        assert offsets(folders, Coverage(2_499)) == [2_499]
        assert offsets(folders, Coverage(2_500)) == []
    assert len(sent) == 2


def test_gaps_cost_what_they_are_and_not_what_lies_between_them(folders: BucketLandingFolders) -> None:
    here = [offset for offset in range(3_000) if offset % 100]
    put(folders, *map(file, here))
    few = Coverage(3_000, tuple(Gap(offset, offset) for offset in (0, 100, 1_500, 2_900)))
    with counted_lists(folders.client) as sent:
        assert offsets(folders, few) == []
    assert len(sent) == 3
    put(folders, file(100), file(1_500), file(3_000))
    assert sorted(offsets(folders, few)) == [100, 1_500, 3_000]
    many = Coverage(3_000, tuple(Gap(offset, offset) for offset in range(0, 3_000, 100)))
    with counted_lists(folders.client) as sent:
        assert sorted(offsets(folders, many)) == [100, 1_500, 3_000]
    assert len(sent) == 3  # one for a thousand files, although there are 30 gaps


def test_gaps_whose_neighbours_are_gone_cost_one_request(folders: BucketLandingFolders) -> None:
    put(folders, file(7))
    known = Coverage(1_000, tuple(Gap(offset, offset) for offset in range(0, 1_000, 10)))
    with counted_lists(folders.client) as sent:
        assert offsets(folders, known) == []
    assert len(sent) == 1


def test_what_is_new_costs_the_same_after_any_history(folders: BucketLandingFolders) -> None:
    costs = []
    for history in (10, 1_100, 2_200):
        put(folders, *map(file, range(history)))
        known = Coverage(history, (Gap(3, 3),)).cover(3, 1)
        with counted_lists(folders.client) as sent:
            assert folders.topics() == [TOPICS[1]]
            assert folders.partitions(TOPICS[1]) == [0]
            assert offsets(folders, known) == []
        costs.append(len(sent))
    assert costs == [3, 3, 3]


def test_a_page_of_strangers_hides_nothing(folders: BucketLandingFolders) -> None:
    names = [f"{folders.prefix}{file(0).directory}/!{number:04}" for number in range(1_001)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: folders.client.put_object(Bucket=BUCKET, Key=name, Body=b"x"), names))
    put(folders, file(0), file(5))
    assert offsets(folders, Coverage()) == [0, 5]
    assert offsets(folders, Coverage(1)) == [5]


def test_a_file_may_vanish_between_listing_and_reading(folders: BucketLandingFolders) -> None:
    put(folders, file(0), file(1))
    found = list(folders.files(TOPICS[1], 0, Coverage()))
    folders.client.delete_object(Bucket=BUCKET, Key=f"{folders.prefix}{file(0).path}")
    with pytest.raises(FileNotFoundError):
        folders.open(found[0])
    with folders.open(found[1]) as opened:
        assert opened.read() == b"1"


def test_a_store_that_fails_is_no_fault_of_a_file(folders: BucketLandingFolders) -> None:
    elsewhere = BucketLandingFolders(folders.client, "no-such-bucket", folders.prefix)
    with pytest.raises(QuantumPipelineError, match="the bucket no-such-bucket cannot be listed: .*NoSuchBucket"):
        elsewhere.topics()
    with pytest.raises(QuantumPipelineError, match="cannot be read from no-such-bucket: .*NoSuchBucket"):
        elsewhere.open(file(0))
