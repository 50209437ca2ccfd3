import datetime as dt
import gzip
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document, Refused
from index.read import NAMES, read
from index.read.content import MAX_FILE_BYTES, decoded
from index.read.formats import BY_ENDING
from index.read.markdown import read_markdown
from index.read.paths import BESIDE_CORPUS, CORPUS, SYSTEM_FILES

EXAMPLES = Path(__file__).parents[2] / "examples"


def one(path: Path) -> Document:
    (found,) = read(path)
    assert isinstance(found, Document), found
    return found


def refusal(path: Path) -> str:
    (found,) = read(path)
    assert isinstance(found, Refused), found
    return found.reason


def test_markdown_with_front_matter() -> None:
    found = one(EXAMPLES / "centre-opens.md")
    assert found.id == "centre-opens.md"
    assert found.title == "Joint monitoring centre opens near Agdam"
    assert found.publisher == "Example Wire"
    assert found.published_at == dt.date(2021, 1, 30)
    assert "60 servicemen" in found.text
    assert "---" not in found.text


def test_markdown_is_stored_as_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(
        "# Title\n\nSome *bold* [link](https://x.org) text.\n\n- first\n- second `code`\n"
    )
    assert (one(file).title, one(file).text) == (
        "Title", "Some bold link text.\n\nfirst\n\nsecond code"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("deep.md", "---\ntitle: " + "[" * 5_000 + "]" * 5_000 + "\n---\nx", "nested too deeply"),
        ("bad.md", "---\ntitle: : :\n---\nx", "front matter is not YAML"),
        ("bad.toml.md", "+++\ntitle = \n+++\nx", "front matter is not TOML: Invalid value"),
    ],
)
def test_a_file_that_breaks_its_parser_is_refused_by_name(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "z.txt").write_text("Fine.")
    refused, fine = read(tmp_path)
    assert isinstance(refused, Refused)
    assert name in refused.source
    assert reason in refused.reason
    assert isinstance(fine, Document)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("---\naccess: [law, sport]\n---\n", "access"),
        ("---\nPubStatus:\n- withheld\n---\n", "pubstatus"),
        ("---\nembargoed: {until: 2030-01-01}\n---\n", "embargoed"),
        ("+++\nexpires = 07:00:00\n+++\n", "expires"),
    ],
)
def test_front_matter_that_hides_by_what_is_not_understood_is_refused(
    tmp_path: Path, header: str, name: str
) -> None:
    (tmp_path / "a.md").write_text(f"{header}Text.\n")
    (refused,) = read(tmp_path)
    assert isinstance(refused, Refused)
    assert f"{name} must be a single string" in refused.reason


def test_front_matter_that_is_empty_or_has_a_date_for_a_title(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\n---\nText of a.\n")
    (tmp_path / "b.md").write_text("---\ntitle: 2021-01-01\n---\nText of b.\n")
    a, b = read(tmp_path)
    assert (a.text, a.title) == ("Text of a.", "")
    assert (b.text, b.title) == ("Text of b.", "2021-01-01")


@pytest.mark.parametrize("closing", ["---\n", "---  \n", "---\t\n"])
def test_front_matter_ends_at_its_rule(tmp_path: Path, closing: str) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: X\n{closing}Text.\n")
    (found,) = read(tmp_path)
    assert (found.title, found.text) == ("X", "Text.")


@pytest.mark.parametrize("closing", ["---\n", "...\n", "... \n"])
@pytest.mark.parametrize("opening", ["---\n", "--- \n", "---\t\n", "---\r\n"])
@pytest.mark.parametrize("key", ["published_at", "date", "Date", "PUBLISHED_AT", "'date'"])
def test_front_matter_says_the_day(tmp_path: Path, opening: str, closing: str, key: str) -> None:
    (tmp_path / "a.md").write_text(f"{opening}Title: X\n{key}: 2021-06-15\n{closing}Text.\n")
    found = one(tmp_path / "a.md")
    assert (found.title, found.text) == ("X", "Text.")
    assert found.published_at == dt.date(2021, 6, 15)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("date = 2021-06-15", 15), ('date = "2021-06-15"', 15),
        ("date = 2021-06-15T23:59:59-07:00", 15), ("published_at = 2021-06-15T10:00:00", 15),
    ],
)  # fmt: skip
def test_front_matter_in_toml(tmp_path: Path, line: str, day: int) -> None:
    head = f'+++\ntitle = "No"\nlang = "no"\n{line}\ntags = ["a"]\nweight = 3\n+++\n'
    (tmp_path / "a.md").write_text(f"{head}Tekst.\n\n+++\n\nMer.\n")
    found = one(tmp_path / "a.md")
    assert (found.title, found.language, found.text) == ("No", "no", "Tekst.\n\n+++\n\nMer.")
    assert found.published_at == dt.date(2021, 6, day)


