"""The bytes of an HTML page -> its text, in the encoding in which a browser reads it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

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
# Encodings of one byte a character; text of UTF-8 that names one of them was sent as UTF-8.
_ONE_BYTE = re.compile(r"windows-|iso-8859-|koi8|macintosh|x-mac|ibm866")


def html_text(content: bytes) -> str:
    """The text of a page: by its byte order mark, the encoding it names, UTF-8, or its language's.

    Labels mean what the WHATWG's Encoding standard says: iso-8859-1 is windows-1252. A page that is
    UTF-8 throughout is read so where it names an encoding of one byte a character.
    """
    import webencodings

    named = _named(content[:SCANNED_BYTES])
    encoding = webencodings.lookup(named) if named else None
    if encoding is not None and encoding.name in ("utf-16le", "utf-16be"):
        encoding = webencodings.UTF8  # the label itself could be read
    elif encoding is not None and encoding.name == "x-user-defined":
        encoding = webencodings.lookup(_OTHERWISE)
    if encoding is None or _ONE_BYTE.match(encoding.name):
        with suppress(UnicodeDecodeError):
            return content.decode("utf-8-sig")
    if encoding is None:
        language = _LANGUAGE.search(content[:SCANNED_BYTES])
        primary = language[1].decode().lower() if language else ""
        encoding = webencodings.lookup(_BY_LANGUAGE.get(primary, _OTHERWISE))
    text, _ = webencodings.decode(content, encoding)
    return str(text).removeprefix("\ufeff")


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
