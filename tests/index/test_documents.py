"""The fields of a document: what they are made into, and which are refused."""

import datetime as dt

import pytest

from index.documents import clean, document, parse_date, primary_language, publisher_key
from index.errors import DocumentTooLarge, InvalidDocument


def test_text_and_title_are_normalised() -> None:
    made = document("d", "cafe\u0301", title=" e\u0301 ", language="EN")
    assert (made.text, made.title, made.language) == ("café", "é", "en")


@pytest.mark.parametrize("written", [" Port Tribune ", "Port\u00a0 Tribune", "Port\r\n\tTribune"])
def test_title_and_publisher_are_one_line_with_single_spaces(written: str) -> None:
    made = document("d", "Text.", title=written, publisher=written)
    assert (made.title, made.publisher) == ("Port Tribune", "Port Tribune")


@pytest.mark.parametrize("blank", ["", " ", "\n\t", None])
def test_a_blank_publisher_is_none(blank: str | None) -> None:
    assert document("d", "Text.", publisher=blank).publisher is None


@pytest.mark.parametrize("name", ["Port Tribune", " port  TRIBUNE", "PORT\u2009TRIBUNE\n"])
def test_publishers_are_compared_without_case_and_spacing(name: str) -> None:
    assert publisher_key(name) == "port tribune"


def test_publishers_are_compared_in_one_normal_form() -> None:
    assert publisher_key("Le Progre\u0300s") == publisher_key("LE PROGRÈS")
    assert publisher_key("Straße heute") == publisher_key("STRASSE HEUTE")
    assert publisher_key("Port Tribune") != publisher_key("PortTribune")


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("en", "en"), ("EN", "en"), (" en ", "en"), ("en-GB", "en"), ("en_US", "en"),
        ("eng", "en"), ("English", "en"), ("english", "en"), ("ENGLISH", "en"),
        ("ger", "de"), ("deu", "de"), ("deutsch", "de"), ("German", "de"), ("de-AT-1996", "de"),
        ("français", "fr"), ("fre", "fr"), ("Norwegian Bokmål", "nb"), ("no", "no"), ("NO", "no"),
        ("zh_Hans", "zh"), ("zh-cmn-Hans", "zh"), ("Simplified Chinese", "zh"), ("中文", "zh"),
        ("iw", "he"), ("sr-Latn-RS", "sr"), ("русский", "ru"), ("gsw", "gsw"), ("fil", "fil"),
        ("cmn", "zh"), ("Mandarin", "zh"), ("arb", "ar"), ("nb", "nb"), ("yue", "yue"),
    ],
)  # fmt: skip
def test_a_language_is_kept_as_its_primary_subtag(written: str, language: str) -> None:
    assert primary_language(written) == language
    assert document("d", "Text.", language=written).language == language
    assert primary_language(language) == language


@pytest.mark.parametrize(
    "written",
    ["xx", "zzz", "e", "none", "null", "n/a", "unknown", "soon", "nonsense", "1234", "x-mine",
     "en--GB", "en US", "en;q=0.8", "-", "it's", "l\u0301", "no such thing at all"],
)  # fmt: skip
def test_what_is_no_language_is_refused_by_name(written: str) -> None:
    with pytest.raises(InvalidDocument, match=r"^language ") as refused:
        document("d", "Text.", language=written)
    assert repr(written) in str(refused.value)


def test_a_long_value_that_is_no_language_is_named_by_its_beginning() -> None:
    with pytest.raises(InvalidDocument, match=r"language 'x{40}…' is none"):
        primary_language("x" * 2_000)


@pytest.mark.parametrize("blank", ["", " ", "und", "UND", None])
def test_an_undetermined_language_is_left_to_be_detected(blank: str | None) -> None:
    assert document("d", "Text.", language=blank).language is None


@pytest.mark.parametrize(
    "written",
    ["2021-06-15", "20210615", 20210615, " 2021-06-15 ", "2021-06-15T10:00:00Z",
     "2021-06-15T23:59:59-11:00", "20210615T100000", "2021-06-15 10:00:00 +0200",
     "2021-06-15 10:00",
     "2021-06-15T10:00:00.123456789+02:00", dt.date(2021, 6, 15), dt.datetime(2021, 6, 15, 23, 59)],
)  # fmt: skip
def test_a_date_is_the_day_that_is_written(written: str | int | dt.date) -> None:
    assert parse_date(written) == dt.date(2021, 6, 15)


@pytest.mark.parametrize("blank", ["", None])
def test_no_date(blank: str | None) -> None:
    assert parse_date(blank) is None


@pytest.mark.parametrize(
    "written",
    ["soon", "2021", "2021-06", "20211315", "2021-02-30", "2021-06-15x", "2021-06-15T25:00",
     "20210615123", "15.06.2021", "٢٠٢١-٠٦-١٥", 1623715200, 2021, True, 20210615.0, ["2021-06-15"]],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_how_to_write_one(written: object) -> None:
    with pytest.raises(InvalidDocument, match="not understood: write it as 2021-06-15"):
        parse_date(written)  # type: ignore[arg-type]


@pytest.mark.parametrize("id", ["", " ", "a\nb", "x" * 513, "\x00"])
def test_bad_ids(id: str) -> None:
    with pytest.raises(InvalidDocument):
        document(id, "Text.")


def test_too_long() -> None:
    with pytest.raises(DocumentTooLarge, match="more than the 3"):
        document("d", "1234", max_chars=3)


def test_a_text_is_no_longer_than_allowed_once_it_is_normalised() -> None:
    with pytest.raises(DocumentTooLarge, match="text has 30 characters, more than the 20"):
        document("d", "\U0001d160" * 10, max_chars=20)


@pytest.mark.parametrize("mark", ["\u0301", "\u0f73", "\u0f75", "\u0f81"])
def test_marks_without_end_are_refused_before_they_are_sorted(mark: str) -> None:
    with pytest.raises(InvalidDocument, match="combining marks in a row"):
        document("d", "a" + mark * 300_000)


def test_line_ends_are_line_feeds() -> None:
    assert clean("One.\r\nTwo.\rThree.") == "One.\nTwo.\nThree."
