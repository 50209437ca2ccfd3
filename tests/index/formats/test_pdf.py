"""PDF: columns, running heads, hyphens, boxes; what is refused, and how it is called."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Refused
from index.errors import DocumentTooLarge, UnreadableFile
from index.read.columns import Run, columns
from index.read.paragraphs import Page, paragraphs
from index.read.pdf import read_pdf
from tests.index.formats.pdfs import Words, column, pdf
from tests.index.formats.reading import blocks, one, place, read_all, reason

LEFT = [
    "The council of Lindholm decided on Mon-", "day that the harbour ferry will run ev-",
    "ery forty minutes in the summer of 2021,", "as it had done before the long-term",
    "repairs. The port was praised for its", "twenty-",
    "five berths, and for the Anglo-", "Saxon ship; both are well-known here.",
]  # fmt: skip
RIGHT = [
    "A spokesman said the ferry carried 3,100", "people a day. The fare stays at 2 euros",
    "for residents, and visitors pay 5 euros.", "It is a well-",
    "known port, and a report on it will be", "published in the autumn, the mayor told",
    "the council on Tuesday evening in the", "town hall of Lindholm.",
]  # fmt: skip
ONE_COLUMN = (
    "The council of Lindholm decided on Monday that the harbour ferry will run every forty minutes "
    "in the summer of 2021, as it had done before the long-term repairs. The port was praised for "
    "its twenty-five berths, and for the Anglo-Saxon ship; both are well-known here."
)
OTHER_COLUMN = (
    "A spokesman said the ferry carried 3,100 people a day. The fare stays at 2 euros for "
    "residents, and visitors pay 5 euros. It is a well-known port, and a report on it will be "
    "published in the autumn, the mayor told the council on Tuesday evening in the town hall of "
    "Lindholm."
)


def row_by_row(left: list[str], right: list[str], top: float = 720) -> list[Words]:
    """Two columns, written line by line across both, as some programs do."""
    pairs = zip(column(left, 50, top), column(right, 310, top - 4), strict=True)
    return [words for pair in pairs for words in pair]


def test_two_columns_under_a_headline_are_read_one_after_the_other() -> None:
    headline = (50, 760, 20, "Ferry to run more often")
    found = one(pdf([[headline, *row_by_row(LEFT, RIGHT)]], title="Ferry plans"), "a.pdf")
    assert blocks(found) == ["Ferry to run more often", ONE_COLUMN, OTHER_COLUMN]
    assert found.title == "Ferry plans"


def test_a_quote_leads_back_to_its_page_and_box() -> None:
    second = column(["Nothing else was", "decided that day."], 72, 700, size=12)
    found = one(pdf([row_by_row(LEFT, RIGHT), second]), "a.pdf")
    at = place(found, "Nothing else")
    assert at is not None
    assert at.page == 2
    assert at.box is not None
    left, bottom, right, top = at.box
    assert left == pytest.approx(72, abs=2)
    assert bottom < 700 < top
    assert top - bottom < 20
    assert 150 < right < 180
    both = place(found, "was decided")
    assert both is not None
    assert both.box is not None
    assert both.box[1] < 688 < both.box[3] > 700  # two lines, one box around them
    assert place(found, "Tuesday evening").page == 1  # type: ignore[union-attr]


def test_running_heads_and_page_numbers_are_dropped() -> None:
    pages = [
        [
            (50, 812, 8, f"Harbour Gazette | {number + 10}"),
            (280, 30, 8, str(number + 10)),
            *column(
                [f"Story {'abc'[number]} of the day begins here,", "and it ends here."], 50, 700
            ),
        ]
        for number in range(3)
    ]
    found = one(pdf(pages), "a.pdf")
    assert blocks(found) == [
        f"Story {name} of the day begins here, and it ends here." for name in "abc"
    ]


@pytest.mark.parametrize("foot", ["{}", "- {} -", "Page {} of 12", "Seite {}", "{} / 12"])
def test_page_numbers_are_dropped_on_one_page_too(foot: str) -> None:
    words = [(280, 30, 8, foot.format(7)), *column(["The toll is", "48 euros."], 50, 700)]
    assert one(pdf([words]), "a.pdf").text == "The toll is 48 euros."


def test_lines_in_a_margin_that_differ_in_what_they_say_are_kept() -> None:
    tolls = (48, 71, 12)
    below = column(["Text below it, which", "goes on."], 50, 600)
    pages = [[(50, 800, 10, f"In 2019 the toll was {toll} euros."), *below] for toll in tolls]
    text = one(pdf(pages), "a.pdf").text
    assert all(f"was {toll} euros." in text for toll in tolls)


def test_a_paragraph_goes_on_on_the_next_page() -> None:
    before = ["The bridge was closed on Monday, and the", "mayor promised that it would be re-"]
    after = ["opened before the end of the", "year."]
    pages = [column(before, 50, 80), column(after, 50, 780)]
    found = one(pdf(pages), "a.pdf")
    assert found.text == (
        "The bridge was closed on Monday, and the mayor promised that it would be reopened before "
        "the end of the year."
    )
    at = place(found, "reopened")
    assert at is not None
    assert (at.page, found.text[at.start : at.end]) == (1, "re")


def test_rows_of_a_table_stay_rows() -> None:
    rows = [["Year", "Toll", "Cars"], ["2020", "48", "3,100"], ["2021", "71", "2,400"]]
    words = [
        (50 + 120 * x, 700 - 20 * y, 10, cell)
        for x in range(3)
        for y, cell in enumerate(row[x] for row in rows)
    ]
    assert blocks(one(pdf([words]), "a.pdf")) == [" | ".join(row) for row in rows]


def test_a_column_of_little_text_is_told_by_those_of_other_pages() -> None:
    table = [(330, 720 - 14 * y, 10, name) for y, name in enumerate(["Year", "2020", "2021"])]
    values = [(368, 720 - 14 * y, 10, toll) for y, toll in enumerate(["Toll", "48", "71"])]
    last = [*column([*LEFT[:3], "as it was."], 50, 720), *table, *values]
    found = one(pdf([row_by_row(LEFT, RIGHT), last]), "a.pdf")
    assert blocks(found)[-3:] == ["Year Toll", "2020 | 48", "2021 | 71"]


def test_raised_digits_join_no_number() -> None:
    words = [
        (50, 600, 12, "It holds 10"),
        (111.4, 606, 6, "6"),
        (115, 600, 12, " litres of water."),
    ]
    assert one(pdf([words]), "a.pdf").text == "It holds 10⁶ litres of water."


def test_accents_quotation_marks_and_a_day_in_the_name() -> None:
    found = one(pdf([[(50, 600, 12, "Le café “Ö” coûte 5 €.")]]), "2021-06-15-café.pdf")
    assert found.text == "Le café “Ö” coûte 5 €."
    assert str(found.published_at) == "2021-06-15"  # not the day on which the file was made


@pytest.mark.parametrize(
    "title", ["(anonymous)", "untitled", "Microsoft Word - a.doc", "scan0001", "report.indd"]
)
def test_a_title_that_a_program_made_is_none(title: str) -> None:
    assert one(pdf([[(50, 600, 12, "Words.")]], title=title), "a.pdf").title == ""


def test_what_is_refused_is_called_by_its_name() -> None:
    assert reason(pdf([[]], image=True), "a.pdf").startswith("no text in it: a scan?")
    assert reason(b"%PDF-1.4\nnonsense", "a.pdf") == "not a PDF, or damaged"
    whole = pdf([[(50, 600, 12, "Words.")]])
    key = b"/Filter /Standard /V 1 /R 2 /P -44 /O (%b) /U (%b)" % (b"o" * 32, b"u" * 32)
    root = b"/Root 1 0 R"
    locked = whole.replace(root, root + b" /Encrypt << " + key + b" >> /ID [(a)(a)]")
    assert reason(locked, "a.pdf") == "encrypted: it needs a password"
    with pytest.raises(DocumentTooLarge):
        read_pdf(pdf([column(["Many words in it."] * 20, 50, 700)]), "a", 100)
    with pytest.raises(UnreadableFile, match="more than 5,000"):
        read_pdf(pdf([[]] * 5_001), "a", 100)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["The co-author of an all-", "or-nothing plan left."],
         "The co-author of an all-or-nothing plan left."),
        (["The port is well-", "run for an EU-", "wide market at 12-", "15 per cent."],
         "The port is well-run for an EU-wide market at 12-15 per cent."),
        (["The port is wel-", "come."], "The port is welcome."),
    ],
)  # fmt: skip
def test_hyphens_that_belong_to_words_and_numbers_stay(lines: list[str], said: str) -> None:
    assert one(pdf([column(lines, 50, 700)]), "a.pdf").text == said


def test_lines_of_scripts_without_spaces_are_joined_without_one() -> None:
    runs = [Run("市長は月曜", 50, 690, 250, 700), Run("日に述べた。", 50, 676, 250, 686)]
    assert paragraphs([Page(1, 595, 842, runs)]).text == "市長は月曜日に述べた。"


def test_titles_of_slides_are_no_running_heads() -> None:
    slides = [
        [
            (50, 790, 24, f"Part {number}: the ferry"),
            *column([f"It has {number * 7} men."], 50, 600),
        ]
        for number in (1, 2, 3)
    ]
    assert blocks(one(pdf(slides), "a.pdf")) == [
        text for number in (1, 2, 3)
        for text in (f"Part {number}: the ferry", f"It has {number * 7} men.")
    ]  # fmt: skip


def test_a_line_with_a_raised_number_is_as_high_as_others() -> None:
    lines = column(["It has 1,200 m", "of deck, and no more than that."], 50, 700)
    words = [*lines, (113.5, 704, 6, "2")]
    assert one(pdf([words]), "a.pdf").text == "It has 1,200 m² of deck, and no more than that."


def test_what_is_beside_the_page_is_not_read() -> None:
    lines = [*column(["The ferry runs."], 50, 700), (-300, 700, 10, "It does not.")]
    assert one(pdf([lines]), "a.pdf").text == "The ferry runs."


def test_margins_alone_are_a_scan() -> None:
    stamped = [[(50, 820, 8, f"Scan {number}")] for number in (1, 2, 3)]
    assert "a scan?" in reason(pdf(stamped, image=True), "a.pdf")


def test_a_page_drawn_on_its_side_is_read_upright() -> None:
    whole = pdf(
        [column(["The first line of a page", "that lies on its side."], 50, 700)], rotate=90
    )
    # The letters go up the page, which a viewer turns by a quarter: as a scanner leaves it.
    turned = whole.replace(b"BT /F1", b"q 0 1 -1 0 800 0 cm BT /F1").replace(b"Tj ET", b"Tj ET Q")
    found = one(turned, "a.pdf")
    assert found.text == "The first line of a page that lies on its side."
    at = place(found, "first line")
    assert at is not None
    assert at.box is not None
    assert at.box[3] - at.box[1] > 80  # in the page's own coordinates the line is upright
    assert at.box[2] - at.box[0] < 20


runs = st.builds(
    lambda text, x, y, width, height: Run(text, x, y, x + width, y + height),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    st.floats(0, 500), st.floats(0, 800), st.floats(1, 300), st.floats(1, 30),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(runs, max_size=30), min_size=1, max_size=3))
def test_every_run_of_letters_is_read_once(pages: list[list[Run]]) -> None:
    for page in pages:
        lines = [line for part in columns(page) for line in part]
        assert sum(len(line.text.replace(" ", "").replace("|", "")) for line in lines) == sum(
            len(run.text.replace("|", "")) for run in page
        )


words = st.tuples(
    st.floats(0, 500), st.floats(0, 840), st.floats(4, 30),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(words, max_size=12), min_size=1, max_size=3))
def test_offsets_are_true_whatever_is_on_the_pages(pages: list[list[Words]]) -> None:
    for item in read_all(pdf(pages), "a.pdf"):  # it checks the offsets
        if isinstance(item, Refused):
            assert item.reason.startswith(("no text in it", "text is empty"))


def test_nothing_of_a_page_without_lines() -> None:
    assert paragraphs([Page(1, 595, 842, [])]).text == ""


def test_a_line_of_letters_alone_is_read_in_linear_time() -> None:
    runs = [Run("a" * 100_000, 50, 690, 250, 700), Run("A well-known line.", 50, 676, 250, 686)]
    started = time.process_time()
    assert "well-known" in paragraphs([Page(1, 595, 842, runs)]).text
    assert time.process_time() - started < 5  # minutes, were it quadratic
