"""The bytes of an HTML page -> its text, in the encoding in which a browser reads it."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Any

from index.errors import UnreadableFile
from index.language import detect_language
from index.read.content import WESTERN, guessed_encoding, is_western, unmarked_utf_16

# Bytes at the start in which a page names its encoding. Browsers look at 1,024 of them first and
# start anew where the head names it later.
SCANNED_BYTES = 2**14
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_CONTENT = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.I)
_LANGUAGE = re.compile(rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.I)
# The encoding of pages that name none, by their language, as the HTML standard has it.
# https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
_BY_LANGUAGE = {
    "ar": "windows-1256", "az": "windows-1254", "ba": "windows-1251", "be": "windows-1251",
    "bg": "windows-1251", "cs": "windows-1250", "el": "iso-8859-7", "et": "windows-1257",
    "fa": "windows-1256", "he": "windows-1255", "hr": "windows-1250", "hu": "iso-8859-2",
    "ja": "shift_jis", "kk": "windows-1251", "ko": "euc-kr", "ku": "windows-1254",
    "ky": "windows-1251", "lt": "windows-1257", "lv": "windows-1257", "mk": "windows-1251",
    "pl": "iso-8859-2", "ru": "windows-1251", "sah": "windows-1251", "sk": "windows-1250",
    "sl": "iso-8859-2", "sr": "windows-1251", "tg": "windows-1251", "th": "windows-874",
    "tr": "windows-1254", "tt": "windows-1251", "uk": "windows-1251", "vi": "windows-1258",
    "zh": "gb18030",
}  # fmt: skip
_OTHERWISE = "windows-1252"
# The encoding in place of the named one where the text has letters at bytes 0x80 to 0x9f: in the
# named one these are control codes.
_RATHER = {
    "iso-8859-2": "windows-1250", "iso-8859-6": "windows-1256", "iso-8859-7": "windows-1253",
    "iso-8859-8": "windows-1255", "iso-8859-8-i": "windows-1255", "iso-8859-13": "windows-1257",
    "iso-8859-15": "windows-1252",
}  # fmt: skip
_NO_LETTERS = re.compile("[\x80-\x9f]")
_TAG_BYTES = re.compile(rb"<[^<>]*>")
# The search for an end stops where the next element begins, for a page may hold any number of
# elements that do not end.
_MARKUP = re.compile(r"<(script|style)\b(?:(?!<\1\b).)*?</\1|<[^<>]*>", re.I | re.S)
# Code points of a page that names no encoding by which it is told whether the one it gets is right.
JUDGED_CHARS = 200_000


def html_text(content: bytes) -> str:
    """The text of a page: by its byte order mark, the encoding it names, UTF-8, or its language's.

    Labels mean what the WHATWG's Encoding standard says: iso-8859-1 is windows-1252. The bytes go
    before the label: valid UTF-8 is read as UTF-8, a page without any sequence of UTF-8 is not
    read as UTF-8, and UTF-16 is recognised by its bytes.

    Raises:
        UnreadableFile: it names no encoding, or a wrong one, and reads as no text in the usual one.
    """
    import webencodings

    if not content.startswith(_BYTE_ORDER_MARKS):
        if (wide := unmarked_utf_16(content)) is not None:
            return content.decode(wide, "replace")
        named = _named(content[:SCANNED_BYTES])
        encoding = webencodings.lookup(named) if named else None
        if encoding is not None and encoding.name in ("utf-16le", "utf-16be"):
            encoding = webencodings.UTF8  # the label itself could be read
        elif encoding is not None and encoding.name == "x-user-defined":
            encoding = webencodings.lookup(_OTHERWISE)
        if encoding is None or not content.isascii():
            with suppress(UnicodeDecodeError):
                return content.decode()
            is_utf_8 = not content.decode(errors="ignore").isascii()
            if encoding is None or (encoding.name == "utf-8" and not is_utf_8):
                return _unnamed(content)
    else:
        encoding = webencodings.UTF8
    return _decoded(content, encoding)[0].removeprefix("\ufeff")


def _decoded(content: bytes, encoding: Any) -> tuple[str, str]:
    """The text of a page in an encoding, or in the one of `_RATHER`; the name of the one used."""
    import webencodings

    text, used = webencodings.decode(content, encoding)
    if used.name in _RATHER and _NO_LETTERS.search(text):
        text, used = webencodings.decode(content, _RATHER[used.name])
    return str(text), str(used.name)


def in_utf_8(content: bytes, media_type: str, errors: str = "replace") -> bytes:
    """Text in UTF-8 with a byte order mark, where its Content-Type states the encoding.

    Others are left as they are: with a mark of their own, or an encoding that browsers do not know.

    Raises:
        UnicodeDecodeError: errors is "strict", and it is not in the encoding that is stated.
    """
    import webencodings

    charset = media_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    encoding = webencodings.lookup(charset) if charset else None
    if encoding is None or content.startswith(_BYTE_ORDER_MARKS):
        return content
    text, _ = webencodings.decode(content, encoding, errors)
    return codecs.BOM_UTF8 + str(text).encode("utf-8", "surrogatepass")


_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _unnamed(content: bytes) -> str:
    """The text of a page that names no encoding: in that of its language.

    Raises:
        UnreadableFile: it reads as no text in it.
    """
    said = _LANGUAGE.search(content[:SCANNED_BYTES])
    primary = said[1].decode().lower() if said else ""
    label = _BY_LANGUAGE.get(primary, _OTHERWISE)
    text, used = _decoded(content, label)
    seen = _MARKUP.sub(" ", text[:JUDGED_CHARS])
    if used == "windows-1251" and sum(map(str.isupper, seen)) > sum(map(str.islower, seen)):
        text, used = _decoded(content, "koi8-u")  # its small letters are read as capitals
        seen = _MARKUP.sub(" ", text[:JUDGED_CHARS])
    language = detect_language(seen)
    if used == _OTHERWISE:
        is_right = is_western(seen) and (language is None or language in WESTERN)
    else:
        is_right = language in (None, primary)
    if not is_right:
        guess = guessed_encoding(_TAG_BYTES.sub(b" ", content))
        perhaps = f"; perhaps it is {guess}: convert it to UTF-8" if guess else ""
        raise UnreadableFile(
            f"the page names no encoding, and reads as no text in {label}{perhaps}"
        )
    return text


def _named(start: bytes) -> str | None:
    """The label of the encoding that a page names in an XML declaration or a `meta` element."""
    from lxml import etree, html

    if declared := _XML.match(start.removeprefix(b"\xef\xbb\xbf").lstrip()):
        return declared[1].decode()
    parser: Any = html.HTMLParser(encoding="iso-8859-1", recover=True)
    with suppress(etree.LxmlError, ValueError):
        for meta in html.document_fromstring(start, parser=parser).iter("meta"):
            found = _CONTENT.search(meta.get("content", ""))
            if meta.get("charset"):
                return str(meta.get("charset")).strip()
            if meta.get("http-equiv", "").lower() == "content-type" and found:
                return found[1]
    return None
