"""The large folder of tests.faults.memory, made small: each kind of file in it is stored."""

from __future__ import annotations

from pathlib import Path

from tests.faults.memory import stored, write


def test_all_kinds_of_files_of_the_folder_are_stored(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder, 2_000_000)
    assert {file.suffix for file in folder.rglob("*.*")} == {".html", ".jsonl", ".csv", ".warc"}
    ((documents, passages, mib),) = stored(folder, tmp_path / "data")
    assert documents > 40
    assert passages > 5 * documents
    assert mib > 10
