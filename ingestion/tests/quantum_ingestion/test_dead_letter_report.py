import io
import json

from rich.console import Console
from tests.quantum_ingestion.support_letters import letter

from quantum_ingestion.dead_letter import REPLAY
from quantum_ingestion.dead_letter_report import Summary, newest, show_letter, show_list


def printed(show: object, *, terminal: bool = False) -> str:
    file = io.StringIO()
    assert callable(show)
    show(Console(file=file, width=300, force_terminal=terminal, no_color=True))
    return file.getvalue()


def test_a_summary_for_machines() -> None:
    assert json.loads(json.dumps(Summary.of(letter(), replayed=True).as_json())) == {
        "position": "0:12",
        "origin": {"topic": "vqe_decorated_result_v2", "partition": 1, "offset": 77},
        "first_origin": {"topic": "vqe_decorated_result_v2", "partition": 1, "offset": 77},
        "time": "2026-09-21T14:13:20.123Z",
        "stage": "VALUE_CONVERTER",
        "exception": "org.apache.kafka.connect.errors.DataException",
        "reason": "no such\n schema",
        "key_bytes": 3,
        "value_bytes": 5,
        "replays": 0,
        "replayed": True,
    }
    assert Summary.of(letter(told=False), replayed=False).as_json()["origin"] is None


def test_a_list_on_a_terminal_and_elsewhere(capsys: object) -> None:
    summaries = [Summary.of(letter(), replayed=True)]
    table = printed(lambda console: show_list(summaries, console), terminal=True)
    assert "DataException: no such schema" in table
    assert summaries[0].row() == (
        "0:12",
        "2026-09-21T14:13:20.123Z",
        "vqe_decorated_result_v2/1/77",
        "VALUE_CONVERTER",
        "0, replayed",
        "DataException: no such schema",
    )


def test_the_newest_come_last() -> None:
    summaries = [Summary.of(letter(offset=offset), replayed=False) for offset in (3, 1, 2)]
    assert [summary.position.offset for summary in newest(summaries, None)] == [1, 2, 3]
    assert [summary.position.offset for summary in newest(summaries, 2)] == [2, 3]


def test_one_letter_in_full() -> None:
    told = letter(
        ("run", b"\xffa"), (REPLAY + "count", b"1"), (REPLAY + "origin", b"a/0/5"), value=bytes(range(256)) * 2
    )
    lines = printed(lambda console: show_letter(told, False, console)).splitlines()
    assert lines == [
        "position: 0:12",
        "from: vqe_decorated_result_v2/1/77",
        "sent: 2026-09-21T14:13:20.123Z",
        "stage: VALUE_CONVERTER",
        "error: DataException: no such schema",
        "  org.apache.kafka.connect.errors.DataException: no such schema",
        "  at a.B.c(B.java:1)",
        "replays: 1, first from a/0/5",
        "replayed: no",
        "header run: \\xffa",
        "key: 3 bytes",
        "  0000  6b 65 79                                         key",
        "value: 512 bytes",
        *lines[13:29],
        "  … 256 more",
    ]
    assert lines[15] == "  0020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f   !\"#$%&'()*+,-./"


def test_a_letter_that_tells_nothing() -> None:
    lines = printed(lambda console: show_letter(letter(told=False, value=None), True, console)).splitlines()
    assert "from: not told" in lines
    assert "value: null" in lines