@pytest.mark.parametrize(
    ("name", "head", "day"),
    [
        ("2021-06-15-bridge-opens.md", "", "2021-06-15"),
        ("2021-06-15-bridge-opens.md", "---\ntitle: T\n---\n", "2021-06-15"),
        ("2021-06-15-bridge-opens.md", "---\ndate: 2021-06-16 10:00:00 +0200\n---\n", "2021-06-16"),
        ("2021-06-15.md", "", None),
        ("report-2021-06-15-final.md", "", None),
    ],
)
def test_the_day_in_the_name_of_a_file(
    tmp_path: Path, name: str, head: str, day: str | None
) -> None:
    (tmp_path / name).write_text(f"{head}Text.\n")
    found = one(tmp_path / name).published_at
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    "block",
    ["Mayor: the bridge cost 48 million euros.", "- a list", "Two words", "Note: [", "'quoted'"],
)
def test_a_text_between_two_rules_is_no_front_matter(tmp_path: Path, block: str) -> None:
    (tmp_path / "a.md").write_text(f"---\n{block}\n\n---\nThe auditors disagreed.\n")
    text = one(tmp_path / "a.md").text
    assert block.removeprefix("- ") in text
    assert text.endswith("The auditors disagreed.")


def test_a_rule_further_down_takes_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One.\n\n---\ntitle: Two\n\n---\n\nThree.\n")
    assert one(tmp_path / "a.md").text == "One.\n\ntitle: Two\n\nThree."
    (tmp_path / "b.md").write_text("---\ntitle: T\n---\nOne.\n\n---\n\nTwo.\n\n...\n\nThree.\n")
    assert one(tmp_path / "b.md").text == "One.\n\nTwo.\n\n...\n\nThree."


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("1986. It was the year.", "1986. It was the year."),
        ("12. března 1999 se země připojila.", "12. března 1999 se země připojila."),
        ("1. Ada, 1,312 votes\n2. Jonas", "1. Ada, 1,312 votes\n\n2. Jonas"),
        ("1.\n\nAfter an item without text.", "After an item without text."),
        ("1. one\n1. two\n1. three", "1. one\n\n2. two\n\n3. three"),
        ("7) seven\n8) eight", "7) seven\n\n8) eight"),
        ("0. zero", "0. zero"),
        ("- one\n\n  3. three\n  4. four\n- two", "one\n\n3. three\n\n4. four\n\ntwo"),
        ("1. a\n   - b\n2. c", "1. a\n\nb\n\n2. c"),
        ("1. a\n\n   b\n\n2. c", "1. a\n\nb\n\n2. c"),
        ("3.     code\n4. b", "3. code\n\n4. b"),
        ("1986\\. It was.", "1986. It was."),
    ],
)
def test_numbers_of_a_list_are_kept_as_a_reader_sees_them(
    tmp_path: Path, markdown: str, text: str
) -> None:
    (tmp_path / "a.md").write_text(f"# Title\n\n{markdown}\n")
    assert one(tmp_path / "a.md").text == text


def test_front_matter_of_a_file_without_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: X\n---")
    (refused,) = read(tmp_path)
    assert refused == Refused(str(tmp_path / "a.md"), "text is empty")


def test_front_matter_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\nid: 007\ntitle: No\nlanguage: no\npublisher: 24\nurl: ~\n"
        "published_at: 2021-01-30\n---\nTekst.\n"
    )
    found = one(tmp_path / "a.md")
    assert (found.id, found.title, found.language, found.publisher, found.url) == (
        "007", "No", "no", "24", None
    )  # fmt: skip
    assert found.published_at == dt.date(2021, 1, 30)


def test_aliases_in_front_matter_are_not_written_out(tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))
    (tmp_path / "a.md").write_text(f"---\ntitle: T\nl0: &l0 x\n{levels}publisher: *l39\n---\nText.")
    found = one(tmp_path / "a.md")
    assert (found.title, found.publisher, found.text) == ("T", None, "Text.")


