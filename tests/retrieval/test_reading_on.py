"""Which passages of a document are read beside its best one."""

from __future__ import annotations

import pytest

from index.documents import Document, document
from index.split import split
from retrieval.reading_on import FURTHER_PASSAGES, LONGEST_ARTICLE, further_passages, takes_back

FILLER = "The council met on Tuesday evening and heard eleven speakers on the plan for the quay."


def article(*paragraphs: str) -> Document:
    return document("a", "\n\n".join(paragraphs), title="Marlow", language="en")


def read(given: Document, best: int, *, decides: bool = False) -> list[str]:
    further = further_passages(given, split(given)[best], decides=decides)
    return [passage.text for passage in further]


def test_the_correction_at_the_end_is_read_first() -> None:
    correction = "Correction, 1 December: an earlier version of this article gave a wrong price."
    given = article(
        "The plot was sold for 5.7 million crowns, the mayor said.", *[FILLER] * 6, correction
    )
    assert read(given, 0)[0] == correction


def test_the_rating_of_a_fact_check_is_read_before_a_denial() -> None:
    denial = "The agency denied on Monday that it had ever sent a letter of that kind to anybody."
    rating = "The letter was forged with a stolen crest and an old name. Our rating: False."
    given = article(
        "A letter says that forty people died after the vaccine.", FILLER, denial, FILLER, rating
    )
    assert read(given, 0)[:2] == [rating, denial]


def test_neighbours_the_last_and_the_first_passage_are_read_where_nothing_is_taken_back() -> None:
    given = article(
        *[f"Paragraph number {n} tells of the harbour and its cranes at length." for n in range(8)]
    )
    assert [text.split()[2] for text in read(given, 4)] == ["5", "3", "7", "0"]


def test_the_best_passage_is_not_read_twice() -> None:
    given = article(
        FILLER, "The video is a fake that was made with a computer game, its maker confirmed."
    )
    best = split(given)[1]
    assert best.text not in read(given, 1)
    assert read(given, 1) == [FILLER]


def test_beside_a_passage_that_decides_only_what_takes_it_back_is_read() -> None:
    denial = "The mayor denied on Monday that the plot had been sold to anybody at all."
    given = article("The plot was sold for 5.7 million crowns.", FILLER, FILLER, denial, FILLER)
    assert read(given, 0, decides=True) == [denial]
    assert read(given, 0) == [denial, FILLER, FILLER]
    assert read(article(*[FILLER] * 4), 0, decides=True) == []


def test_no_more_is_read_than_the_budget_allows() -> None:
    given = article(
        *["The claim is false and there is no evidence of it at all, the office says."] * 30
    )
    assert len(read(given, 10)) == FURTHER_PASSAGES


def test_one_passage_has_nothing_beside_it() -> None:
    assert read(article(FILLER), 0) == []


def test_a_book_is_not_read_on() -> None:
    given = article(*[FILLER] * (LONGEST_ARTICLE // len(FILLER) + 1))
    assert read(given, 0) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Correction: an earlier version said 31.", True),
        ("The journal has retracted the study.", True),
        ("We rate this claim Pants on Fire.", True),
        ("The mayor denied it.", False),
        ("The correct answer is 13.", False),
        ("The party holds that this is not so.", False),
    ],
)
def test_what_takes_back_stands_above_the_rest(text: str, expected: bool) -> None:
    assert takes_back(text) is expected
