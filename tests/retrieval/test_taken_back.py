"""What a document takes back of what it tells, and what it does not."""

from __future__ import annotations

import pytest

from index.documents import Document, document
from index.split import split
from retrieval.types import Quote
from retrieval.voice import Voiced, voice_of, voice_of_title


def article(text: str, publisher: str = "Gazette", title: str = "") -> Document:
    return document("d", text, title=title, publisher=publisher, language="en")


def voiced(claim: str, decides: str, given: Document) -> Voiced:
    """The voice of a sentence that supports the claim."""
    passage = next(p for p in split(given) if decides in p.text)
    start = given.text.index(decides)
    return voice_of(
        claim, [Quote(start, start + len(decides), decides)], passage, given, "SUPPORTS"
    )


REPORTED = "The mayor sold the old mill to her brother."
TAKEN_BACK = {
    "an earlier version said it": (
        f"{REPORTED}\n\nCorrection: an earlier version of this article said that the mayor sold the"
        " mill to her brother. She sold it to the county."
    ),
    "we stated it": (
        f"{REPORTED}\n\nClarification. On 3 May we stated that the mayor had sold the old mill to"
        " her brother. The buyer was the county."
    ),
    "satire by its publisher": f"{REPORTED}\n\nThe Gazette is a satirical newspaper.",
    "satire by itself": f"{REPORTED}\n\nThis article is satire.",
    "satire by its label": f"{REPORTED}\n\nSatire",
}
KEPT = {
    "an earlier version said something else": (
        f"{REPORTED}\n\nCorrection: an earlier version of this article said that the mayor of Oria"
        " is 48. She is 49."
    ),
    "an earlier version of a law": f"{REPORTED}\n\nAn earlier version of the bill said the mill.",
    "a report of somebody else": (
        f"{REPORTED}\n\nThe auditors made an error. Their report said that the mayor sold the mill"
        " to her brother."
    ),
    "somebody says we": (
        f'{REPORTED}\n\n"In May we stated that the mayor sold the mill to her brother," Lind said.'
        " He was not wrong."
    ),
    "another paper is satire": f"{REPORTED}\n\nThe Herald is a satirical newspaper.",
    "somebody calls another text satire": f'{REPORTED}\n\nA note says: "This article is satire."',
    "what is denied is something else": (
        f"{REPORTED}\n\nThe mayor denied reports that she would stand for parliament in May."
    ),
    "a study was withdrawn": f"{REPORTED}\n\nThe institute withdrew its study of the river.",
}


