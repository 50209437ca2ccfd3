"""Whatever is derived carries the versions of what made it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import astuple
from pathlib import Path

import pytest

from index.documents import document
from index.embedded.corpus import DATABASE
from index.errors import RecipeMismatch
from index.ingest import ingest, reindex
from index.recipe import RECIPE, Recipe
from index.split import embedding_text, split
from index.terms import terms
from tests.conftest import OpenEmbedded
from tests.corpus_contract import everything_found, fill, sample
from tests.fakes import FakeEmbedder

TEXT = """Council approves bridge

The council of Lindholm approved 48 million euros for the bridge on Monday. Dr. Ada Marlow said it
would open in May. "We waited for years," she told reporters. Critics disagree, e.g. the U.S. firm
that lost.

Short one.

1) First point 2) second point without a full stop and a very long tail of words that goes on and on
and on, because tables look like this when they are read, and lists too, and on and on and on and on
and on, and on; and on and on and on and on and on and on, and on and on and on and on and on,
and on and on and on and on and on and on and on and on and on, and on and on and on and on and on,
and on and on and on and on and on and on and on and on and on, and on and on and on and on and on.

Ende. Ünïcode überall! Was? Ja."""
OTHER_SCRIPTS = " Lind\u200bholm, 選挙の投票率は六割 (\uff14\uff18), โรงพยาบาล"


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def test_what_a_step_makes_changes_only_with_its_version() -> None:
    """Failed? Then passages or terms are made differently: raise the version in index/recipe.py."""
    passages = [astuple(one)[:-1] for one in split(document("d", TEXT, language="en"))]
    made = {
        "split": (RECIPE.split, digest(passages)),
        "embedding_text": (RECIPE.embedding_text, embedding_text("Title", "Text."),
                           embedding_text("", "Text.")),
        "analysis": (RECIPE.analysis, digest(terms(TEXT + OTHER_SCRIPTS))),
    }  # fmt: skip
    assert made == {
        "split": (4, "fcf5ae1b450d9118"),
        "embedding_text": (1, "Title. Text.", "Text."),
        "analysis": (2, "f74e8a8da981dd31"),
    }


def of_recipe(tmp_path: Path, recipe: str) -> None:
    """Say of the stored passages that another recipe made them."""
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        database.execute("UPDATE documents SET recipe = ?", (recipe,))
    database.close()


def test_content_under_another_splitter_is_never_unchanged(
    open_embedded: OpenEmbedded, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus, documents = open_embedded(), sample(4)
    fill(corpus, documents)
    corpus.close()
    of_recipe(tmp_path, "0.1")
    corpus = open_embedded()
    assert "4 documents were split by an earlier version" in caplog.text
    assert "claimdesk reindex" in caplog.text
    again = [outcome.status for outcome in ingest(documents[:2], corpus, FakeEmbedder())]
    assert again == ["updated", "updated"]
    assert {one.status for one in ingest(documents[:2], corpus, FakeEmbedder())} == {"unchanged"}
    assert len(list(reindex(corpus, FakeEmbedder()))) == 4
    assert {one.status for one in ingest(documents, corpus, FakeEmbedder())} == {"unchanged"}
    corpus.close()
    caplog.clear()
    open_embedded().close()
    assert caplog.text == ""


def test_passages_of_a_newer_claimdesk_are_refused(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(2))
    corpus.close()
    of_recipe(tmp_path, f"{RECIPE.split + 1}.1")
    for writable in (True, False):
        with pytest.raises(RecipeMismatch, match=r"newer claimdesk.*claimdesk reindex"):
            open_embedded(writable=writable)
    corpus = open_embedded(reindexing=True)
    assert len(list(reindex(corpus, FakeEmbedder()))) == 2
    corpus.close()
    open_embedded().close()


def test_a_newer_step_is_told_from_an_older_one() -> None:
    recipe = Recipe(split=10, embedding_text=2)
    assert recipe.of_passages == "10.2"
    assert recipe.is_older_than("11.1")
    assert recipe.is_older_than("9.3")
    assert not recipe.is_older_than("9.2")


@pytest.mark.parametrize("index", ["vectors", "words"])
def test_an_index_of_another_recipe_is_built_anew(
    open_embedded: OpenEmbedded, tmp_path: Path, index: str
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    corpus.close()
    folder = tmp_path / "data" / index
    if index == "vectors":
        (file,) = folder.iterdir()
        file.rename(file.with_name(file.name.replace(f"-r{RECIPE.vectors}-", "-r1-")))
    else:
        stamp = json.loads((folder / "stamp").read_text())
        (folder / "stamp").write_text(json.dumps({**stamp, "recipe": "1.0.1"}))
    before = {file: file.stat().st_ino for file in folder.iterdir()}
    again = open_embedded()
    assert everything_found(again)
    again.close()
    after = {file: file.stat().st_ino for file in folder.iterdir()}
    if index == "vectors":
        (file,) = after
        assert f"-r{RECIPE.vectors}-" in file.name
    else:
        assert json.loads((folder / "stamp").read_text())["recipe"] == RECIPE.of_word_index
        assert not set(before.items()) & {
            item for item in after.items() if item[0].suffix == ".term"
        }
