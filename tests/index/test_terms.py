"""The terms of a text: what a search finds it by."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from index.terms import searchable, terms
from tests.fakes import FakeEmbedder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bridges of Lindholm", ["the", "bridg", "of", "lindholm"]),
        ("48 million, 3.5 %", ["48", "million", "3", "5"]),
        ("immi\u00adgra\u00adtion", ["immigr"]),
        ("Lind\u200bholm \u2060rose\ufeff", ["lindholm", "rose"]),
        ("\u202bright\u202c to left\u200f", ["right", "to", "left"]),
        ("\uff14\uff18 \uff2d\uff49\uff4c\uff4c\uff49\uff4f\uff4e", ["48", "million"]),
        ("ﾃﾚﾋﾞ", ["テレ", "レビ"]),
        ("10⁶ and ½", ["10⁶", "and", "½"]),
        ("選挙の投票率", ["選挙", "投票", "票率"]),
        ("ホテルで手紙を書いた", ["ホテ", "テル", "手紙", "書", "いた"]),
        ("医院。关闭", ["医院", "关闭"]),
        ("橋", ["橋"]),
        ("第3回", ["第", "3", "回"]),
        ("GDPは48億円", ["gdp", "48", "億円"]),
        ("สะพานใหม่", ["สะ", "ะพ", "พา", "าน", "นใ", "ให", "หม"]),
        ("서울 시장", ["서울", "시장"]),
        ("Ünïcode überall", ["ünïcode", "überal"]),
        ("x" * 64, []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_what_is_searchable_stays_so(text: str) -> None:
    assert terms(text) == terms(f" {text} ")
    assert len(searchable(text)) <= 4 * len(text) + 2 or "\ufdfa" in text


def test_long_texts_take_linear_time() -> None:
    for text in ("橋" * 1_000_000, "\u200b" * 1_000_000, "\uff14" * 1_000_000, "é " * 500_000):
        started = time.process_time()
        searchable(text)
        assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("immigration", "shy"), ("Lindholm", "zero"), ("48", "wide"), ("投票率", "ja"),
        ("关闭", "zh"), ("โรงพยาบาล", "th"),
    ],
)  # fmt: skip
def test_words_are_found_that_stand_in_the_text(query: str, found: str) -> None:
    corpus = ExactCorpus()
    texts = {
        "shy": "The law on immi\u00adgra\u00adtion passed.", "zero": "In Lind\u200bholm it rained.",
        "wide": "It cost \uff14\uff18 million.", "ja": "選挙の投票率は六割だった。",
        "zh": "医院计划明年关闭。", "th": "โรงพยาบาลจะปิดในปีหน้า",
        "th0": "นายกเทศมนตรีกล่าวว่าสะพานใหม่มีค่าใช้จ่าย", "ja0": "病院は来年閉鎖される予定である。",
    }  # fmt: skip
    list(ingest([document(id, text) for id, text in texts.items()], corpus, FakeEmbedder()))
    (best, *_) = corpus.search_words(query, 3)
    passage = corpus.passages([best.key])[best.key]
    assert passage.document_id == found
    assert passage.text == texts[found]
