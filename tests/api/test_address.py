"""An address of a database is checked without the database, and its password is never shown."""

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.address import Database, database_of, place_of
from api.cli import main
from api.settings import Settings

SECRET = "hunter2"
FULL = f"postgresql://desk:{SECRET}@db.example:5432/news?sslmode=require&password={SECRET}"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (FULL, "postgresql://desk@db.example:5432/news"),
        ("postgres://db/news", "postgres://db/news"),
        (f"postgresql://:{SECRET}@db/news", "postgresql://@db/news"),
        ("postgresql:///news?host=/tmp/sockets", "postgresql:///news?host=/tmp/sockets"),
        ("postgresql://[::1]:5433,b:5434/news", "postgresql://[::1]:5433,b:5434/news"),
        (f"postgresql://desk:{SECRET}%40%2F@db/news", "postgresql://desk@db/news"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    given = place_of(address)
    assert isinstance(given, Database)
    assert str(given) == shown
    assert given.secret == address
    assert SECRET not in f"{given} {given!r}"
    assert pickle.loads(pickle.dumps(given)) == given


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://desk:{SECRET}@db/news",
        f"postgresql:/desk:{SECRET}@db/news",
        f"PostgreSQL://desk:{SECRET}@db/news",
        f"postgressql://desk:{SECRET}@db/news",
        f"postgresql://desk:{SECRET}@db",
        f"postgresql://desk:{SECRET}@db/",
        f"postgresql://desk:{SECRET}@db/news/more",
        f"postgresql://desk:{SECRET}/x@db/news",
        f"postgresql://desk:{SECRET}#x@db/news",
        f"postgresql://desk:{SECRET}?x@db/news",
        f"postgresql://desk:{SECRET}@db:port/news",
        f"postgresql://desk:{SECRET} x@db/news",
        f"postgresql://desk:{SECRET}%zz@db/news",
        f"postgresql://desk:{SECRET}%00@db/news",
        f"postgresql://desk:{SECRET}@[::1/news",
        f"postgresql://desk:{SECRET}@[]/news",
        f"postgresql://desk:[{SECRET}@[::1]/news",
        f"host=db dbname=news password={SECRET}",
        f"password = '{SECRET}' host=db",
        f"postgresql://desk:{SECRET}@[::1]x/news",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLAIMDESK_DATA", address)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert SECRET not in f"{caught.value} {caught.value!r}"
    with pytest.raises(SystemExit):
        main(["documents", "list"])
    said = capsys.readouterr().err
    assert said.startswith("claimdesk: CLAIMDESK_DATA: ") or "CLAIMDESK_DATA: " in said
    assert SECRET not in said


def test_settings_show_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMDESK_DATA", FULL)
    monkeypatch.setenv("CLAIMDESK_READ_DATA", FULL.replace("db.", "copy."))
    chosen = Settings()
    assert chosen.data == database_of(FULL)
    assert chosen.read_data == database_of(FULL.replace("db.", "copy."))
    dumped = chosen.model_dump(mode="json")
    assert dumped["data"] == "postgresql://desk@db.example:5432/news"
    assert dumped["read_data"] == "postgresql://desk@copy.example:5432/news"
    for said in (str(chosen), repr(chosen), chosen.model_dump_json(), str(chosen.model_dump())):
        assert SECRET not in said


def test_a_folder_stays_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMDESK_DATA", str(tmp_path))
    assert Settings().data == tmp_path
    assert Settings().model_dump(mode="json")["data"] == str(tmp_path)
    assert Settings(data="C:/corpus").data == Path("C:/corpus")


def test_a_replica_is_of_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMDESK_READ_DATA", "postgresql://db/news")
    with pytest.raises(ValidationError, match="CLAIMDESK_DATA is a folder"):
        Settings(data=tmp_path)
    monkeypatch.setenv("CLAIMDESK_READ_DATA", "")
    assert Settings(data=tmp_path).read_data is None
    monkeypatch.setenv("CLAIMDESK_READ_DATA", str(tmp_path))
    with pytest.raises(ValidationError, match="no postgresql:// address"):
        Settings(data="postgresql://db/news")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "file"], "pg_dump"),
        (["restore", "file"], "claimdesk move"),
    ],
)
def test_what_is_for_a_folder_says_what_to_use(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--data", FULL])
    assert stopped.value.code == 1
    line = capsys.readouterr().err
    assert said in line
    assert "postgresql://desk@db.example:5432/news is a database" in line
    assert SECRET not in line
