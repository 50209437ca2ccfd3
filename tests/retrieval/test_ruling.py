"""What a fact-check rules on the claim that it repeats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.documents import Document, Vectors, document
from index.split import split
from retrieval.rating import MOSTLY, PLAIN, rating
from retrieval.reading import Reading
from retrieval.reading_on import LONGEST_ARTICLE
from retrieval.ruling import ruling_on
from retrieval.types import STANCES, Calibration, Candidate, Scores
from retrieval.verdict import stance_of
from retrieval.weigh import score_evidence

CLAIM = "The harbour tunnel cost the city 40 million crowns more than was planned"
HEAD = (
    "At a meeting in March the deputy mayor, Ane Holt, said that the harbour tunnel cost the city"
    " 40 million crowns more than was planned. We asked the treasurer for the accounts."
)
BODY = "The accounts list every contract that was signed between 2011 and 2019, and its price."
LATER = "The treasurer keeps them in the town hall, where we read them for two days in the spring."


def fact_check(ending: str, head: str = HEAD, *more: str) -> Document:
    """A text that tells in its lead what was said, and comes back to that before its ending."""
    paragraphs = [head, BODY, *more, LATER, head, ending]
    return document("f", "\n\n".join(paragraphs), title="Marlow", language="en")


def ruled(claim: str, given: Document) -> str | None:
    """The stance that is ruled without asking the model."""
    ruling = ruling_on(claim, given)
    return ruling.rating.stance if ruling and ruling.section is None else None


@pytest.mark.parametrize(
    "ending",
    [
        "The accounts show a saving. We rate this claim False.",
        "We rate Holt's statement as false.",
        "We rate the claim Pants on Fire!",
        "Our ruling: False",
        "Our rating is: False.",
        "VERDICT\n\nFalse. ",
        "VERDICT\n\nFalse. The accounts of the treasurer show that the city saved money.",
        "THE PAPER'S ASSESSMENT: False. The accounts that we read show a saving.",
        "Verdict: this claim is false.",
        "Her statement is therefore false.",
        "In short, the statement is not true.",
        "The tunnel was cheaper than planned, so the claim is wrong.",
        "That's false.",
        "This fits our definition of False.",
        "The numbers do not bear her out. Pants on Fire!",
        "Holt's claim rates False.",
        'We find the statement "False."',
    ],
)
def test_a_claim_that_is_repeated_and_rated_false_is_refuted(ending: str) -> None:
    assert ruled(CLAIM, fact_check(ending)) == "REFUTES"


@pytest.mark.parametrize(
    "ending",
    ["We rate this claim True.", "Our ruling: True.", "Her claim is accurate.", "That's correct."],
)
def test_a_claim_that_is_repeated_and_rated_true_is_supported(ending: str) -> None:
    assert ruled(CLAIM, fact_check(ending)) == "SUPPORTS"


@pytest.mark.parametrize(
    "ending", ["We rate this claim Half True.", "Our ruling: Partly False.", "It is misleading."]
)
def test_what_is_rated_between_true_and_false_is_left_undecided(ending: str) -> None:
    assert ruled(CLAIM, fact_check(ending)) == "NOT_ENOUGH_INFO"


@pytest.mark.parametrize(
    "ending",
    [
        "Is the claim true?",
        "Holt said that the claim is true.",
        "The paper's rivals rated it False.",
        "We asked whether the claim is true.",
        "It would be wrong to say that the claim is false, or that it is true for that matter.",
        "It is true that the tunnel opened late.",
        "The auditor told us that her statement is false.",
        "The city paid what it owed.",
        "Critics say the claim is false.",
        "Mayor Holt insists the claim is true.",
        "Opponents believe that is wrong.",
        "Lind replies: that is false.",
        'Lind shook his head. "The story is false."',
        'Lind: "My claim is true."',
        '"I never lied. The claim is true."',
        '"I never lied. The claim is true. Ask the treasurer, who has seen it all."',
    ],
)
def test_what_is_no_plain_rating_is_left_to_the_model(ending: str) -> None:
    assert ruled(CLAIM, fact_check(ending)) is None


@pytest.mark.parametrize(
    "claim",
    [
        "The harbour tunnel cost the city 60 million crowns more than was planned",
        "The harbour bridge cost the city 40 million crowns more than was planned",
        "The harbour tunnel cost the city 40 million crowns less than was planned",
        "The city cost the harbour tunnel 40 million crowns more than was planned",
        "The accounts list every contract that Ane Holt signed",
        "Holt lied",
        "",
    ],
)
def test_another_claim_than_the_one_that_is_rated_is_left_to_the_model(claim: str) -> None:
    assert ruled(claim, fact_check("We rate this claim False.")) is None


def test_what_the_text_has_found_out_is_not_what_it_rates() -> None:
    given = fact_check("We rate this claim False.")
    assert (
        ruled("The accounts list every contract that was signed between 2011 and 2019", given)
        is None
    )
    told_once = f"{HEAD}\n\n{BODY}\n\nThe treasurer showed us a saving. We rate this claim False."
    assert ruled(CLAIM, document("f", told_once, language="en")) is None


def test_only_english_is_read_so() -> None:
    text = fact_check("We rate this claim False.").text
    assert ruled(CLAIM, document("f", text)) == "REFUTES"
    assert ruled(CLAIM, document("f", text, language="de")) is None


def test_another_speaker_is_another_claim() -> None:
    head = "Ane Holt paid forty builders in cash in the spring of 2011, says a letter to Per Lind."
    given = fact_check("We rate this claim True.", head)
    assert ruled("Ane Holt paid forty builders in cash in the spring of 2011", given) == "SUPPORTS"
    assert ruled("Per Lind paid forty builders in cash in the spring of 2011", given) is None


def test_who_says_it_comes_before_the_claim() -> None:
    head = (
        "Per Lind wrote that Holt paid forty builders in cash in the spring of 2011. Ane Holt rose."
    )
    given = fact_check("We rate this claim True.", head)
    assert ruled("Ane Holt paid forty builders in cash in the spring of 2011", given) == "SUPPORTS"
    assert ruled("Per Lind paid forty builders in cash in the spring of 2011", given) is None


@pytest.mark.parametrize(
    "head",
    [
        "Lind said it is not true that Holt paid forty builders in cash in the spring of 2011.",
        "That Holt paid forty builders in cash in the spring of 2011 is false, said Lind.",
        "Lind denied that Holt paid forty builders in cash in the spring of 2011.",
    ],
)
def test_what_is_rated_may_be_a_denial(head: str) -> None:
    claim = "Holt paid forty builders in cash in the spring of 2011"
    assert ruled(claim, fact_check("We rate this claim True.", head)) is None


def test_who_fails_to_do_a_thing_does_not_do_it() -> None:
    claim = "The mills pay forty builders in cash each spring"
    ending = "We rate this claim True."
    assert ruled(claim, fact_check(ending, f"Lind said that {claim}.")) == "SUPPORTS"
    failing = "Lind said that the mills fail to pay forty builders in cash each spring."
    assert ruled(claim, fact_check(ending, failing)) is None


def test_a_name_in_another_sentence_is_the_one_of_a_pronoun() -> None:
    head = 'Ane Holt spoke. "She paid forty builders in cash in the spring of 2011," a letter says.'
    claim = "Holt paid forty builders in cash in the spring of 2011"
    assert ruled(claim, fact_check("We rate this claim True.", head)) == "SUPPORTS"


@pytest.mark.parametrize(
    ("ending", "stance"),
    [
        ("We rate this claim Mostly False.", "REFUTES"),
        ("We rate her statement Barely True.", "REFUTES"),
        ("Our ruling: Mostly True", "SUPPORTS"),
        ("The claim is largely accurate.", "SUPPORTS"),
    ],
)
def test_mostly_is_less_sure(ending: str, stance: str) -> None:
    ruling = ruling_on(CLAIM, fact_check(ending))
    assert ruling is not None
    assert (ruling.rating.stance, ruling.rating.probability) == (stance, MOSTLY)
    assert MOSTLY < PLAIN


def test_a_text_with_several_ratings_is_left_to_the_model() -> None:
    first = "We rate that statement True."
    assert ruled(CLAIM, fact_check("We rate this claim False.", HEAD, first)) is None
    between = "An ad went further. We rate the ad Half True."
    assert ruled(CLAIM, fact_check("We rate this claim False.", HEAD, between)) is None


def test_what_follows_the_rating_is_not_what_it_rates() -> None:
    text = "\n\n".join(["We rate this claim False.", HEAD, BODY, BODY, HEAD])
    given = document("f", text, language="en")
    assert ruled(CLAIM, given) is None


def test_one_word_rates_at_the_end_of_a_text_or_below_a_heading_alone() -> None:
    given = rating("False.", stands_alone=True)
    assert given is not None
    assert given.stance == "REFUTES"
    assert rating("False.") is None


def test_a_book_rules_on_nothing() -> None:
    given = fact_check("We rate this claim False.", HEAD, BODY * (LONGEST_ARTICLE // len(BODY)))
    assert ruled(CLAIM, given) is None


def test_the_sentence_of_the_ruling_lies_in_its_passage() -> None:
    given = fact_check("The accounts show a saving of 2 million. We rate this claim False.")
    ruling = ruling_on(CLAIM, given)
    assert ruling is not None
    assert ruling.sentence.quote == "We rate this claim False."
    assert given.text[ruling.sentence.start : ruling.sentence.end] == ruling.sentence.quote
    assert ruling.passage.start <= ruling.sentence.start < ruling.sentence.end <= ruling.passage.end


TOLD = (
    "At a meeting in March the deputy mayor, Ane Holt, told reporters that the city had paid 40"
    " million crowns too much for its harbour tunnel."
)
IN_OTHER_WORDS = "The harbour tunnel cost the city 40 million crowns too much"
FINDING = "The accounts put the price of the tunnel at 12 million crowns."


def told_in_other_words(ending: str, told: str = TOLD) -> Document:
    """A text that tells what is claimed in other words, what it costs the reader, and a rating."""
    more = "What did the tunnel really cost?"
    return document("f", "\n\n".join([told, more, BODY, LATER, FINDING, ending]), language="en")


def section(claim: str, given: Document) -> str | None:
    ruling = ruling_on(claim, given)
    return ruling.section if ruling else None


def test_a_claim_told_in_other_words_is_read_with_its_rating() -> None:
    ending = "We rate this claim False."
    given = told_in_other_words(ending)
    assert section(IN_OTHER_WORDS, given) == f"{TOLD} {LATER} {FINDING} {ending}"
    ruling = ruling_on(IN_OTHER_WORDS, given)
    assert ruling is not None
    assert ruling.sentence.quote == ending


def test_the_last_sentence_that_tells_the_claim_is_read_with_its_rating() -> None:
    again = "For the harbour tunnel, Holt said, the city paid 40 million crowns too much."
    given = document("f", "\n\n".join([TOLD, LATER, FINDING, again, BODY, LATER, "It cost more."]))
    given = document("f", f"{given.text}\n\nOur ruling: True.")
    told = section(IN_OTHER_WORDS, given)
    assert told is not None
    assert told.startswith(again)


@pytest.mark.parametrize(
    "claim",
    [
        "The harbour tunnel cost the city 60 million crowns too much",
        "The harbour tunnel did not cost the city 40 million crowns too much",
        "The harbour bridge cost the city 40 million crowns too much",
        "The deputy mayor Ane Holt paid 40 million crowns for the harbour tunnel",
        "The accounts put the price of the harbour tunnel at 12 million crowns",
        "The tunnel and the town hall",
    ],
)
def test_another_claim_is_not_read_with_a_rating(claim: str) -> None:
    assert section(claim, told_in_other_words("We rate this claim False.")) is None


@pytest.mark.parametrize(
    "told",
    [
        TOLD.replace("had paid", "had not paid"),
        # As its own, a text tells what it has found out.
        "In March the city had to pay 40 million crowns too much for its harbour tunnel.",
        "The meeting in March told reporters of the tunnel, the city, the crowns, and 40 million.",
    ],
)
def test_what_does_not_tell_the_claim_is_not_read_with_a_rating(told: str) -> None:
    assert section(IN_OTHER_WORDS, told_in_other_words("We rate this claim False.", told)) is None


class Unasked:
    """A stance model that hears nothing of what is ruled on."""

    identity, calibration = "unasked@1", Calibration()

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        assert not pairs
        return np.zeros((0, 3), np.float32)


def test_a_ruling_decides_and_is_quoted_and_the_model_is_not_asked() -> None:
    given = fact_check("The accounts show a saving of 2 million. We rate this claim False.")
    candidate = Candidate(given, split(given)[0], Scores(0.9, 1.0, 0.9))
    reading = Reading(candidate, CLAIM, np.zeros(4, np.float32), judged=True)
    ((read,),) = score_evidence([[reading]], Unasked())  # type: ignore[arg-type]
    assert read.stance is not None
    assert stance_of(read.stance) == "REFUTES"
    assert [quote.quote for quote in read.key_sentences] == ["We rate this claim False."]
    assert read.voice == "rejected"


class Answering:
    """A stance model that answers a text by the words in it; else it finds too little."""

    identity, calibration = "answering@1", Calibration()

    def __init__(self, **answers: str) -> None:
        self._answers, self.read = answers, list[str]()

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        self.read += [text for text, _ in pairs]
        rows = np.full((len(pairs), 3), (0.1, 0.1, 0.8), np.float32)
        for row, (text, _) in zip(rows, pairs, strict=True):
            for word, label in self._answers.items():
                if word in text:
                    row[:] = 0.1
                    row[STANCES.index(label)] = 0.8
        return rows


def read_by(model: Answering, claim: str, given: Document, passage: int = 0) -> Reading:
    candidate = Candidate(given, split(given)[passage], Scores(0.9, 1.0, 0.9))
    reading = Reading(candidate, claim, np.zeros(4, np.float32), judged=True)
    ((read,),) = score_evidence([[reading]], model)  # type: ignore[arg-type]
    return read


def test_what_the_model_finds_in_a_rating_as_well_is_the_stance() -> None:
    model = Answering(rate="SUPPORTS")
    read = read_by(model, IN_OTHER_WORDS, told_in_other_words("We rate this claim True."))
    assert read.stance is not None
    assert stance_of(read.stance) == "SUPPORTS"
    assert read.stance[STANCES.index("REFUTES")] == 0
    assert len(model.read) == 1
    assert [quote.quote for quote in read.key_sentences] == ["We rate this claim True."]


def test_a_side_matter_does_not_contradict_the_rating() -> None:
    given = told_in_other_words("We rate this claim True.")
    read = read_by(Answering(accounts="REFUTES"), IN_OTHER_WORDS, given)
    assert read.stance is not None
    assert stance_of(read.stance) == "NOT_ENOUGH_INFO"
    read = read_by(Answering(accounts="SUPPORTS"), IN_OTHER_WORDS, given)
    assert read.stance is not None
    assert stance_of(read.stance) == "SUPPORTS"


def test_what_another_claim_is_rated_is_not_read() -> None:
    given = told_in_other_words("We rate this claim False.")
    last = len(split(given)) - 1
    model = Answering(rate="REFUTES")
    read = read_by(model, "The ferry to the islands sails on Sundays", given, last)
    assert read.stance is not None
    assert stance_of(read.stance) == "NOT_ENOUGH_INFO"
    assert not any("We rate" in text for text in model.read)


def test_a_claim_that_is_rated_between_true_and_false_is_undecided() -> None:
    given = told_in_other_words("We rate this claim Half True.")
    read = read_by(Answering(accounts="REFUTES", rate="REFUTES"), IN_OTHER_WORDS, given)
    assert read.stance is not None
    assert stance_of(read.stance) == "NOT_ENOUGH_INFO"