def test_html_in_markdown_is_kept_as_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# T\n\n<p>The <b>first</b> paragraph.</p>\n\nSecond.\n\n<blockquote>\nShe said no.\n"
        "</blockquote>\n\n<!-- a note -->\n\n<script>\nrun()\n</script>\n\n"
        "<div>\n\nThird.\n\n</div>\n"
    )
    assert one(tmp_path / "a.md").text == (
        "The first paragraph.\n\nSecond.\n\nShe said no.\n\nThird."
    )


@pytest.mark.parametrize(
    ("written", "blocks"),
    [
        ("1986. It began.\n\n12. March it was.", ["1986. It began.", "12. March it was."]),
        ("1. One\n1. Two\n1. Three", ["1. One", "2. Two", "3. Three"]),
        ("7. Seven\n9. Nine\n7. Seven", ["7. Seven", "9. Nine", "7. Seven"]),
        ("| Year | Fish |\n| - | - |\n| 2020 | 12[^1] |\n\n[^1]: In tonnes.",
         ["Year: 2020; Fish: 12", "In tonnes."]),
        ("It took <script>3</script><span hidden><b>4</b></span>5 days.", ["It took 5 days."]),
        (">" * 60 + " So it goes on.", ["So it goes on."]),
    ],
)  # fmt: skip
def test_markdown_says_what_is_written(tmp_path: Path, written: str, blocks: list[str]) -> None:
    (tmp_path / "a.md").write_text(f"# T\n\n{written}\n")
    assert one(tmp_path / "a.md").text.split("\n\n") == blocks


def test_html_in_markdown_glues_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# T\n\nIt cost 12<br>15 million, <b>or</b> so, says `<br>`.\n\n"
        "| a | b |\n| - | - |\n| 3<br/>4 | 5 |\n\n"
        "<table><tr><td>12</td><td>15</td></tr><tr><td>Paris</td><td>R<i>ome</i></td></tr></table>\n"
    )
    blocks = one(tmp_path / "a.md").text.split("\n\n")
    assert blocks[0] == "It cost 12\n15 million, or so, says <br>."
    assert blocks[1] == "a: 3 4; b: 5"
    assert blocks[-1] == "12: 15\nParis: Rome"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It killed ~~12~~ 15 people.", "It killed 15 people."),
        ("It killed <del>12</del> 15 people, <S>or 3</S>.", "It killed 15 people,."),
        ("It killed 12~~13~~14.", "It killed 12 14."),
        ("~~Gone~~ Here, ~~**x** `y`~~.", "Here,."),
        ("It cost 5 ~~million~~.", "It cost 5."),
        (
            "Some 10<sup>6</sup>, 10^6^ and 10^-3^ of 2<sup>10</sup>",
            "Some 10⁶, 10⁶ and 10⁻³ of 2¹⁰",
        ),
        ("5 km<sup>2</sup>, x^2^ and (a + b)^2^", "5 km², x² and (a + b)²"),
        ("CO<sub>2</sub>, H~2~O and 101<sub>2</sub>", "CO2, H2O and 101₂"),
        ("1<sup>st</sup>, XIX<sup>e</sup>, M<sup>me</sup>", "1st, XIXe, Mme"),
        ("11<sup>2</sup> days, 310,000<sup>3</sup> euros", "11 days, 310,000 euros"),
        ("In the end<sup>4</sup>, 9<sup>[2](#fn2)</sup> won<sup>*</sup>", "In the end, 9 won"),
        ("It took days<sup>a</sup> and `10^6^ ~~x~~`", "It took days and 10^6^ ~~x~~"),
        ("An open 10<sup>6", "An open 10 6"),
        ("~5~ and 3 ^ 2 ^ and a~b", "~5~ and 3 ^ 2 ^ and a~b"),
    ],
)
def test_struck_out_and_raised_text(tmp_path: Path, markdown: str, text: str) -> None:
    (tmp_path / "a.md").write_text(f"# Title\n\n{markdown}\n")
    assert one(tmp_path / "a.md").text == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It cost 12[^1].\n\nLast.\n\n[^1]: In *2019*.", "It cost 12.\n\nIn 2019.\n\nLast."),
        ("One[^b] two[^a].\n\n[^a]: A.\n[^b]: B.", "One two.\n\nB.\n\nA."),
        ("One[^a].\n\nTwo[^a].\n\n[^a]: A.", "One.\n\nA.\n\nTwo."),
        ("One[^a].\n\n[^a]: A.\n\n    More.\n\nTwo.", "One.\n\nA.\n\nMore.\n\nTwo."),
        ("1. One[^a]\n2. Two\n\n[^a]: A.", "1. One\n\nA.\n\n2. Two"),
        ("One^[An inline note.] two.", "One two.\n\nAn inline note."),
        ("One[^a].\n\n[^a]: A[^b].\n[^b]: B[^a].", "One.\n\nA.\n\nB."),
        ("One[^a].\n\n[^a]:\n    1. a\n    2. b", "One.\n\n1. a\n\n2. b"),
        ("No such note[^x].", "No such note[^x]."),
        ("One.\n\n[^a]: Nothing refers to it.", "One."),
    ],
)
def test_footnotes_follow_the_block_that_refers_to_them(
    tmp_path: Path, markdown: str, text: str
) -> None:
    (tmp_path / "a.md").write_text(f"# Title\n\n{markdown}\n")
    assert one(tmp_path / "a.md").text == text


