"""Lines of JSON -> documents, or the reason why not."""

import datetime as dt
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document, Refused
from index.read import NAMES, count, named, parse_line, read

MAX = 10_000


def parsed(line: bytes | str | dict, **options) -> Document | Refused:
    if isinstance(line, dict):
        line = json.dumps(line)
    return parse_line(line.encode() if isinstance(line, str) else line, "f:1", MAX, **options)


def taken(line: bytes | str | dict, **options) -> Document:
    found = parsed(line, **options)
    assert isinstance(found, Document), found
    return found


def reason(line: bytes | str | dict, **options) -> str:
    found = parsed(line, **options)
    assert isinstance(found, Refused), found
    assert found.source == "f:1"
    return found.reason


def test_beir_and_scifact_lines(tmp_path: Path) -> None:
    rows = [
        {"_id": "1", "title": "T", "text": "Text.", "metadata": {}},
        {"doc_id": 2, "title": "S", "abstract": ["One. ", "Two."], "structured": False},
        {"id": "3", "text": "X.", "published_at": "2020-01-02T10:00:00+00:00"},
        {"_id": "4", "title": "No more than this", "text": ""},
    ]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "not a document"}\n')
    found = list(read(tmp_path))
    assert [item.id for item in found] == ["1", "2", "3", "4"]
    assert found[1].text == "One. Two."
    assert found[2].published_at == dt.date(2020, 1, 2)
    assert found[3].text == "No more than this"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "not JSON: Expecting value (character 1)"),
        ('{"id": "a", "text": "x"', "not JSON: Expecting ',' delimiter (character 24)"),
        ('{"id": "a"} {"id": "b"}', "not JSON: Extra data (character 13)"),
        ("{'id': 'a'}", "not JSON: Expecting property name"),
        (b'{"id": "a", "text": "\xff"}', "not UTF-8 (byte 21)"),
        ('{"id": "a", "text": "x"}'.encode("utf-16"), "not UTF-8 (byte 0)"),
        ("[]", "not a JSON object but a list"),
        ('"text"', "not a JSON object but a string"),
        ("7", "not a JSON object but a number"),
        ("null", "not a JSON object but null"),
        ("true", "not a JSON object but true"),
        ("[" * 100_000, "nested too deeply to be read"),
        ('{"id": "a", "x": ' + "[" * 100_000, "nested too deeply to be read"),
        ("{}", "needs id (_id)"),
        ('{"text": "b"}', "needs id (_id)"),
        ('{"id": "", "text": "b"}', "needs id (_id)"),
        ('{"id": "a"}', "needs text"),
        ('{"id": "a", "text": null, "abstract": null}', "needs text"),
        ('{"id": "c", "text": ""}', "text is empty"),
        ('{"id": "c", "text": [" "]}', "text is empty"),
        ('{"id": "d", "text": "\\ud800"}', "text holds a NUL or an unpaired surrogate"),
        ('{"id": "e", "text": 5}', "text must be a string or a list of strings, not a number"),
        ('{"id": "e", "body": {"a": 1}}', "body must be a string or a list of strings, not an obj"),
        ('{"id": "e", "text": ["x", 1]}', "text must be a string or a list of strings, not a list"),
        ('{"id": {"a": 1}, "text": "x"}', "id must be a string or an integer of at most 512 digi"),
        ('{"id": true, "text": "x"}', "id must be a string or an integer of at most 512 digits"),
        ('{"id": 1.5, "text": "x"}', "id must be a string or an integer of at most 512 digits"),
        ('{"id": "f", "text": "x", "title": 1984}', "title must be a string, not a number"),
        ('{"id": "f", "text": "x", "publisher": ["P"]}', "publisher must be a string, not a list"),
        (
            '{"id": "f", "text": "x", "published_at": "soon"}',
            "published_at 'soon' is not understood: write it as 2021-06-15",
        ),
        ('{"id": "f", "text": "x", "date": {"$date": 1}}', "date must be a day such as 2021-06-15"),
        ('{"id": "f", "text": "x", "language": "elvish"}', "language 'elvish' is none"),
    ],
)
def test_a_line_is_refused_for_what_is_wrong_with_it(line: bytes | str, said: str) -> None:
    assert reason(line).startswith(said)


def test_the_rest_of_a_file_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b'{"id": "ok", "text": "Fine."}\nnot json\n\n\xff\n{"id": 5, "text": "Last."}')
    first, second, third, last = read(file)
    assert (first.id, last.id) == ("ok", "5")
    assert (second.source, third.source) == (f"{file}:2", f"{file}:4")


