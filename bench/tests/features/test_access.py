import os
from pathlib import Path

from features.access import NEVER, Files, forget, is_told, read_since


def test_the_probe_finds_what_the_file_system_does_and_leaves_nothing(tmp_path: Path) -> None:
    told = is_told(tmp_path)
    assert not list(tmp_path.iterdir())
    file = tmp_path / "file"
    file.write_text("content")
    forget([tmp_path])
    file.read_text()
    assert (file.stat().st_atime_ns != NEVER) == told


def test_only_files_that_were_read_since_are_told_of(tmp_path: Path) -> None:
    for name in ("a", "b", "folder/c", "gone"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name * 3)
    before = forget([tmp_path])
    assert before == {tmp_path / "a": 3, tmp_path / "b": 3, tmp_path / "folder/c": 24, tmp_path / "gone": 12}
    os.utime(tmp_path / "folder/c", ns=(1, 1))  # what reading does, on any file system
    os.utime(tmp_path / "gone", ns=(1, 1))
    (tmp_path / "gone").unlink()
    (tmp_path / "new").write_text("was not there before")
    assert read_since(before) == {tmp_path / "folder/c": 24}


def test_times_of_change_stay_what_they_were(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("content")
    os.utime(file, ns=(5, 123_456_789))
    forget([tmp_path])
    assert file.stat().st_mtime_ns == 123_456_789


def test_files_are_counted_with_their_sizes() -> None:
    assert Files.of([3, 4]) == Files(2, 7)
    assert Files.of(iter(())) == Files(0, 0)