def test_a_footnote_of_the_title(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title[^1]\n\nText.\n\n[^1]: A note.\n")
    found = one(tmp_path / "a.md")
    assert (found.title, found.text) == ("Title", "A note.\n\nText.")


@pytest.mark.parametrize("part", ["a^1^", "<sup>", "<del>", "[^1]", "~~a~~", "a<sup>1</sup>"])
def test_marks_without_end_take_linear_time(part: str) -> None:
    content = (part * (100_000 // len(part)) + "\n\nEnd.\n\n[^1]: Note.").encode()
    started = time.process_time()
    read_markdown(content, "a.md", 1_000_000)
    assert time.process_time() - started < 20


def test_html_main_text_and_metadata() -> None:
    found = one(EXAMPLES / "train-line.html")
    assert found.title == "Night train to the coast returns after 14 years"
    assert found.publisher == "Coast Observer"
    assert found.published_at == dt.date(2024, 9, 1)
    assert found.url == "https://example.org/observer/night-train"
    assert found.text.startswith("The night train between")
    assert "Imprint" not in found.text
    assert "\n\nTrains will leave" in found.text


@pytest.mark.parametrize(
    ("head", "foot", "published"),
    [
        ("", "<footer>Copyright 2019 Port Tribune</footer>", None),
        ("", '<footer class="footer">Copyright 3 March 2019 Port</footer>', None),
        ("", '<div id="footer">© 2019 Port Tribune. Updated 5 May 2021</div>', None),
        ("", '<aside><a>Old news</a> <time datetime="2011-01-02">2 January</time></aside>', None),
        ("", '<p class="event-date">The fair is on 3 March 2015.</p>', None),
        (
            '<meta property="article:published_time" content="2024-02-03T08:00:00Z">',
            "<footer>Copyright 2019 Port Tribune</footer>",
            "2024-02-03",
        ),
        ("", '<time pubdate datetime="2024-02-03">3 February</time>', "2024-02-03"),
        (
            "",
            '<script type="application/ld+json">{"@type": "NewsArticle", '
            '"datePublished": "2024-02-03T08:00:00Z"}</script>',
            "2024-02-03",
        ),
    ],
)
def test_a_page_has_the_date_that_it_says_of_itself(
    tmp_path: Path, head: str, foot: str, published: str | None
) -> None:
    (tmp_path / "a.html").write_text(
        f"<html><head><title>The bridge</title>{head}</head><body><article><h1>The bridge</h1>"
        "<p>The bridge over the bay will be closed to lorries, the city council decided after a "
        "long debate about its weight, its age and what a new one would cost.</p>"
        "<p>The old bridge had been opened on 3 March 2015, or 2015-03-03 as its sign has it, and "
        f"nobody had looked at it since, said the head of the office.</p></article>{foot}"
        "</body></html>"
    )
    found = one(tmp_path / "a.html").published_at
    assert (found and found.isoformat()) == published


def test_files_that_are_no_documents(tmp_path: Path) -> None:
    cases = {
        "latin.txt": (b"caf\xe9", "not UTF-8 (byte 3)"),
        "empty.txt": (b" \n", "text is empty"),
        "bad.md": (b"---\ndate: [\n---\ntext", "front matter is not YAML"),
        "words.md": (b"---\n'a\ntitle: b'\n---\ntext", "front matter is not a list"),
        "date.md": (
            b"---\npublished_at: later\n---\ntext",
            "'later' is not understood",
        ),
        "empty.html": (b"<html><body></body></html>", "no main text found in the page"),
        "what.doc": (b"\xd0\xcf", "unknown kind of file: .doc"),
    }
    for name, (content, reason) in cases.items():
        (tmp_path / name).write_bytes(content)
        assert reason in refusal(tmp_path / name), name
    assert refusal(tmp_path / "missing.txt") == "no such file or folder"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.txt.gz"])
def test_byte_order_marks_and_line_ends(tmp_path: Path, encoding: str, name: str) -> None:
    mark = "\ufeff" if encoding[-2:] in ("le", "be") else ""
    content = f"{mark}Déjà vu.\r\nThree \U0001f600.".encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert one(tmp_path / name).text == "Déjà vu.\nThree \U0001f600."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("caf\u00e9".encode("cp1252"), "not UTF-8 (byte 3); perhaps it is windows-1252: convert"),
        (
            "Žena řekla, že prší příliš.".encode("cp1250"),
            "not UTF-8 (byte 0); perhaps it is cp1250",
        ),
        (
            "Мэр сказал, что мост дорог.".encode("koi8-r"),
            "not UTF-8 (byte 0); perhaps it is",
        ),
        (
            "橋の費用は四千万円だったと述べた。".encode("cp932"),
            "not UTF-8 (byte 0); perhaps it is cp932",
        ),
        ("Le maire a déclaré que le pont a coûté".encode("cp850"), "not UTF-8 (byte 12); perhaps"),
        ("Le maire a déclaré que le pont a coûté".encode("mac-roman"), "not UTF-8 (byte 12)"),
        ("Belediye başkanı köprünün ışığını söyledi.".encode("cp1254"), "not UTF-8 (byte 11); per"),
        ("Le pont a coûté 48 millions d'€ à la ville".encode("iso8859-15"), "not UTF-8 (byte 12)"),
        (b"\xff\xfea", "not UTF-16 (byte 2)"),
        (b"\xff\xfe\x00\x00\xff\xff\xff\xff", "not UTF-32 (byte 4)"),
        (b"\x7fELF\x02\x01\x00\x00", "text holds a NUL"),
        (b"\x01\x00\x02\x00\x03\x00", "text holds a NUL"),
        (b"\x7fELF\x02\x01\x00", "text holds a NUL"),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert refusal(tmp_path / "a.txt").startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        "Le maire a déclaré lundi que le pont avait coûté 48 millions d’€ – « beaucoup trop ».",
        "Der Bürgermeister sagte am Montag, die Brücke koste 48 Millionen € – „viel zu viel“.",
        "El alcalde dijo el miércoles que el puente costó 48 millones de €, ¿de verdad?",
        "The mayor said the bridge had cost £48 million – “not €40 million” – and that’s it.",
        "Il sindaco ha detto lunedì che il ponte è costato 48 milioni di €, perché così è.",
    ],
)
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be"])
def test_what_windows_writes_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert one(tmp_path / "a.txt").text == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), min_size=1))
def test_utf_8_is_never_taken_for_another_encoding(text: str) -> None:
    assert decoded(text.encode()) == text