@pytest.mark.parametrize("digits", [1, 600, 5_000, 50_000])
def test_long_numbers_in_a_field_that_is_not_kept_do_no_harm(digits: int) -> None:
    for number in ("9" * digits, "-" + "9" * digits, "0." + "3" * digits, f"1e{digits}"):
        assert taken(f'{{"id": "a", "n": {number}, "text": "Fine."}}').text == "Fine."


def test_an_id_may_be_a_long_integer_but_not_longer_than_an_id() -> None:
    assert taken(f'{{"id": {"7" * 400}, "text": "x"}}').id == "7" * 400
    assert "at most 512 digits, not a number" in reason(f'{{"id": {"7" * 600}, "text": "x"}}')


@pytest.mark.parametrize("depth", [1, 50, 2_000])
def test_nesting_in_a_field_that_is_not_kept_is_taken_or_named(depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        nested = opening * depth + "1" + closing * depth
        found = parsed(f'{{"id": "a", "text": "Fine.", "x": {nested}}}')
        assert isinstance(found, Document) or "nested too deeply" in found.reason
        assert isinstance(found, Document) or depth > 50


@pytest.mark.parametrize("written", ['"20210615"', "20210615", '"2021-06-15T23:00:00Z"'])
def test_dates_in_every_iso_form_are_taken(written: str) -> None:
    row = f'{{"id": "a", "text": "x", "published_at": {written}}}'
    assert taken(row).published_at == dt.date(2021, 6, 15)


@pytest.mark.parametrize("blank", [None, "", []])
def test_a_blank_text_gives_way_to_the_abstract(blank: object) -> None:
    for row in ({"text": blank, "abstract": "Five."}, {"abstract": "Five.", "text": blank}):
        assert taken({"id": "a", **row}).text == "Five."


@pytest.mark.parametrize("key", ["text", "id", "title", "x", 'odd "key"', "\x1b[2J"])
def test_a_key_that_comes_twice_is_named(key: str) -> None:
    fields = {"id": '"a"', "text": '"b"', key: '"c"'}
    row = ", ".join(f"{json.dumps(name)}: {value}" for name, value in fields.items())
    assert reason(f'{{{row}, {json.dumps(key)}: "d"}}') == f"the key {key!r} comes twice"


def test_a_key_that_comes_twice_is_found_in_whatever_way_it_is_written() -> None:
    assert reason('{"id": "a", "text": "x", "te\\u0078t": "y"}') == "the key 'text' comes twice"
    long = "k" * 500
    assert len(reason(f'{{"id": "a", "text": "x", "{long}": 1, "{long}": 2}}')) < 100


def test_a_key_twice_inside_a_field_that_is_not_kept_does_no_harm() -> None:
    assert taken('{"id": "a", "text": "x", "meta": {"k": 1, "k": 2}}').text == "x"


def test_usual_names_are_known() -> None:
    found = taken(
        {"id": "a", "headline": "H", "body": "B.", "date": "2021-06-15", "lang": "German"}
    )
    assert (found.title, found.text, found.language) == ("H", "B.", "de")
    assert found.published_at == dt.date(2021, 6, 15)
    assert taken({"id": "a", "content": ["One.", "Two."]}).text == "One. Two."


def test_our_own_names_come_first() -> None:
    found = taken({"headline": "no", "title": "yes", "body": "no", "text": "yes", "id": "a"})
    assert (found.title, found.text) == ("yes", "yes")


def test_fields_that_are_not_kept_are_counted() -> None:
    unknown: Counter[str] = Counter()
    for row in (
        {"id": "a", "text": "x", "author": "A", "tags": ["t"], "metadata": {}},
        {"id": "b", "text": "x", "body": "y", "author": "B", "tags": [], "section": None, "n": 0},
        {"id": "c", "author": "of a line that is refused"},
    ):
        parsed(row, unknown=unknown)
    assert unknown == {"author": 2, "tags": 1, "body": 1, "n": 1}


def test_names_without_end_are_not_counted_without_end() -> None:
    unknown: Counter[str] = Counter()
    for n in range(1_000):
        parsed({"id": "a", "text": "x", f"{n}-{'k' * 1_000}": 1, "author": "A"}, unknown=unknown)
    assert len(unknown) <= 100
    assert max(map(len, unknown)) <= 61
    assert unknown["author"] == 1_000


def test_a_mapping_says_where_fields_are() -> None:
    names = named("text=story, title = head ,published_at=first_published")
    row = {"id": "a", "story": "S.", "head": "H", "first_published": "20210615", "text": "no"}
    found = taken(row, names=names)
    assert (found.text, found.title) == ("S.", "H")
    assert found.published_at == dt.date(2021, 6, 15)
    undated = taken({"id": "a", "story": "S.", "date": "2021-06-15"}, names=names)
    assert undated.published_at is None
    assert reason({"id": "a", "text": "no"}, names=names) == "needs text (story)"
    assert named("id=key")["text"] == NAMES["text"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("", "'' is not field=name"),
        ("text", "'text' is not field=name"),
        ("text=", "'text=' is not field=name"),
        ("text=a,,", "'' is not field=name"),
        ("txt=a", "'txt' is no field; there are id, text, title"),
        ("text=a,text=b", "'text' is mapped twice"),
    ],
)
def test_a_mapping_that_is_none_is_refused(mapping: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        named(mapping)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.JSONL", "a.jsonl.gz", "a.ndjson.GZ"])
def test_files_of_lines_by_any_of_their_names(tmp_path: Path, name: str) -> None:
    content = b'{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}'
    (tmp_path / name).write_bytes(
        gzip.compress(content) if name.lower().endswith("gz") else content
    )
    unknown: Counter[str] = Counter()
    found = list(read(tmp_path, unknown=unknown))
    assert [item.text for item in found] == ["One.", "Two."]
    assert count(tmp_path) == 2


def test_a_damaged_compressed_file_keeps_what_was_read_and_is_named(tmp_path: Path) -> None:
    rows = b"".join(b'{"id": "%d", "text": "Number %d."}\n' % (n, n * n) for n in range(20_000))
    whole = gzip.compress(rows)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "none.jsonl.gz").write_bytes(b"not compressed")
    (tmp_path / "spoilt.jsonl.gz").write_bytes(whole[:5_000] + b"\x00" * 500 + whole[5_500:])
    found = list(read(tmp_path))
    refused = {Path(r.source).name: r.reason for r in found if isinstance(r, Refused)}
    for name in ("cut.jsonl.gz", "none.jsonl.gz"):
        assert refused[name].startswith("the compressed file is damaged: ")
    assert any("spoilt" in name for name in refused)
    assert sum(isinstance(item, Document) for item in found) > 5_000
    assert count(tmp_path) >= 3


