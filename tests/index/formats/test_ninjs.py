"""ninjs: three versions of the standard, associations, rights; what is canceled."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from tests.index.formats.reading import blocks, documents, one, place, read_all, reason

# As an agency sends it in each version of the standard.
FIRST: dict[str, Any] = {
    "uri": "tag:wire.example,2021:1", "type": "text", "version": "2", "profile": "text-only",
    "firstcreated": "2021-06-14T22:00:00Z", "versioncreated": "2021-06-15T08:00:00+02:00",
    "pubstatus": "usable", "urgency": 4, "language": "en-GB", "headline": "Toll <b>raised</b>",
    "byline": "Ada Byron", "infosource": "Lindholm Wire", "copyrightnotice": "(c) Lindholm Wire",
    "usageterms": "Not for archives.", "embargoed": "2021-06-15T12:00:00Z",
    "expires": "2031-06-15T12:00:00Z",
    "body_text": "Plain.", "body_xhtml": "<div><p>The toll is 71 euros.</p><p>It was 48.</p></div>",
    "associations": {
        "featured": {"uri": "tag:pic", "type": "picture",
                     "description_text": "The bridge at noon."},
        "gone": {"uri": "tag:pic2", "type": "picture", "pubstatus": "canceled",
                 "description_text": "The minister, wrongly named."},
        "later": {"uri": "tag:pic3", "type": "picture", "embargoed": "2041-01-01T00:00:00Z",
                  "description_text": "Not before its day."},
        "sidebar": {"uri": "tag:side", "type": "text", "pubstatus": "canceled"},
        "box": {"uri": "tag:box", "type": "text", "headline": "In numbers", "language": "en",
                "body_text": "Some 3,100 cars a day.\n\nNo lorries."},
        "reference": {"uri": "tag:elsewhere", "type": "text", "headline": "Another story"},
    },
}  # fmt: skip
SECOND: dict[str, Any] = {
    "$standard": {"name": "ninjs", "version": "2.1"}, "uri": "https://wire.example/2",
    "type": "text", "versioncreated": "2021-06-15T08:00:00Z", "pubstatus": "usable",
    "headlines": [{"role": "sub", "value": "Below"}, {"role": "main", "value": "Ferry runs"}],
    "bylines": [{"byline": "By Grace Hopper"}], "infosources": [{"name": "Island Post"}],
    "bodies": [{"role": "teaser", "contenttype": "text/plain", "value": "It runs."},
               {"role": "main", "contenttype": "text/html", "value": "<p>It runs again.</p>"}],
    "rightsinfo": {"usageterms": "Free.", "copyrightholder": "Island Post"},
    "associations": [{"name": "pic", "type": "picture", "uri": "x",
                      "descriptions": [{"role": "caption", "value": "The ferry."}]}],
}  # fmt: skip
THIRD: dict[str, Any] = {
    "standard": {"name": "ninjs", "version": "3.0"}, "uri": "urn:x:3", "type": "text",
    "firstCreated": "2021-06-14", "versionCreated": "2021-06-16T08:00:00Z", "version": "3",
    "pubStatus": "withheld", "usageTerms": "Ask.", "headlines": [{"value": "Port"}],
    "bodies": [{"contentType": "text/plain", "value": "The port\n\nhas 25 berths."}],
}  # fmt: skip


def written(item: Any) -> bytes:
    return json.dumps(item).encode()


def test_ninjs_1() -> None:
    main, canceled, box = documents(written(FIRST), "a.json")
    assert (main.id, main.title) == ("tag:wire.example,2021:1", "Toll raised")
    assert blocks(main) == [
        "By Ada Byron", "The toll is 71 euros.", "It was 48.", "The bridge at noon.",
    ]  # fmt: skip
    assert (main.published_at, main.modified_at) == (dt.date(2021, 6, 14), dt.date(2021, 6, 15))
    assert (main.publisher, main.language, main.pubstatus) == ("Lindholm Wire", "en", "usable")
    assert main.embargoed_until == dt.datetime(2021, 6, 15, 12, tzinfo=dt.UTC)
    assert main.expires == dt.datetime(2031, 6, 15, 12, tzinfo=dt.UTC)
    assert (main.usageterms, main.rights) == ("Not for archives.", "(c) Lindholm Wire")
    assert place(main, "48").entry == "tag:wire.example,2021:1"  # type: ignore[union-attr]
    assert place(main, "at noon").entry.endswith("#featured")  # type: ignore[union-attr]
    # What is canceled takes the place of the text that was there before.
    assert (canceled.id, canceled.pubstatus, canceled.text) == ("tag:side", "canceled", "tag:side")
    assert (box.id, box.title) == ("tag:box", "In numbers")
    assert blocks(box) == ["Some 3,100 cars a day.", "No lorries."]


def test_ninjs_2() -> None:
    found = one(written(SECOND), "a.ninjs")
    assert (found.title, found.url) == ("Ferry runs", "https://wire.example/2")
    assert blocks(found) == ["By Grace Hopper", "It runs again.", "The ferry."]
    assert (found.publisher, found.usageterms, found.rights) == (
        "Island Post",
        "Free.",
        "Island Post",
    )
    assert found.published_at == dt.date(2021, 6, 15)


def test_ninjs_3() -> None:
    found = one(written(THIRD), "a.json")
    assert (found.title, found.pubstatus, found.usageterms) == ("Port", "withheld", "Ask.")
    assert blocks(found) == ["The port", "has 25 berths."]
    assert (found.published_at, found.modified_at) == (dt.date(2021, 6, 14), dt.date(2021, 6, 16))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pubstatus": "killed"}, "pubstatus"),
        ({"embargoed": "tomorrow"}, "embargoed_until 'tomorrow' is not understood"),
        ({"embargoed": 4102444800}, "embargoed_until '4102444800' is not understood"),
        ({"embargoed": {"until": "2099-01-01"}}, "is not understood"),
        ({"expires": 1}, "expires '1' is not understood"),
        ({"bodies": []}, "text is empty"),
    ],
)
def test_what_cannot_be_understood_is_not_published(changes: dict[str, Any], expected: str) -> None:
    assert expected in reason(written({**SECOND, "associations": [], **changes}), "a.json")


def test_the_main_body_is_read_whatever_kinds_the_others_are_of() -> None:
    bodies = [
        {"role": "main", "contenttype": "text/plain", "value": "It runs again."},
        {"role": "summary", "contenttype": "text/html", "value": "<p>It runs.</p>"},
    ]
    found = one(written({**SECOND, "bodies": bodies, "associations": []}), "a.json")
    assert blocks(found)[1:] == ["It runs again."]


def test_a_picture_alone_says_its_caption() -> None:
    item = {"uri": "p", "type": "picture", "headline": "Port", "description_text": "The port."}
    assert blocks(one(written(item), "a.json")) == ["The port."]


def test_versions_in_a_list_come_in_their_order() -> None:
    later, earlier = ({"uri": "a", "type": "text", "version": version, "body_text": text}
                      for version, text in (("10", "Later."), ("9", "Earlier.")))  # fmt: skip
    assert [one.text for one in documents(written([later, earlier]), "a.json")] == [
        "Earlier.", "Later.",
    ]  # fmt: skip


def test_a_list_and_what_is_no_item() -> None:
    first, refused, last = read_all(written([SECOND, {"id": 1}, THIRD]), "a.json")
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert refused == Refused("a.json:item 2", "not ninjs: it has no uri")
    assert reason(b'{"a": 1}', "a.json") == "not ninjs: it has no uri"
    assert reason(b'{"a": ', "a.json").startswith("not JSON: ")
    assert reason(b"[" * 100_000, "a.json") == "nested too deeply to be read"
    assert reason(b"[]", "a.json") == "an empty list"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*FIRST, *SECOND, *THIRD, "value", "role"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([FIRST, SECOND, THIRD]),
    st.dictionaries(st.sampled_from([*FIRST, *SECOND, *THIRD]), values),
)
def test_offsets_are_true_whatever_is_in_it(item: dict[str, Any], changes: dict[str, Any]) -> None:
    assert read_all(written({**item, **changes}), "a.json")  # it checks the offsets


def test_tags_without_an_end_are_looked_for_in_linear_time() -> None:
    started = time.process_time()
    found = one(written({"uri": "urn:x:4", "type": "text", "body_text": "<a" * 200_000}), "a.json")
    assert found.text == "<a" * 200_000
    assert time.process_time() - started < 5  # a minute, were it quadratic
