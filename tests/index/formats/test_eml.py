"""E-mail: the message's own words, its sender and day."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.index.formats.reading import blocks, one, read_all, reason


def message(body: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in headers.items():
        made[name] = value
    made.set_content(body)
    return made


def test_a_press_release() -> None:
    mail = message(
        "The toll of the bridge\nis 71 €.\n\n> It was 48.\n\nIt was set in June.\n\n-- \n"
        "Press office\n",
        Subject="Toll of the bridge: 71 €", From="Port of Lindholm <press@port.example>",
        Date="Tue, 15 Jun 2021 23:30:00 -0500",
    )  # fmt: skip
    mail.add_alternative("<p>Not this one.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    found = one(mail.as_bytes(), "a.eml")
    assert blocks(found) == ["The toll of the bridge is 71 €.", "It was set in June."]
    assert found.title == "Toll of the bridge: 71 €"
    assert found.publisher == "Port of Lindholm"
    assert found.published_at == dt.date(2021, 6, 15)


def test_html_alone_in_an_old_encoding() -> None:
    content = (
        b"From: desk@wire.example\r\nSubject: =?iso-8859-1?Q?Caf=E9?=\r\n"
        b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>The caf\xe9.</p><table><tr>"
        b"<th>Year</th><th>Toll</th></tr><tr><td>2020</td><td>48</td></tr></table>"
    )
    found = one(content, "a.eml")
    assert (found.title, found.publisher) == ("Café", "wire.example")
    assert blocks(found) == ["The café.", "Year: 2020; Toll: 48"]
    assert found.published_at is None


def test_what_a_reply_quotes_and_signatures_are_left_out() -> None:
    plain = (
        b"Subject: Toll\r\n\r\nIt is 71 euros.\r\n\r\nOn Monday, Ada wrote:\r\n> It is 48.\r\n"
        b"\r\n-- \r\nGrace\r\n"
    )
    assert blocks(one(plain, "a.eml")) == ["It is 71 euros."]
    page = (
        b"Subject: Toll\nContent-Type: text/html\n\n<p>It is 71 euros.</p><div class='gmail_quote'>"
        b"On Monday<blockquote>It is 48.</blockquote></div><blockquote type=cite>Ah.</blockquote>"
    )
    assert blocks(one(page, "a.eml")) == ["It is 71 euros."]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("iso-8859-1", "cp1252"), ("x-unknown", "utf-8"), ("us-ascii", "cp1252")],
)
def test_encodings_of_messages(charset: str, encoding: str) -> None:
    head = f"Subject: Toll\nContent-Type: text/plain; charset={charset}\n\n".encode()
    assert one(head + "It is 71 €.".encode(encoding), "a.eml").text == "It is 71 €."


def test_a_mailbox_is_called_by_its_name() -> None:
    first, second = (
        f"From a@x Tue Jun 15 1{n}:00:00 2021\nSubject: {n}\n\nText.\n\n" for n in "01"
    )
    assert "a mailbox of several messages" in reason((first + second).encode(), "a.eml")
    assert one(first.encode(), "a.eml").text == "Text."


def test_what_is_refused_is_called_by_its_name() -> None:
    assert reason(b"just words", "a.eml") in ("not a message", "text is empty")
    picture = EmailMessage()
    picture["Subject"] = "A picture"
    picture.set_content(b"\x89PNG", maintype="image", subtype="png")
    assert reason(picture.as_bytes(), "a.eml") == "no text in the message"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_nothing_fails_whatever_is_in_it(content: bytes) -> None:
    assert read_all(b"Subject: x\r\n" + content, "a.eml")  # it checks the offsets