def test_a_line_longer_than_any_document_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    row = json.dumps({"id": "a", "text": "x", "junk": "y" * 200_000})
    file.write_text(f'{row}\n{{"id": "b", "text": "Fine."}}\n{row}')
    first, fine, last = read(file, max_chars=1_000)
    assert first.reason == last.reason == "the line is longer than a document may be"
    assert fine.id == "b"
    assert last.source.endswith(":3")
    assert count(file) == 3


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3), st.just({"a": 1}),
)  # fmt: skip


@pytest.mark.parametrize("name", ["modified_at", "updated_at"])
def test_the_day_of_the_last_change_is_kept_beside_that_of_publication(name: str) -> None:
    found = taken({"id": "a", "text": "T.", "date": "2021-06-15", name: "2021-07-01T10:00:00Z"})
    assert found.published_at == dt.date(2021, 6, 15)
    assert found.modified_at == dt.date(2021, 7, 1)
    assert reason({"id": "a", "text": "T.", name: "later"}) == (
        f"{name} 'later' is not understood: write it as 2021-06-15"
    )


FIELDS = sorted({name for names in NAMES.values() for name in names})


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_object_is_a_document_or_has_a_reason(row: dict) -> None:
    found = parsed(row)
    if isinstance(found, Document):
        assert found.text.strip()
        assert found.id
    else:
        assert 0 < len(found.reason) < 200
        assert "\n" not in found.reason


@given(st.binary(max_size=200))
def test_any_bytes_have_a_reason(line: bytes) -> None:
    found = parsed(line)
    assert isinstance(found, Refused)
    assert found.reason


@pytest.mark.parametrize("edge", ["1e999", "NaN", "1" + "0" * 400, "-1e8", "true", '"1"'])
def test_a_box_that_no_page_has_is_refused(edge: str) -> None:
    place = f'{{"start": 0, "end": 4, "page": 1, "box": [0, 0, 1, {edge}]}}'
    line = f'{{"id": "a", "text": "One.", "places": [{place}]}}'
    assert reason(line) == "places are not understood: box"
