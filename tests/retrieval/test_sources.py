"""Which documents are one source, and which camp is newer."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from index.documents import Document
from retrieval.sources import canonical_url, independent_sources, newest_camp
from retrieval.types import Newest

SUPPORTS, REFUTES, SILENT = [0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8]


def paper(
    id: str, publisher: str | None = None, url: str | None = None, title: str = ""
) -> Document:
    return Document(id, "text", title, url, publisher)


def sources(documents: list[Document], texts: list[str], rows: list[list[float]]) -> list[int]:
    return independent_sources(documents, texts, np.array(rows, np.float32).reshape(-1, 3))


OTHER_WORDS = [
    "The treasurer put the cost of the bridge at 48 million euros on Tuesday.",
    "In all 48 million were spent, says Lindholm's treasurer.",
    "Forty-eight million euros: so much did the town pay for its new crossing.",
]


def test_pages_of_one_address_are_one_source() -> None:
    pages = [
        paper("a", "Gazette", f"https://g.example/bridge{tail}") for tail in ("", "?v=2", "?amp=1")
    ]
    assert sources(pages, OTHER_WORDS, [SUPPORTS] * 3) == [0, 0, 0]


def test_articles_of_one_publisher_are_different_sources() -> None:
    articles = [paper(str(n), "Gazette", f"https://g.example/{n}") for n in range(3)]
    assert sources(articles, OTHER_WORDS, [SUPPORTS] * 3) == [0, 1, 2]


def test_an_article_number_in_the_address_keeps_articles_apart() -> None:
    articles = [paper(str(n), "Gazette", f"https://g.example/show?id={n}") for n in range(2)]
    assert sources(articles, OTHER_WORDS[:2], [SUPPORTS] * 2) == [0, 1]


def test_one_headline_of_one_publisher_is_one_source() -> None:
    first = paper("1", "Gazette", title="Bridge cost twice as much")
    second = paper("2", " gazette", title="Bridge cost twice as much!")
    elsewhere = paper("3", "Herald", title="Bridge cost twice as much")
    assert sources([first, second, elsewhere], OTHER_WORDS, [SUPPORTS] * 3) == [0, 0, 2]


def test_a_short_headline_names_no_article() -> None:
    columns = [paper(str(n), "Gazette", title="Weather report") for n in range(2)]
    assert sources(columns, OTHER_WORDS[:2], [SUPPORTS] * 2) == [0, 1]


def test_agency_copy_is_one_source() -> None:
    text = "A fire broke out in the engine room of the ferry twenty minutes after she left."
    papers = [paper("1", "Gazette"), paper("2", "Herald")]
    assert sources(papers, [text, text[:60]], [SUPPORTS] * 2) == [0, 0]


@pytest.mark.parametrize(
    "relay",
    [
        "According to Azertag, the centre will be staffed by both countries.",
        "Both armies will staff it, Azertag reported on Friday.",
        "The minister told the Azertag news agency that both would staff it.",
        "Both will staff it, reported Azertag.",
        "Citing Azertag, the paper says that both staff it.",
        "Both armies will staff it, reports the news agency Azertag.",
        "Both will staff it, according to the state broadcaster Azertag.",
        "Both will staff it, the Azertag newspaper said on Friday.",
    ],
)
def test_a_relay_is_no_second_source(relay: str) -> None:
    agency, paper_ = paper("1", "Azertag"), paper("2", "Herald")
    own = "Turkey and Russia each sent 60 servicemen to the monitoring centre in Aghdam."
    assert sources([agency, paper_], [own, relay], [SUPPORTS] * 2) == [0, 0]
    assert sources([paper_, agency], [relay, own], [SUPPORTS] * 2) == [0, 0]


@pytest.mark.parametrize(
    "credit",
    [
        "This article was first published by the agency Azertag and is shown here with thanks.",
        "Originally appeared in Azertag.",
        "AGHDAM (Azertag) - The day was cold.",
        "Republished from Azertag.",
    ],
)
def test_a_text_that_is_anothers_is_no_second_source(credit: str) -> None:
    relay = Document("2", f"Both armies staff it.\n\n{credit}", "", None, "Herald")
    texts = [OTHER_WORDS[0], OTHER_WORDS[2]]
    assert sources([paper("1", "The Azertag"), relay], texts, [SUPPORTS] * 2) == [0, 0]
    assert sources([paper("1", "Trend"), relay], texts, [SUPPORTS] * 2) == [0, 1]


def test_an_article_before_its_name_makes_no_other_publisher() -> None:
    first = paper("1", "The Gazette", title="Bridge cost twice as much")
    second = paper("2", "Gazette", title="Bridge cost twice as much")
    assert sources([first, second], OTHER_WORDS[:2], [SUPPORTS] * 2) == [0, 0]


def test_a_publisher_that_is_only_named_is_no_relay() -> None:
    texts = ["The centre has 60 servicemen.", "Azertag moved to a new building near the centre."]
    assert sources([paper("1", "Azertag"), paper("2", "Herald")], texts, [SUPPORTS] * 2) == [0, 1]


def test_versions_that_disagree_stay_apart() -> None:
    pages = [
        paper("a", "Gazette", "https://g.example/x"),
        paper("b", "Gazette", "https://g.example/x"),
    ]
    assert sources(pages, OTHER_WORDS[:2], [SUPPORTS, REFUTES]) == [0, 1]


def test_what_a_third_links_is_linked() -> None:
    pages = [paper("a", "Gazette", "https://g.example/x"), paper("b", "Azertag")]
    bridge = paper("c", "Gazette", "https://g.example/x#top")
    texts = [OTHER_WORDS[0], OTHER_WORDS[1], "According to Azertag it cost 48 million."]
    assert sources([*pages, bridge], texts, [SUPPORTS] * 3) == [0, 0, 0]


def test_nothing_read_has_no_source() -> None:
    assert sources([], [], []) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://www.g.example/A/?utm_source=x&id=3#top", "g.example/A?id=3"),
        ("http://m.g.example/a/amp/", "g.example/a"),
        ("https://g.example/a/index.html?b=2&a=1", "g.example/a?a=1&b=2"),
        ("https://g.example/a?v=2.1", "g.example/a"),
        ("https://g.example/a?page=2#top", "g.example/a"),
        ("https://g.example/show?page=bridge", "g.example/show?page=bridge"),
        ("https://g.example/show?page=1042", "g.example/show?page=1042"),
        ("https://v.example/watch?v=dQw4w9WgXcQ", "v.example/watch?v=dQw4w9WgXcQ"),
        ("http://[", "http://["),
        ("", None),
        (None, None),
    ],
)
def test_canonical_url(given: str | None, expected: str | None) -> None:
    assert canonical_url(given) == expected


OLD, NEW = dt.date(2023, 2, 11), dt.date(2023, 2, 14)


@pytest.mark.parametrize(
    ("rows", "days", "expected"),
    [
        ([SUPPORTS, REFUTES], [OLD, NEW], Newest("REFUTES", NEW)),
        ([REFUTES, SUPPORTS], [OLD, NEW], Newest("SUPPORTS", NEW)),
        ([SUPPORTS, SUPPORTS], [OLD, NEW], None),
        ([SUPPORTS, REFUTES], [OLD, None], None),
        ([SUPPORTS, REFUTES, SILENT], [OLD, NEW, None], Newest("REFUTES", NEW)),
        ([SUPPORTS, REFUTES, SUPPORTS], [OLD, NEW, NEW], None),
        ([SUPPORTS, REFUTES], [NEW, NEW], None),
    ],
)
def test_newest_camp(
    rows: list[list[float]], days: list[dt.date | None], expected: Newest | None
) -> None:
    assert newest_camp(np.array(rows, np.float32), days) == expected


def copies(texts: list[str], rows: list[list[float]]) -> list[int]:
    """Sources by the likeness of passages alone."""
    return sources([paper(str(n)) for n in range(len(texts))], texts, rows)


AGENCY = "The reactor was shut down on Sunday after a pump failed, the operator said on Monday."


def test_near_copies_of_agency_copy_are_one_source() -> None:
    texts = [
        AGENCY,
        "(Wire) " + AGENCY + " No one was hurt.",
        AGENCY.removesuffix(", the operator said on Monday.") + ".",
        "A pump failure led the operator to stop the reactor at the weekend.",
    ]
    assert copies(texts, [SUPPORTS] * 4) == [0, 0, 0, 3]


def test_a_changed_number_is_a_dispute_not_a_copy() -> None:
    texts = [
        "The new harbour bridge cost 48 million euros.",
        "The new harbour bridge cost 71 million euros.",
    ]
    assert copies(texts, [SUPPORTS, REFUTES]) == [0, 1]
    assert copies(texts, [SUPPORTS, SUPPORTS]) == [0, 0]


def test_two_short_reports_in_words_of_their_own_are_two_sources() -> None:
    texts = ["Yes, the mayor resigned.", "The mayor resigned on Friday after a vote."]
    assert copies(texts, [SUPPORTS, SUPPORTS]) == [0, 1]
    texts[0] = "The mayor resigned."
    assert copies(texts, [SUPPORTS, SUPPORTS]) == [0, 0]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_cuts_of_one_report_are_one_source_in_any_order(order: tuple[int, ...]) -> None:
    words = AGENCY.split()
    cuts = [" ".join(words[:8]), AGENCY, " ".join(words[-8:])]
    assert copies([cuts[0], cuts[2]], [SUPPORTS, SUPPORTS]) == [0, 1]
    assert copies([cuts[at] for at in order], [SUPPORTS] * 3) == [0, 0, 0]


def test_short_and_empty_texts_have_a_source_too() -> None:
    assert copies(["No.", "Yes.", "no"], [SUPPORTS, SUPPORTS, SUPPORTS]) == [0, 1, 0]
    assert copies(["…", "!"], [SILENT, SILENT]) == [0, 0]
    assert copies([], []) == []