@pytest.mark.parametrize("text", TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_a_text_takes_back_what_it_tells(text: str) -> None:
    said = voiced("The mayor sold the mill to her brother", REPORTED, article(text))
    assert (said.voice, said.mention) == ("rejected", True)


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_a_text_takes_nothing_else_back(text: str) -> None:
    assert voiced("The mayor sold the mill to her brother", REPORTED, article(text)) == Voiced(
        "stated"
    )


def test_a_number_is_taken_back_and_the_right_one_is_not() -> None:
    text = (
        "Pay rises by 14,000 crowns.\n\nThis article was amended: owing to an error, an earlier"
        " version said that pay rises by 14,000 crowns. Pay rises by 1,400 crowns."
    )
    wrong = voiced("Pay rises by 14,000 crowns", "Pay rises by 14,000 crowns.", article(text))
    right = voiced("Pay rises by 1,400 crowns", "Pay rises by 1,400 crowns.", article(text))
    assert (wrong.mention, right.mention) == (True, False)


STUDY = "A study of 60 people found that masks lower the oxygen in the blood."


@pytest.mark.parametrize(
    "retraction",
    [
        "The institute has withdrawn its study on masks.",
        "The journal retracted a 2019 paper by the institute.",
        "The study was retracted in March.",
        "Readers have found errors in the study by Lind.",
    ],
)
def test_of_a_retracted_study_only_the_study_is_taken_back(retraction: str) -> None:
    other = "The director of the institute, Ann Lee, resigned on Friday."
    given = article(f"{STUDY} {retraction} {other}")
    assert voiced("Masks lower the oxygen in the blood", STUDY, given).mention
    assert not voiced("Ann Lee resigned", other, given).mention
    assert not voiced("The study had 60 people", STUDY, given).mention


def test_what_is_right_stands_after_the_report_that_is_false() -> None:
    false = "The bank will close 200 branches, a union man said on Friday."
    true = "The bank will open 12 branches, its spokeswoman said."
    given = article(f"{false} The report is false. {true}")
    assert voiced("The bank will close 200 branches", false, given).mention
    assert not voiced("The bank will open 12 branches", true, given).mention


def test_a_post_is_false_wherever_it_is_called_so() -> None:
    post = "It says that the bank will close 200 branches, and that nobody knows why."
    given = article(f"A letter goes round. The letter is a forgery. {post}")
    assert voiced("The bank will close 200 branches", post, given).mention


def test_another_report_than_the_one_called_false_stands() -> None:
    told = "A report by the auditors says that the bank has 12 branches."
    given = article(f"A post went round in May. The post is false. {told}")
    assert not voiced("The bank has 12 branches", told, given).mention


def test_a_report_with_a_date_is_called_wrong() -> None:
    told = "The mayor has resigned, Ann Lee said."
    given = article(f"{told} She has not. Our report of Monday was wrong.")
    assert voiced("The mayor has resigned", told, given).mention


@pytest.mark.parametrize("told", ["Rovers have extended the contract of the coach, Rovers said."])
def test_who_denies_one_report_may_say_something_else(told: str) -> None:
    given = article(f"{told} Rovers denied the reports of a quarrel.")
    assert not voiced("Rovers have extended the contract of the coach", told, given).mention


def test_a_denial_is_of_the_report_that_it_names() -> None:
    told = "The port has hired drivers from abroad, Ann Lee said."
    other = "The port has offered four per cent, Ann Lee said."
    denial = "The port denied reports that it had hired drivers from abroad."
    given = article(f"{told} {other} {denial}")
    assert voiced("The port has hired drivers from abroad", told, given).mention
    assert not voiced("The port has offered four per cent", other, given).mention


def test_satire_vouches_for_no_message_either() -> None:
    told = "Cows write messages."
    given = article(f"{told} The Gazette is a parody; nothing in it is true.")
    assert voiced("Cows write messages", told, given).mention
    assert not voiced("The Gazette is a parody", "The Gazette is a parody;", given).mention


def test_a_title_of_satire_vouches_for_nothing() -> None:
    title = "Parliament moves to lighthouse"
    given = article("Members sit on the stairs.\n\nThis site is satirical.", title=title)
    said = voice_of_title("Parliament moves to a lighthouse", given, "SUPPORTS")
    assert said == Voiced("rejected", mention=True)


COLUMN = (
    "An article on water (Dry summer, 2 May) said that the lake holds 40 million litres. It holds"
    " 14 million.\n\nA report on the ferry said that Ann Lee owns the Skarn. Her brother does."
)


@pytest.mark.parametrize(
    ("claim", "decides", "mention"),
    [
        ("The lake holds 40 million litres", COLUMN.split(" It holds")[0], True),
        ("Ann Lee owns the ferry Skarn", "A report on the ferry said that Ann Lee owns", True),
        ("The lake holds 14 million litres", "It holds 14 million.", False),
    ],
)
def test_a_column_of_corrections_takes_back_what_articles_said(
    claim: str, decides: str, mention: bool
) -> None:
    given = article(COLUMN, title="Corrections and clarifications")
    assert voiced(claim, decides, given).mention == mention
    assert not voiced(claim, decides, article(COLUMN, title="What the papers say")).mention


@pytest.mark.parametrize(
    ("title", "url", "mention"),
    [
        ("Opinion: Sell the mill", None, True),
        ("Sell the mill | Editorial", None, True),
        ("Sell the mill", "https://gazette.example/opinion/mill", True),
        ("Opinion polls show a lead for Lee", None, False),
        ("Mill sold - second opinion sought", "https://gazette.example/news/opinion-polls", False),
    ],
)
def test_what_an_author_thinks_is_a_mention(title: str, url: str | None, mention: bool) -> None:
    given = document("d", REPORTED, title=title, url=url, language="en")
    assert voiced("The mayor sold the mill to her brother", REPORTED, given).mention == mention
    of_title = voice_of_title("The mayor sold the mill", given, "SUPPORTS")
    assert of_title.mention == mention


def test_who_calls_a_video_false_does_not_take_that_back() -> None:
    told = "The police said the video was fake and made with a game engine."
    given = article(f"A video shows a fire at the port. {told}")
    assert not voiced("The video was made with a game engine", told, given).mention
    passed_on = "A man said the port burns."
    given = article(f"{passed_on} The police said the video was fake.")
    assert voiced("The port burns", passed_on, given).mention


def test_who_was_reported_dead_and_lives_has_not_died() -> None:
    told = "A miner died in the shaft, the mine said."
    given = article(f"Update: The miner who was reported dead on Monday is alive.\n\n{told}")
    assert voiced("A miner died in the shaft", told, given).mention
    assert not voiced("The mine has a shaft", told, given).mention
    alive = article(f"{told} The horse that was with him was found alive.")
    assert not voiced("A miner died in the shaft", told, alive).mention
