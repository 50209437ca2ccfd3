"""claimdesk check: what is printed in each form, and the exit status."""

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.cli import main
from api.commands.check import Format, checked, read
from api.schemas.desk import CheckRequest
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.types import Calibration
from tests.api.answers import ndjson
from tests.api.test_check import ARTICLE
from tests.conftest import articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

RIGHT = "Turkey and Russia each sent 60 servicemen to the centre."
WRONG = "The bridge cost 71 million euros."
UNKNOWN = "A comet hit Tarvik in 1908."


def service_with(stance: FakeStance | None = None) -> Service:
    made = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
    list(ingest(articles(), made.corpus, made.embedder))
    return made


def check(text: str | None, form: Format = Format.TEXT, strict: bool = False, **given) -> int:
    service = given.pop("service", None) or service_with(FakeStance())
    body = CheckRequest(text=text, **given)
    return checked(body, service, "docs/news.md", form, strict)


def exit_status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("text", "strict", "status"),
    [
        (RIGHT, False, 0),
        (RIGHT, True, 0),
        (UNKNOWN, False, 0),
        (UNKNOWN, True, 1),
        (WRONG, False, 1),
        (f"{RIGHT} {UNKNOWN} {WRONG}", True, 1),
        ("Is it so? Look at this!", True, 0),
    ],
)
def test_exit_status(text: str, strict: bool, status: int) -> None:
    assert check(text, strict=strict) == status


def test_what_cannot_be_checked_exits_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    marks = "e" + "\u0301" * 40
    assert check(f"The bridge of {marks} cost 5 euros in 2019.") == 2
    assert "not verified: " in capsys.readouterr().err
    assert check(f"{WRONG} The bridge of {marks} cost 5 euros in 2019.") == 1
    english = service_with(FakeStance(Calibration(languages=("en",))))
    german = "Die Brücke in Lindholm kostete 48 Millionen Euro. Sie wurde im Mai eröffnet."
    assert check(german, service=english) == 2
    assert "not judged: de" in capsys.readouterr().err
    assert check(RIGHT, service=service_with()) == 2
    assert "no stance model is set" in capsys.readouterr().err


def test_the_text_is_printed_whole_with_its_statements_marked(capsys) -> None:
    assert check(ARTICLE) == 1
    shown = capsys.readouterr().out
    text, _, _ = shown.partition("\n\n[1]")
    assert re.sub(r" \[\d: [a-z ]+\]", "", text) == ARTICLE
    assert "The bridge cost 71 million euros. [1: refuted]" in text
    assert "centre. [3: supported]" in text
    assert "“The bridge cost 48 million euros.” (Tribune)" in shown
    assert shown.rstrip().splitlines()[-1].startswith("3 statements: 2 refuted, 1 supp")


def test_text_steers_neither_terminal_nor_markup(capsys) -> None:
    check(f"[bold]\x1b[2J {WRONG} [/bold]")
    assert "[bold]�[2J The bridge" in capsys.readouterr().out


def test_json_is_the_body_of_http(capsys) -> None:
    page = f"<html><body><article><p>{WRONG} {RIGHT}</p></article></body></html>"
    for given in ({"text": ARTICLE}, {"html": page}):
        service = service_with(FakeStance())
        assert checked(CheckRequest(**given), service, "-", Format.JSON, False) == 1
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        with client_for(service) as client:
            expected = ndjson(client.post("/v1/check", json=given))
        for line in lines + expected:
            line.pop("took_ms", None)
            line.pop("request_id", None)
            line.get("provenance", {}).pop("request_id", None)
        assert sorted(map(str, lines)) == sorted(map(str, expected))


