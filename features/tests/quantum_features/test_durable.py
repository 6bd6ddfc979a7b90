import os
from pathlib import Path

import pytest

from quantum_features.durable import flush


def test_files_and_the_folders_that_name_them_are_brought_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lake" / "table" / "data" / "file"
    file.parent.mkdir(parents=True)
    file.touch()
    flushed = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    flush([str(file)], tmp_path / "lake")
    assert flushed == [file, file.parent, file.parent.parent, tmp_path / "lake"]
