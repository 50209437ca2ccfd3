"""Word files: tracked changes accepted, tables, footnotes, headings as places."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.read.content import MAX_FILE_BYTES
from tests.index.formats.reading import blocks, one, place, read_all, reason
from tests.index.formats.zipped import docx, p, zipped

# As a German Word writes it: ids in German, built-in names in English.
STYLES = (
    '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
)
CORE = (
    "<dc:title>Draft 3</dc:title><dcterms:created>2020-01-01T09:00:00Z</dcterms:created>"
    "<dcterms:modified>2021-06-15T10:00:00Z</dcterms:modified>"
)


RAISED = '<w:vertAlign w:val="superscript"/>'


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def test_minutes_of_a_council() -> None:
    body = (
        p("Minutes of the council", "Titel")
        + p("Toll of the bridge", "berschrift1")
        + p("The toll is 48 euros.")
        + p("Ferry", "berschrift1")
        + p("The ferry runs every forty minutes.")
    )
    found = one(docx(body, styles=STYLES, core=CORE), "2021-06-14 minutes.docx")
    assert found.title == "Minutes of the council"
    assert blocks(found) == [
        "Toll of the bridge", "The toll is 48 euros.", "Ferry",
        "The ferry runs every forty minutes.",
    ]  # fmt: skip
    assert place(found, "The toll is").chapter == "Toll of the bridge"  # type: ignore[union-attr]
    assert place(found, "forty").chapter == "Ferry"  # type: ignore[union-attr]
    assert found.published_at == dt.date(2021, 6, 14)
    assert found.modified_at == dt.date(2021, 6, 15)


def test_tracked_changes_are_accepted() -> None:
    body = (
        "<w:p>" + run("The toll is ")
        + "<w:del><w:r><w:delText>48</w:delText></w:r></w:del>"
        + f"<w:ins>{run('71')}</w:ins>"
        + "<w:moveFrom>" + run(" gone") + "</w:moveFrom><w:moveTo>" + run(" euros") + "</w:moveTo>"
        + run(" a day") + run(" or week", "<w:strike/>") + run(" secret", "<w:vanish/>")
        + run(", all year", '<w:strike w:val="0"/>') + run(".") + "</w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("It opened ") + "</w:p>"
        + p("on Monday.")
        + "<w:tbl>" + row(cell("old"), cell("row"), properties="<w:del/>")
        + row(cell("kept"), cell("row")) + "</w:tbl>"
    )  # fmt: skip
    assert blocks(one(docx(body), "a.docx")) == [
        "The toll is 71 euros a day, all year.", "It opened on Monday.", "kept: row",
    ]  # fmt: skip


def test_tables_are_lines_of_header_and_value() -> None:
    span = '<w:gridSpan w:val="2"/>'
    body = (
        "<w:tbl>"
        + row(cell("Year"), cell("Toll", span), properties="<w:tblHeader/>")
        + row(cell("2020", '<w:vMerge w:val="restart"/>'), cell("48"), cell("euros"))
        + row(cell("", "<w:vMerge/>"), cell("71"), cell("crowns"))
        + "</w:tbl><w:tbl><w:tblPr><w:tblLook w:val='04A0'/></w:tblPr>"
        + row(cell("Ship"), cell("Crew")) + row(cell("Ada"), cell("3,100"))
        + "</w:tbl>"
    )  # fmt: skip
    assert blocks(one(docx(body), "a.docx")) == [
        "Year: 2020; Toll: 48; Toll: euros", "Year: 2020; Toll: 71; Toll: crowns",
        "Ship: Ada; Crew: 3,100",
    ]  # fmt: skip


def test_strict_open_xml_is_read_as_the_usual_one() -> None:
    rows = row(cell("Year"), cell("Toll"), properties="<w:tblHeader/>") + row(
        cell("2020"), cell("48")
    )
    body = f"<w:p>{run('It has 10')}{run('6', RAISED)}{run(' cells.')}</w:p><w:tbl>{rows}</w:tbl>"
    usual = docx(body)
    with zipfile.ZipFile(io.BytesIO(usual)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = {
        part: content.replace(name, b"http://purl.oclc.org/ooxml/wordprocessingml/main")
        for part, content in parts.items()
    }
    assert strict != parts
    for content in (usual, zipped(strict)):
        assert blocks(one(content, "a.docx")) == ["It has 10⁶ cells.", "Year: 2020; Toll: 48"]


def test_headers_that_no_value_has_are_kept() -> None:
    rows = row(cell("Year"), cell("Toll"), properties="<w:tblHeader/>") + row(cell("None yet."))
    assert blocks(one(docx(f"<w:tbl>{rows}</w:tbl>"), "a.docx")) == ["Year; Toll", "None yet."]


def test_footnotes_raised_numbers_fields_and_text_boxes() -> None:
    box = f"<w:pict><w:txbxContent>{p('In a box.')}</w:txbxContent></w:pict>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    notes = f'<w:footnote w:id="2">{p("Says the mayor.")}</w:footnote>'
    body = (
        "<w:p>" + run("It holds 10") + run("6", '<w:vertAlign w:val="superscript"/>')
        + run(" litres") + "<w:r><w:footnoteReference w:id='2'/></w:r>"
        + "<w:r><w:instrText>PAGE</w:instrText></w:r>" + run(" of") + "<w:r><w:tab/></w:r>"
        + run("H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O.")
        + f"<w:r>{both}</mc:AlternateContent></w:r></w:p>" + p("After it.")
    )  # fmt: skip
    assert blocks(one(docx(body, footnotes=notes), "a.docx")) == [
        "It holds 10⁶ litres of H2O.", "In a box.", "Says the mayor.", "After it.",
    ]  # fmt: skip


def test_what_is_refused_is_called_by_its_name() -> None:
    assert reason(b"\xd0\xcf\x11\xe0 and more", "a.docx").startswith("encrypted, or a .doc of old")
    assert reason(b"PK nothing", "a.docx").startswith("not a whole ZIP archive")
    assert reason(docx(p("Words."))[:-40], "a.docx").startswith("not a whole ZIP archive")
    assert reason(zipped({"other.xml": "<a/>"}), "a.docx") == "word/document.xml is missing in it"
    assert reason(zipped({"word/document.xml": "<a>"}), "a.docx").startswith("not XML: ")
    assert reason(docx(""), "a.docx") == "text is empty"
    assert reason(docx("<w:x>" * 40 + "</w:x>" * 40), "a.docx") == "nested too deeply"


def test_a_bomb_is_refused() -> None:
    vast = b"<w:p/>" * (MAX_FILE_BYTES // 6 + 1)
    content = zipped({"word/document.xml": vast})
    assert len(content) < 2**20
    assert reason(content, "a.docx") == "unpacks to more than 64 MiB"


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
def test_entities_are_not_expanded(document: str) -> None:
    content = zipped({"word/document.xml": document})
    assert reason(content, "a.docx") == "XML that defines entities is not read"


texts = st.text(st.characters(codec="utf-8", exclude_characters="<>&", min_codepoint=32))
bodies = st.recursive(
    texts.map(p),
    lambda inner: st.builds(
        lambda tag, parts: f"<w:{tag}>{''.join(parts)}</w:{tag}>",
        st.sampled_from(["tbl", "tr", "tc", "sdt", "del", "ins", "p", "x"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(bodies, max_size=5))
def test_offsets_are_true_whatever_is_in_it(parts: list[str]) -> None:
    assert len(read_all(docx("".join(parts)), "a.docx")) == 1  # it checks the offsets
