"""File -> Document: .txt, .md, .html, .jsonl, alone or in folders."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from index.documents import MAX_DOCUMENT_CHARS, Document, Refused, document
from index.errors import CorpusError, UnreadableFile

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_FILE_BYTES = 64 * 2**20
ESCAPED_BYTES = 6  # of one character, as \\uXXXX
_HTML_BREAK = re.compile(r"<br\b", re.I)
_CLOSING_RULE = re.compile(r"\n---[ \t]*(?:\n|\Z)")
_NO_VALUE = ("", "~", "null", "Null", "NULL")
FIELDS = ("title", "url", "publisher", "published_at", "language")


def read(*paths: Path, max_chars: int = MAX_DOCUMENT_CHARS) -> Iterator[Document | Refused]:
    """Every document of files or, recursively, of folders; what cannot be read is `Refused`.

    An id is the path that was given (`examples/a.md`, whether `examples` was given or the file),
    without what leads up to it where that is absolute, or the `id` that the file itself states.
    Files of lines beside a `corpus.jsonl` (BEIR, SciFact) are claims and judgements: they are left
    out.
    """
    names: dict[str, Path] = {}
    for path in paths:
        for file, name in _files(path):
            first = names.setdefault(name, file)
            # Of a file of lines the name is no id: each line states its own.
            if first != file and name and file.suffix.lower() != ".jsonl":
                yield Refused(str(file), f"has the same id as {first}: add the folder above both")
            else:
                yield from _read(file, name, max_chars)


def _read(file: Path, name: str, max_chars: int) -> Iterator[Document | Refused]:
    try:
        if file.suffix.lower() == ".jsonl" and file.is_file():
            yield from read_jsonl(file, max_chars)
        elif not file.exists():
            kind = "broken link" if file.is_symlink() else "no such file or folder"
            yield Refused(str(file), kind)
        else:
            yield READERS[file.suffix.lower()](file, name, max_chars)
    except (CorpusError, OSError) as error:
        yield Refused(str(file), _reason(error))
    except RecursionError:
        yield Refused(str(file), "nested too deeply")
    except Exception as error:  # noqa: BLE001 - a parser that fails on one file must not end the run
        yield Refused(str(file), f"cannot be parsed: {type(error).__name__}: {error}")


def count(path: Path) -> int:
    """How many documents `read` will yield, about: for a progress bar."""
    total = 0
    for file, _ in _files(path):
        try:
            if file.suffix.lower() == ".jsonl":
                with file.open("rb") as lines:
                    total += sum(1 for _ in lines)
            else:
                total += 1
        except OSError:
            total += 1
    return total


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Files to read, with the id each gets; what cannot be looked at is for `_read` to report."""
    known = {*READERS, ".jsonl"}
    outside = path.is_absolute() or ".." in path.parts
    try:
        if not path.is_dir():
            yield path, path.name if outside else path.as_posix()
            return
    except OSError:
        yield path, ""
        return
    prefix = Path(path.resolve().name) if outside or path == Path() else path
    for file in sorted(path.rglob("*")):
        below = file.relative_to(path)
        if any(part.startswith(".") for part in below.parts) or file.suffix.lower() not in known:
            continue
        corpus = file.with_name("corpus.jsonl")
        if file.suffix.lower() == ".jsonl" and file != corpus and corpus.is_file():
            continue
        if file.is_file() or file.is_symlink():
            yield file, (prefix / below).as_posix()


def read_jsonl(file: Path, max_chars: int = MAX_DOCUMENT_CHARS) -> Iterator[Document | Refused]:
    """One document a line. BEIR's `_id` and SciFact's `doc_id` and `abstract` are understood."""
    with file.open("rb") as lines:
        for number, line in bounded_lines(lines, max_chars):
            source = f"{file}:{number}"
            yield too_long(source) if line is None else parse_line(line, source, max_chars)


def bounded_lines(lines: IO[bytes], max_chars: int) -> Iterator[tuple[int, bytes | None]]:
    """Line number and line, or None for one that no document of `max_chars` needs.

    Such a line is passed over in pieces: it never is in memory whole.
    """
    limit = ESCAPED_BYTES * max_chars + 2**16
    number = 0
    while line := lines.readline(limit):
        number += 1
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := lines.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def too_long(source: str) -> Refused:
    """What is said of a line that `bounded_lines` passed over."""
    return Refused(source, "the line is longer than a document may be")


