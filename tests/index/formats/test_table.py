"""CSV and TSV: delimiters, encodings, line ends in cells, the names of columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from index.read import named
from tests.index.formats.reading import documents, one, place, read_all, reason

# As a spreadsheet in Germany writes it: semicolons, a byte order mark, quoted line ends.
EXCEL = (
    "\ufeffID;Headline;Body;Date;Ressort\r\n"
    '1;"Maut; erhöht";"Die Maut kostet 71 €.\r\nSie kostete ""48"".";2021-06-15;Stadt\r\n'
    ";;;;\r\n"
    '2;Fähre;"Sie fährt wieder, täglich.";;\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_a_spreadsheet_writes(encoding: str) -> None:
    unknown: Counter[str] = Counter()
    content = EXCEL.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding)
    first, second = documents(content, "a.csv", unknown=unknown)
    assert (first.id, first.title) == ("1", "Maut; erhöht")
    assert first.text == 'Die Maut kostet 71 €.\nSie kostete "48".'
    assert first.published_at == dt.date(2021, 6, 15)
    assert place(first, "71 €").row == 2  # type: ignore[union-attr]
    assert (second.id, second.published_at) == ("2", None)
    assert place(second, "Sie").row == 5  # type: ignore[union-attr]
    assert unknown == {"Ressort": 1}


def test_windows_1252_tabs_and_an_address_as_the_id() -> None:
    text = "The café on the harbour – the “new” one – will cost the council €5 million to build."
    content = f"url\ttitle\ttext\nhttps://a.example/1\tA café for the harbour\t{text}\n"
    found = one(content.encode("cp1252"), "a.tsv")
    assert (found.id, found.url) == ("https://a.example/1", "https://a.example/1")
    assert found.text == text


def test_other_names_of_columns() -> None:
    content = b"key,Story,first published\nk,The toll is 71.,20210615\n"
    found = one(content, "a.csv", names=named("id=key,text=story,published_at=First published"))
    assert (found.id, found.text, found.published_at) == (
        "k",
        "The toll is 71.",
        dt.date(2021, 6, 15),
    )


def test_a_row_that_is_none_does_not_stop_the_rest() -> None:
    content = (
        "id,text,date\n1,One.,2021-06-15\n2,Two, and more,2021-06-15\n3,Three.,later\n"
        ",Four.\n5,Five.\n"
    )
    found = read_all(content.encode(), "a.csv")
    assert [item.id for item in found if isinstance(item, Document)] == ["1", "5"]
    assert [item for item in found if isinstance(item, Refused)] == [
        Refused("a.csv:3", "has 4 cells, the first row names 3"),
        Refused("a.csv:4", "date 'later' is not understood: write it as 2021-06-15"),
        Refused("a.csv:5", "needs id (_id)"),
    ]


def test_what_spreadsheets_add_is_no_part_of_the_cells() -> None:
    found = documents(b"sep=;\n id ; text ;url\n 7 ; A, b. ; https://x.example \n", "a.csv")
    assert [(item.id, item.text, item.url) for item in found] == [
        ("7", " A, b. ", "https://x.example"),
    ]  # fmt: skip


def test_a_cell_that_goes_on_after_its_end_refuses_its_row_alone() -> None:
    refused, found = read_all(b'id,text\n1,"a"b\n2,Fine.\n', "a.csv")
    assert isinstance(refused, Refused)
    assert refused.source == "a.csv:2"
    assert isinstance(found, Document)
    assert found.id == "2"


def test_what_is_refused_is_called_by_its_name() -> None:
    assert reason(b"", "a.csv") == "no first row that names the columns"
    assert reason(b"id,story\n1,x\n", "a.csv").startswith("no column of text (text, abstract")
    assert reason(b"id,Text,text\n1,x,y\n", "a.csv") == "the column 'text' comes twice"
    assert reason("id,text\n1,здравствуй мир\n".encode("cp1251"), "a.csv").startswith("not UTF-8")
    first, refused = read_all(b'id,text\n1,One.\n2,"Two.\n3,Three.\n', "a.csv")
    assert isinstance(first, Document)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith("line 3: a cell in quotation marks that has no end")
    endless = b'id,text\n1,"' + b"x" * 200_000
    assert reason(endless, "a.csv", max_chars=1_000).startswith("line 2: a cell in quotation marks")


def test_an_encoding_that_shows_late_is_refused_where_it_is() -> None:
    rows = "".join(f"{number},A plain row of text.\n" for number in range(10_000))
    content = f"id,text\n{rows}".encode() + b"x,caf\xe9 again\ny,after it\n"
    *found, refused = read_all(content, "a.csv")
    assert len(found) > 9_000
    assert isinstance(refused, Refused)
    assert "not UTF-8" in refused.reason


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=40)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_a_table_is_read_as_it_was_written(rows: list[tuple[str, str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "text"])
    for number, row in enumerate(rows):
        writer.writerow([f"n{number}", *row])
    found = read_all(out.getvalue().encode(), "a.csv")  # it checks the offsets
    assert len(found) == len(rows)