@pytest.mark.parametrize("name", ["a.txt.gz", "a.md.GZ", "a.html.gz"])
def test_compressed_files_are_read_as_what_they_hold(tmp_path: Path, name: str) -> None:
    html = (EXAMPLES / "train-line.html").read_bytes()
    content = html if ".html" in name else b"The bridge was closed on Monday."
    (tmp_path / name).write_bytes(gzip.compress(content))
    found = one(tmp_path / name)
    assert found.id == name
    assert found.text.startswith("The night train" if ".html" in name else "The bridge was")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.txt.gz", "wb") as file:
        for _ in range(MAX_FILE_BYTES // 2**20 + 1):
            file.write(b" " * 2**20)
    assert (tmp_path / "a.txt.gz").stat().st_size < 2**20
    assert refusal(tmp_path / "a.txt.gz") == "larger than 64 MiB"


@pytest.mark.parametrize("content", [b"not compressed", gzip.compress(b"One. " * 99)[:-9]])
def test_a_damaged_compressed_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt.gz").write_bytes(content)
    assert refusal(tmp_path / "a.txt.gz").startswith("the compressed file is damaged: ")


def test_the_formats_that_the_documentation_lists_are_the_ones_that_are_read() -> None:
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `.")]
    listed = {ending for row in rows for ending in re.findall(r"`(\.\w+)`", row[1])}
    assert listed == {*BY_ENDING}
    names = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text, re.M))
    assert {field: tuple(re.findall(r"`(\w+)`", said)) for field, said in names.items()} == NAMES
    for left_out in (*BESIDE_CORPUS, CORPUS, *SYSTEM_FILES):
        assert left_out.lower() in text.lower(), left_out
