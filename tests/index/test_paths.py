"""What is found at a path: every file with its id, and every file and folder that is not read."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.documents import Document, Refused
from index.embedded.corpus import DATABASE
from index.read import count, read

NOBODY = 65_534


def made(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".jsonl":
            path.write_text(f'{{"id": "{name}:1", "text": "Fine."}}\n')
        else:
            path.write_text(f"This is {name}.")


def ids(*paths: Path) -> list[str]:
    return [item.id for item in read(*paths) if isinstance(item, Document)]


def refusals(*paths: Path, below: Path) -> dict[str, str]:
    """Reasons by the path of what is refused."""
    found = [item for item in read(*paths) if isinstance(item, Refused)]
    return {Path(item.source).relative_to(below).as_posix(): item.reason for item in found}


def test_ids_are_the_path_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / "x" / "y" / "a.txt").write_text("Fine.")
    monkeypatch.chdir(tmp_path)
    for given, id in (
        ("x", "x/y/a.txt"), ("x/y", "x/y/a.txt"), ("x/y/a.txt", "x/y/a.txt"), (".", "x/y/a.txt"),
        (tmp_path / "x", "x/y/a.txt"), (tmp_path / "x/y/a.txt", "a.txt"), ("../x", "x/y/a.txt"),
    ):  # fmt: skip
        monkeypatch.chdir(tmp_path / "x" if given in (".", "../x") else tmp_path)
        assert ids(Path(given)) == [id]


def test_folder_ids_are_paths_below_it(tmp_path: Path) -> None:
    made(tmp_path / "news", "b.txt", "a.txt", "deep/a.txt", "deep/er/a.txt")
    assert list(read(tmp_path / "news")) == list(read(tmp_path / "news"))
    assert ids(tmp_path / "news") == [
        "news/a.txt", "news/b.txt", "news/deep/a.txt", "news/deep/er/a.txt"
    ]  # fmt: skip
    assert count(tmp_path / "news") == 4


def test_every_file_of_an_unknown_kind_is_named(tmp_path: Path) -> None:
    made(
        tmp_path,
        "a.txt", "report.ps", "minutes.DOC", "dump.toml", "deep/er/photo.jpeg", "archive.tar.gz",
        "notes.toml.gz", "LICENSE", "tab.xls",
    )  # fmt: skip
    assert ids(tmp_path) == [f"{tmp_path.name}/a.txt"]
    assert refusals(tmp_path, below=tmp_path) == {
        "report.ps": "unknown kind of file: .ps",
        "minutes.DOC": "unknown kind of file: .doc",
        "dump.toml": "unknown kind of file: .toml",
        "deep/er/photo.jpeg": "unknown kind of file: .jpeg",
        "archive.tar.gz": "unknown kind of file: .tar",
        "notes.toml.gz": "unknown kind of file: .toml",
        "LICENSE": "unknown kind of file: its name has no ending",
        "tab.xls": "unknown kind of file: .xls",
    }
    assert count(tmp_path) == 9


def test_hidden_files_and_those_of_an_operating_system_are_left_out(tmp_path: Path) -> None:
    made(
        tmp_path,
        "a.txt",
        ".hidden.txt",
        ".git/config",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "~$port.docx",
    )
    assert [item.id for item in read(tmp_path)] == [f"{tmp_path.name}/a.txt"]
    assert count(tmp_path) == 1


def test_a_data_folder_of_ours_is_left_out(tmp_path: Path) -> None:
    made(tmp_path, "a.txt", "data/vectors/a.txt", "data/words/b.txt", "other/b.txt")
    (tmp_path / "data" / DATABASE).touch()
    assert [item.id for item in read(tmp_path)] == [
        f"{tmp_path.name}/a.txt", f"{tmp_path.name}/other/b.txt"
    ]  # fmt: skip
    assert count(tmp_path) == 2


def test_claims_and_judgements_beside_a_corpus_are_left_out(tmp_path: Path) -> None:
    made(
        tmp_path / "data" / "set",
        "corpus.jsonl", "queries.jsonl", "claims_dev.jsonl", "qrels/test.tsv", "more.jsonl",
        "a.txt",
    )  # fmt: skip
    assert sorted(item.id for item in read(tmp_path / "data")) == [
        "corpus.jsonl:1", "data/set/a.txt", "more.jsonl:1"
    ]  # fmt: skip
    assert count(tmp_path / "data") == 3


def test_without_a_corpus_beside_them_they_are_files_like_any_other(tmp_path: Path) -> None:
    made(tmp_path, "queries.jsonl", "qrels/test.tsv")
    assert ids(tmp_path) == ["queries.jsonl:1"]
    (refused,) = refusals(tmp_path, below=tmp_path).items()
    assert refused[0] == "qrels/test.tsv"
    assert refused[1].startswith("no column of text")


def test_links(tmp_path: Path) -> None:
    made(tmp_path / "in", "z.txt")
    made(tmp_path / "out", "far.txt")
    links = {
        "gone.txt": "nowhere.txt", "circle": ".", "other": "../out", "self.txt": "self.txt",
        "good.txt": "../out/far.txt",
    }  # fmt: skip
    for name, target in links.items():
        (tmp_path / "in" / name).symlink_to(target)
    assert ids(tmp_path / "in") == ["in/good.txt", "in/z.txt"]
    assert refusals(tmp_path / "in", below=tmp_path / "in") == {
        "gone.txt": "broken link",
        "self.txt": "broken link",
        "circle": "a link to a folder: add that folder itself",
        "other": "a link to a folder: add that folder itself",
    }
    assert count(tmp_path / "in") == 6
    assert ids(tmp_path / "in" / "other") == ["out/far.txt"]  # given, it is followed


@pytest.mark.timeout(30)
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    made(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")  # to open it is to wait for ever
    os.mkfifo(tmp_path / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.txt"))
        names = ("pipe.txt", "pipe.jsonl", "socket.txt")
        expected = dict.fromkeys(names, "neither a file nor a folder")
        assert refusals(tmp_path, below=tmp_path) == expected
        assert refusals(*(tmp_path / name for name in names), below=tmp_path) == expected
    assert ids(tmp_path) == [f"{tmp_path.name}/a.txt"]
    assert count(tmp_path) == 4


@pytest.mark.parametrize("name", ["missing.txt", "missing", "missing.jsonl", "a.txt/b.txt"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    made(tmp_path, "a.txt")
    assert refusals(tmp_path / name, below=tmp_path) == {name: "no such file or folder"}


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    (refused,) = read(tmp_path / ("x" * 300 + ".txt"))
    assert refused.reason == "File name too long"


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    made(tmp_path, "a.txt")
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("Fine.")
    assert ids(tmp_path) == [f"{tmp_path.name}/a.txt"]
    (refused,) = refusals(tmp_path, below=tmp_path).values()
    assert "id holds a NUL or an unpaired surrogate" in refused


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user may read."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_may_not_be_read_is_named(open_to_all: Path) -> None:
    made(open_to_all, "a.txt", "secret.txt", "secret.jsonl", "shut/b.txt", "z/c.txt")
    for name, mode in (("secret.txt", 0), ("secret.jsonl", 0), ("shut", 0)):
        (open_to_all / name).chmod(mode)
    root = os.geteuid() == 0  # who may read everything
    if root:
        os.seteuid(NOBODY)
    try:
        found, refused = ids(open_to_all), refusals(open_to_all, below=open_to_all)
        expected = count(open_to_all)
    finally:
        if root:
            os.seteuid(0)
        (open_to_all / "shut").chmod(0o755)
    assert found == [f"{open_to_all.name}/a.txt", f"{open_to_all.name}/z/c.txt"]
    assert refused == dict.fromkeys(("secret.txt", "secret.jsonl", "shut"), "Permission denied")
    assert expected == 5


def test_a_folder_of_many_levels(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(1_200):  # more than Python's limit of recursion
        deep = deep / "d"
        deep.mkdir()
    made(deep, "a.jsonl", "a.txt")
    try:
        assert ids(tmp_path) == ["a.jsonl:1"]
        (reason,) = refusals(tmp_path, below=deep).values()
        assert reason == "id is longer than 512 characters"
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # shutil.rmtree recurses


def test_two_files_of_one_id(tmp_path: Path) -> None:
    made(tmp_path / "x", "a.txt", "a.jsonl")
    made(tmp_path / "y", "a.txt", "a.jsonl")
    both = [tmp_path / folder / "a.txt" for folder in ("x", "y")]
    assert ids(*both) == ["a.txt"]
    assert refusals(*both, below=tmp_path) == {
        "y/a.txt": f"has the same id as {both[0]}: add the folder above both"
    }
    lines = [tmp_path / folder / "a.jsonl" for folder in ("x", "y")]
    assert ids(*lines) == ["a.jsonl:1", "a.jsonl:1"]
    assert ids(both[0], both[0]) == ["a.txt", "a.txt"]
