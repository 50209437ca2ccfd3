import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.bounds import SENTENCE_END
from index.documents import clean, document
from index.errors import InvalidDocument
from index.split import MAX_SENTENCE_CHARS, SENTENCES, split
from index.split import sentences as sentences_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
PROSE = st.lists(
    st.sampled_from(
        ["Mr. Lee of the U.S. agreed.", '"Yes. No," he said.', "It rose 3.5 per cent!", "\n\n",
         " ", "\r\n", "😀 ok?", "e\u0301t\u00e9.", "שלום עולם.", "a" * 700, "。", "one two " * 90]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(st.one_of(TEXT, PROSE))
@example("a" * 2000)
@example("\n\n\n.")
def test_offsets_hold_for_any_text(text: str) -> None:
    try:
        made = document("d", text)
    except InvalidDocument:
        return
    covered = set()
    for ordinal, passage in enumerate(split(made)):
        assert passage.ordinal == ordinal
        assert made.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert 1 <= len(passage.sentences) <= SENTENCES
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for sentence in passage.sentences:
            quote = made.text[sentence.start : sentence.end]
            assert quote.strip() == quote != ""
            assert len(quote) <= MAX_SENTENCE_CHARS
            covered.update(range(sentence.start, sentence.end))
    spoken = {at for at, char in enumerate(made.text) if not char.isspace()}
    assert spoken <= covered


@given(TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def sentences(text: str) -> list[str]:
    made = document("d", text)
    spans = {span for passage in split(made) for span in passage.sentences}
    return [made.text[s.start : s.end] for s in sorted(spans, key=lambda span: span.start)]


def test_sentences_survive_abbreviations_quotations_and_decimals() -> None:
    expected = [
        "Mr. Smith of the U.S. Army said growth was 3.5 per cent.",
        '"It is good. We like it," he added.',
        "Prices rose to $1.2 million on Jan. 5, 2020.",
        "Dr. Lee (of the U.N.) agreed!",
    ]
    assert sentences(" ".join(expected)) == expected


# Lines of sentences/ whose sentences are found: of 205, 200, 200, 200, 200, 200 and 200.
RIGHT = {"en": 204, "de": 191, "fr": 195, "es": 195, "it": 195, "cs": 187, "tr": 187}


@pytest.mark.parametrize("language", RIGHT)
def test_sentences_of_a_language(language: str) -> None:
    file = Path(__file__).parent / "sentences" / f"{language}.txt"
    lines = [line.split(" | ") for line in file.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for expected in lines:
        text = " ".join(expected)
        if (found := [text[s.start : s.end] for s in sentences_of(text, language)]) != expected:
            wrong.append(found)
    assert len(lines) - len(wrong) >= RIGHT[language], wrong


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "It hit 40 C. in the shade. | People fled to the U.S. embassy."),
        ("en", "he left. | she stayed."),  # without capitals only the stops tell
        ("nl", "Dr. de Vries en mevr. Bakker kwamen op 3 jan. 1950. | Ze spraken, d.w.z. kort."),
        ("pl", "Dr. Nowak mieszkał tu z ok. 300 osobami w XIX w. przy ul. Anny. | Dziś nie."),
        ("pt", "O Sr. Silva viu aprox. 300 pessoas, etc. ali. | Hoje são mais."),
        ("ru", "В 1950 г. здесь жило ок. 5 тыс. чел. и т. д. в доме. | Сейчас больше."),
        ("sv", "Dr. Berg kom kl. 20.30 med ca. 300 pers. från byn. | De talade."),
        ("uk", "У 1950 р. тут жило бл. 5 тис. осіб. | Зараз більше."),
        ("ja", "「なぜ？」と彼は言った。 | 誰も知らない。"),
    ],
)
def test_sentences_of_other_languages(language: str, line: str) -> None:
    expected = line.split(" | ")
    text = " ".join(expected)
    assert [text[s.start : s.end] for s in sentences_of(text, language)] == expected


def test_windows_step_by_two_inside_a_paragraph() -> None:
    one = " ".join(
        f"This is sentence number {word} here." for word in ["one", "two", "three", "four"]
    )
    two = "A second paragraph, which is long enough to stand for itself, follows."
    passages = split(document("d", f"{one}\n\n{two}"))
    assert [len(passage.sentences) for passage in passages] == [3, 2, 1]
    assert passages[0].text.endswith("three here.")
    assert passages[1].text.startswith("This is sentence number three")
    assert passages[2].text == two


def test_a_heading_joins_what_it_heads() -> None:
    text = "Background\n\nThe centre opened on Saturday, and the staff moved in on Sunday."
    (passage,) = split(document("d", text))
    assert passage.text == text


@pytest.mark.parametrize("sentence", ["中国很大。", "«a. ", "This is a sentence of some length. "])
def test_a_paragraph_of_many_sentences_takes_linear_time(sentence: str) -> None:
    text = sentence * (200_000 // len(sentence))
    made = document("d", text, language="zh" if "中" in sentence else "en")
    started = time.process_time()
    passages = split(made)
    assert time.process_time() - started < 20  # minutes, were it quadratic
    assert passages[-1].end == len(text.rstrip())


@pytest.mark.parametrize("after", ["", "a", " a", " And"])
def test_a_run_of_marks_is_read_once(after: str) -> None:
    """One match takes the run: otherwise the search would begin anew at each of its marks."""
    (match,) = SENTENCE_END.finditer("Why" + "?!…" * 1_000 + after)
    assert match.start() == 3
    assert match.end() >= 3 + 3_000
    assert bool(match["end"]) == (after == " And")


def test_a_cut_between_slices_cuts_no_sentence() -> None:
    expected = [f"Mr. Smith wrote sentence number {n}, and it was good." for n in range(400)]
    assert sentences(" ".join(expected)) == expected


def test_a_cut_between_slices_cuts_no_word() -> None:
    text = "consideration " * 2_000
    assert set(" ".join(sentences(text)).split()) == {"consideration"}


@pytest.mark.parametrize("gap", ["\t", "\u00a0", "\u2009", "\n"])
def test_a_line_without_full_stops_is_cut_between_its_numbers(gap: str) -> None:
    numbers = [str(100_000 + 7 * at) for at in range(400)]
    cut = [number for piece in sentences(gap.join(numbers)) for number in piece.split()]
    assert cut == numbers