def test_annotations_name_line_and_column_and_are_escaped(capsys) -> None:
    text = f"One, two: 100%?\r\n\r\n{RIGHT} {WRONG}\n{UNKNOWN}"
    assert check(text, Format.GITHUB, strict=True) == 1
    refuted, undecided, total = capsys.readouterr().out.splitlines()
    column = len(RIGHT) + 2
    assert refuted.startswith(
        f"::error file=docs/news.md,line=3,endLine=3,col={column},"
        f"endColumn={column + len(WRONG)},title=Refuted%2C 0."
    )
    assert refuted.endswith(f"::{WRONG}%0A“The bridge cost 48 million euros.” (Tribune)")
    assert undecided.startswith("::error file=docs/news.md,line=4,")
    assert "title=Not enough evidence" in undecided
    assert total.startswith("3 statements: ")
    assert check(UNKNOWN, Format.GITHUB) == 0
    assert "::" not in capsys.readouterr().out


def test_an_annotation_cannot_be_forged(capsys) -> None:
    service = service_with(FakeStance())
    text = "The 50% bridge in: Lindholm,\n::error::cost 71 million euros."
    body = CheckRequest(text=text)
    assert checked(body, service, "a,b:c.md", Format.GITHUB, False) == 1
    refuted, _ = capsys.readouterr().out.splitlines()
    assert refuted.startswith("::error file=a%2Cb%3Ac.md,line=1,endLine=2,col=1,title=")
    assert "::The 50%25 bridge in: Lindholm,%0A::error::cost 71" in refuted


def test_a_page_is_annotated_at_the_line_that_it_is_known_by(capsys) -> None:
    page = (
        "<html><head><title>News</title></head>\n<body><article>\n<p>\nThe bridge cost\n"
        "71 million euros.</p><p>The bridge <b>cost</b> 72 million euros."
        "</p></article></body></html>"
    )
    assert check(None, Format.GITHUB, html=page) == 1
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("::error file=docs/news.md,line=4,title=")
    assert second.startswith("::error file=docs/news.md,title=")


def test_a_file_is_a_page_by_its_name_and_standard_input_by_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = '<html><head><meta charset="iso-8859-2"></head><body>Město ztratilo</body></html>'
    file = tmp_path / "page.html"
    file.write_bytes(page.encode("iso-8859-2"))
    assert read(str(file)) == {"html": page}
    for content, expected in (
        (page.encode("iso-8859-2"), {"html": page}),
        (b"\n<p>The bridge", {"html": "\n<p>The bridge"}),
        (b"<pre-release> of", {"text": "<pre-release> of"}),
        (b"A <html> is no page.\r\n", {"text": "A <html> is no page.\n"}),
    ):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        assert read("-") == expected


def test_a_page_that_was_sent_as_text_is_not_decoded_anew() -> None:
    service = service_with(FakeStance())
    page = (
        '<html><head><meta charset="shift_jis"></head><body><article><p>Die Brücke in Köln kostete '
        "71 Millionen Euro, sagte die Kämmerin am Freitag.</p></article></body></html>"
    )
    from api.checking import read_article

    assert "Brücke in Köln" in read_article(CheckRequest(html=page), service).text


def test_errors_exit_with_two(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*arguments: str) -> str:
        assert exit_status(*arguments) == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line

    assert "No such file" in said(str(tmp_path / "none.md"))
    damaged = tmp_path / "page.html.gz"
    damaged.write_bytes(b"\x1f\x8bnothing")
    assert "damaged" in said(str(damaged))
    empty = tmp_path / "empty.md"
    empty.write_text("")
    assert "nothing stands in it" in said(str(empty))
    odd = tmp_path / "odd.txt"
    odd.write_bytes(b"\xff\xfe\xff\x00\x81")
    assert said(str(odd))
    monkeypatch.setenv("CLAIMDESK_CACHE_MB", "many")
    assert "CLAIMDESK_CACHE_MB" in said(str(odd))


def test_the_statements_of_one_batch_are_read_together() -> None:
    stance = FakeStance()
    service = service_with(stance)
    text = " ".join(f"The bridge number {n} cost {n} million euros." for n in range(2, 14))
    check(text, service=service)
    calls = list(stance.calls)
    assert len(calls) == 6  # the first alone, and all the others together
    assert calls[0] < calls[3]
    check(text, service=service)
    assert stance.calls == calls  # all of it is remembered