def parse_line(line: bytes, source: str, max_chars: int) -> Document | Refused:
    """One line of NDJSON -> Document, or the reason why not."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Refused(source, "not a JSON object in UTF-8")
    if not isinstance(row, dict):
        return Refused(source, "not a JSON object in UTF-8")
    identifier = next((row[key] for key in ("id", "_id", "doc_id") if row.get(key) is not None), "")
    text = row.get("text", row.get("abstract"))
    if isinstance(text, list) and all(isinstance(part, str) for part in text):
        text = " ".join(part.strip() for part in text)
    if text == "" and row.get("title"):
        text = row["title"]  # in BEIR's sets some documents are no more than that
    if text is None or identifier == "":
        return Refused(source, f"needs {'text' if identifier else 'id (or _id)'}")
    if type(identifier) is int:  # true is an int, too
        identifier = str(identifier)
    try:
        metadata = {name: row.get(name) for name in FIELDS}
        return document(identifier, text, **metadata, max_chars=max_chars)
    except CorpusError as error:
        return Refused(source, str(error))


def _text(file: Path, name: str, max_chars: int) -> Document:
    return document(name, _decode(file), max_chars=max_chars)


def _markdown(file: Path, name: str, max_chars: int) -> Document:
    from markdown_it import MarkdownIt

    header, body = _front_matter(_decode(file))
    title = header.get("title")
    blocks: list[str] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            text = "".join(map(_shown, token.children or []))
            if not title and before is not None and before.tag == "h1":
                title = text
            elif text.strip() and text != title:
                blocks.append(text)
        elif token.type in {"code_block", "fence"}:
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "html_block" and (text := _html_text(token.content)):
            blocks.append(text)
    metadata = {key: header.get(key) for key in FIELDS} | {"title": title}
    identifier = str(header.get("id") or name)
    return document(identifier, "\n\n".join(blocks), **metadata, max_chars=max_chars)


def _shown(part: Token) -> str:
    """What a reader sees of a part of a line."""
    if part.type in {"text", "code_inline"}:
        return part.content
    return "\n" if "break" in part.type or _HTML_BREAK.match(part.content) else ""


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    """YAML between two `---` lines at the top, and what follows."""
    import yaml

    if not text.startswith("---\n"):
        return {}, text
    # The line break before the closing rule is the one after the opening rule where it is empty.
    closing = _CLOSING_RULE.search(text, 3)
    if closing is None:
        return {}, text
    head, body = text[3 : closing.start()], text[closing.end() :]
    try:
        # Every value as it is written: read as YAML, a language of "no" is false.
        header = yaml.load(head, yaml.BaseLoader) or {}  # noqa: S506 - it makes strings alone
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(f"front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(header, dict):
        raise UnreadableFile("front matter is not a list of key: value lines")
    # A list or a mapping is none of the fields, and may be aliases of aliases: never written out.
    said = {key: v for key, v in header.items() if isinstance(v, str) and v not in _NO_VALUE}
    return {str(key): value for key, value in said.items()}, body


def _html(file: Path, name: str, max_chars: int) -> Document:
    """Main text and metadata by trafilatura, which is given bytes and fetches nothing."""
    import trafilatura

    _check_size(file)
    content = file.read_bytes()
    page = trafilatura.bare_extraction(
        content,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params={"extensive_search": False},  # its date is not the one that is kept
    )
    if page is None or isinstance(page, dict) or not (page.text or "").strip():
        raise UnreadableFile("no main text found in the page")
    paragraphs = [line for line in page.text.split("\n") if line.strip() and line != page.title]
    return document(
        name,
        "\n\n".join(paragraphs),
        title=page.title,
        url=page.url,
        publisher=page.sitename,
        published_at=_published(content),
        max_chars=max_chars,
    )


def _published(content: bytes) -> str | None:
    """The day that a page says of itself, in its head or marked in its body, read by htmldate. Any
    other may be the footer's or another story's, and `as_of` would take it for the page's own.
    """
    from htmldate import find_date
    from lxml import html

    page = html.fromstring(content)
    said = html.Element("html")
    said.extend(page.xpath("//head"))
    body = html.Element("body")
    body.extend(page.xpath("//body//script[@type='application/ld+json']"))
    body.extend(page.xpath("//body//time[@pubdate or @itemprop='datePublished']"))
    said.append(body)
    found = find_date(said, extensive_search=False, original_date=True)
    return str(found) if found else None


def _html_text(fragment: str) -> str:
    """What a reader sees of a piece of HTML."""
    from lxml import etree, html

    element = html.fragment_fromstring(fragment, create_parent="div")
    etree.strip_elements(element, "script", "style", etree.Comment, with_tail=False)
    for apart in element.iter("br", "p", "div", "li", "tr", "td", "th"):  # or 12 and 15 read 1215
        if apart is not element:
            apart.tail = f"\n{apart.tail or ''}"
    lines = str(element.text_content()).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _check_size(file: Path) -> None:
    if file.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableFile(f"larger than {MAX_FILE_BYTES // 2**20} MiB")


def _decode(file: Path) -> str:
    _check_size(file)
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"not UTF-8 (byte {error.start})") from error


def _unknown(file: Path, name: str, max_chars: int) -> Document:
    known = ", ".join(sorted({*READERS, ".jsonl"} - {""}))
    raise UnreadableFile(f"unknown kind of file; known are {known}")


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


class _Readers(dict[str, Callable[[Path, str, int], Document]]):
    def __missing__(self, suffix: str) -> Callable[[Path, str, int], Document]:
        return _unknown


READERS = _Readers(
    {".txt": _text, ".md": _markdown, ".markdown": _markdown, ".html": _html, ".htm": _html}
)
