"""What differs between claim and rationale is named with both slices; nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.types import Quote
from retrieval.values import differences

CENTRE = "Turkey and Russia have an equal number of servicemen under the pact of November 10."


def named(claim: str, evidence: str, language: str | None = "en") -> list[tuple[str, str, str]]:
    found = differences(claim, [Quote(7, 7 + len(evidence), evidence)], language)
    for one in found:
        assert claim[one.claim.start : one.claim.end] == one.claim.quote
        assert evidence[one.evidence.start - 7 : one.evidence.end - 7] == one.evidence.quote
    return [(one.kind, one.claim.quote, one.evidence.quote) for one in found]


@pytest.mark.parametrize(
    ("claim", "evidence", "expected"),
    [
        ("Turkey sent 44 servicemen", "Each sent 60 servicemen.", ("number", "44", "60")),
        ("Turkey sent 44 servicemen", "Each sent sixty servicemen.", ("number", "44", "sixty")),
        ("A 60-day war", "It was a 44-day war in 2020.", ("number", "60", "44")),
        ("It was 61 per cent full", "It was 37.4% full.", ("number", "61 per cent", "37.4%")),
        (
            "It cost $48 million",
            "It cost 71 million dollars.",
            ("number", "$48 million", "71 million"),
        ),
        ("It seats 1,200 people", "It seats 900 people.", ("number", "1,200", "900")),
        (
            "More than 60 servicemen",
            "They sent 60 servicemen.",
            ("comparison", "More than 60", "60"),
        ),
        ("At least 300 rooms", "It has 200 rooms.", ("comparison", "At least 300", "200")),
        ("No more than 60 rooms", "It has 70 rooms.", ("comparison", "No more than 60", "70")),
        ("It cost over $2m", "It cost $1.5m.", ("comparison", "over $2m", "$1.5m")),
        ("It cost 1 million euros", "It cost €48m.", ("number", "1 million", "€48m")),
        ("It cost 48,000,000 euros", "It cost 71bn euros.", ("number", "48,000,000", "71bn")),
        (
            "More than 90 seats",
            "Fewer than 80 seats.",
            ("comparison", "More than 90", "Fewer than 80"),
        ),
        ("It seats 60 people", "It seats more than 90 people.", ("number", "60", "more than 90")),
        ("3 of the ministers left", "Two ministers left.", ("number", "3", "Two")),
        (
            "It opened on 12/05/2020",
            "It opened on 12 May 2019.",
            ("date", "12/05/2020", "12 May 2019"),
        ),
        ("Turkey has more servicemen than Russia", CENTRE, ("comparison", "more", "equal")),
        ("The pact was signed on December 10", CENTRE, ("date", "December 10", "November 10")),
        ("It opened in 2003", "It opened in 1998.", ("date", "2003", "1998")),
        (
            "It opened on 3 May 2003",
            "It opened on 3 May 2004.",
            ("date", "3 May 2003", "3 May 2004"),
        ),
        (
            "Turkey has more servicemen than Russia",
            "Turkey has fewer servicemen than Russia.",
            ("comparison", "more", "fewer"),
        ),
        ("Prices were higher", "Prices were lower.", ("comparison", "higher", "lower")),
        ("About 60 men came", "1,000 men came.", ("number", "About 60", "1,000")),
        ("It fell 5 points", "It fell 7 points.", ("number", "5", "7")),
        (
            "Prices rose in 2020 by 5 percent",
            "Prices rose in 2020 by 9 percent.",
            ("number", "5 percent", "9 percent"),
        ),
        (
            "In March 2020, 12 people died",
            "In March 2020, 15 people died.",
            ("number", "12", "15"),
        ),
        ("The bridge cost 2000 euros", "It cost 1500 euros.", ("number", "2000", "1500")),
        (
            "In 2020 prices rose",
            "Prices rose only in 2021.",
            ("date", "2020", "2021"),
        ),
        ("The fire of 1 May 1999", "The fire of 2 May 1999.", ("date", "1 May 1999", "2 May 1999")),
        (
            "On 3-May-2020 it rained",
            "On 5 May 2020 it rained.",
            ("date", "3-May-2020", "5 May 2020"),
        ),
        (
            "It opened on 2020-12-05",
            "It opened on 2020-12-07.",
            ("date", "2020-12-05", "2020-12-07"),
        ),
        (
            "Spain is larger than Chad",
            "Spain is smaller than Chad.",
            ("comparison", "larger", "smaller"),
        ),
        (
            "No casualties were reported",
            "Casualties were reported.",
            ("negation", "No casualties", "Casualties"),
        ),
        ("He was the 44th president", "The 45th president left.", ("number", "44th", "45th")),
        ("It took two hours", "It took 90 minutes.", ("number", "two", "90")),
        ("It was 3 km long", "It was 5 miles long.", ("number", "3", "5")),
        ("Hundreds of people died", "Only 12 people died.", ("comparison", "Hundreds", "12")),
        ("It opened in the 1990s", "It opened in 1985.", ("date", "1990s", "1985")),
        ("Grease (1980) is a film", "Grease is a 1978 American film.", ("date", "1980", "1978")),
        (
            "The flood of 1953 killed many",
            "The flood in 1962 killed many.",
            ("date", "1953", "1962"),
        ),
        ("During 2019 sales rose", "Sales rose during 2020.", ("date", "2019", "2020")),
        ("A 2012 study found it", "A study in 2016 found it.", ("date", "2012", "2016")),
        ("The 2012 vote was close", "The 2016 vote was close.", ("date", "2012", "2016")),
        ("On 15 May, 2000 people came", "On 15 May, 900 people came.", ("number", "2000", "900")),
        ("In March 20% closed", "On 5 March 2020, 30% closed.", ("number", "20%", "30%")),
        (
            "Sales were significantly higher",
            "Sales were far lower.",
            ("comparison", "higher", "lower"),
        ),
        ("Men earn on average more", "Men earn less on average.", ("comparison", "more", "less")),
        (
            "There is no official language",
            "There is an official language.",
            ("negation", "no official language", "official language"),
        ),
        (
            "No children died",
            "Two children died.",
            ("negation", "No children died", "children died"),
        ),
        ("They did not use drones", "Drones were used in battle.", ("negation", "not use", "used")),
        ("He signed the law", "He never signed the law.", ("negation", "signed", "never signed")),
        ("He signed the law", "He didn’t sign the law.", ("negation", "signed", "didn’t sign")),
    ],
)
def test_named(claim: str, evidence: str, expected: tuple[str, str, str]) -> None:
    assert named(claim, evidence) == [expected]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Sixty servicemen", "They sent 60 servicemen."),
        ("1,200 people", "There were 1200 people."),
        ("More than 50 servicemen", "They sent 60 servicemen."),
        ("fewer than 70 servicemen", "They sent 60 servicemen."),
        ("44 servicemen", "They sent 60 trucks."),  # another thing is counted
        ("44 servicemen", "60 servicemen came, then 80 servicemen left."),  # which of the two?
        ("61 per cent full", "37 per cent now, against 61 per cent last year."),
        ("No more than 60 servicemen", "The centre has 50 servicemen."),
        ("No fewer than 60 servicemen", "The centre has 75 servicemen."),
        ("More than 50 servicemen", "They sent more than 60 servicemen."),
        ("Fewer than 100 people died", "Fewer than 50 people died."),
        ("60 servicemen", "They sent more than 50 servicemen."),
        ("60 servicemen", "They sent more than 60 servicemen."),
        ("It cost $2m", "It cost $2 million."),
        ("It lost $1.2 billion in 2020", "It lost $1.2bn in 2020."),
        ("It cost 48 million euros", "It cost €48m."),
        ("The tower is 48m high", "48 million people saw the tower."),
        ("3 of the ministers resigned", "Two of the ships sank. Three ministers resigned."),
        ("The city opened 60 new schools", "It opened 30 new hospitals and 60 schools."),
        ("It opened on 12/05/2020", "It opened on 12 May 2020."),  # in May or in December?
        ("It opened on 12.05.2020", "It opened on 5 December 2020."),
        ("It was closed on 3 March and 12 May 2020", "It was closed on 3 March 2020."),
        ("It opened on 3 May", "It opened in 1998."),  # no part of the date in common
        ("It opened in May 2003", "It opened on 4 May 2003."),
        ("Covid-19 spread in 20 towns", "Covid-20 spread in 20 towns."),
        ("It was built before 2010", "It was built in 2005."),
        ("It was built after 2010", "It was built in 2015."),
        ("It opened between 2010 and 2015", "It opened in 2012."),
        ("It opened in 2012", "It opened between 2010 and 2015."),
        ("It ran from 2010 to 2015", "It ran in 2012."),
        ("It has been open since 2010", "It was open in 2012."),
        ("It opened in 2010", "It opened after 2010 and closed in 2020."),
        ("The centre has 12 servicemen", "It has 10 to 15 servicemen."),
        ("The centre has 12 servicemen", "It has 10-15 servicemen."),
        ("The centre has 12 servicemen", "It has between ten and fifteen servicemen."),
        ("Half a million people fled", "500,000 people fled."),
        ("A quarter of a million people fled", "250,000 people fled."),
        ("It seats 1,200 people", "It seats 1 200 people."),
        ("It opened at 10 am", "It opened at 10:30 am."),
        ("About 60 servicemen came", "61 servicemen came."),
        ("It has 60 servicemen", "It has nearly 61 servicemen."),
        ("It fell by 5 percentage points", "It fell by 7 per cent."),
        (
            "Turkey has more servicemen than Russia",
            "Russia has fewer servicemen than Turkey.",
        ),
        ("Spain scored higher than France", "France scored lower than Spain."),
        ("Obama was the 44th president", "He lived on the 9th floor."),
        ("The stadium holds 1800 people", "It was opened in 1950."),
        ("It was built on 31 February 2020", "It was built on 3 March 2020."),
        ("It ran on 4 May 2020", "It ran from 3 to 5 May 2020."),
        ("It ran on 4 May 2020", "It ran on May 3-5, 2020."),
        ("All citizens have equal rights", "The minister said more citizens need these rights."),
        ("More people voted by post", "By post, fewer ballots were spoiled."),
        ("Spain is larger than Chad", "France is smaller than Chad."),
        ("The mayor resigned", "The mayor resigned. She did not resign over money."),
        ("The mayor resigned", "He did not resign in 2019 but resigned in 2020."),
        ("The city built a hospital", "There is no city hall; a hospital was built."),
        ("In the fire 20 may have died", "It burned on 3 May."),
        ("The law of 2019 passed", "2,500 passed the exam."),
        ("Since 2010 prices doubled", "In the shop 12 prices doubled."),
        ("A crowd of 1800 people came", "It was founded in 1950 by a crowd."),
        ("In 1200 towns it rained", "In 2019 it rained in 1,200 towns."),
        ("On 15 May, 2000 people marched", "On 15 May 2010, 2000 people marched."),
        ("In January 12 people died", "On 3 January 2020, 12 people died."),
        ("Spain's exports were higher", "Spain's imports were lower."),
        ("The drug did not cause autism", "The drug did not, however, cause autism."),
        ("He was not injured", "He was not hurt, injured or robbed."),
        ("They lost", "No one lost."),
        ("The bridge cost a lot", "It is not the bridge that cost a lot."),
        ("He did not sign", "He did not sign."),
        ("The two sides could not agree more", "The two sides agree."),
        ("Hundreds of people died", "300 people died."),
        ("It seats 2-3 million people", "It seats 2.5 million people."),
        ("12 people died", "12 persons died, 5 people were hurt."),
        ("It took two hours", "It took 120 minutes."),
        ("It cost £1,200", "It cost 1,200 pounds."),
        ("It opened in the 1990s", "It opened in 1995."),
        ("", ""),
        ("5 😀", "½ ٣ 6 😀"),
    ],
)
def test_nothing_is_guessed(claim: str, evidence: str) -> None:
    assert named(claim, evidence) == []


def test_several_in_the_order_of_the_claim() -> None:
    claim = "The pact of December 10 gave Turkey more servicemen"
    assert [kind for kind, *_ in named(claim, CENTRE)] == ["date", "comparison"]


def test_sentences_of_a_rationale_are_read_together() -> None:
    sentences = ["It was 37 per cent full on 1 June.", "It was the driest spring since 1976."]
    text = " ".join(sentences)
    quotes = [Quote(text.index(one), text.index(one) + len(one), one) for one in sentences]
    (found,) = differences("It was 61 per cent full on 1 June 2022", quotes, "en")
    assert (found.kind, found.evidence.quote) == ("number", "37 per cent")
    (later,) = differences("It opened on 3 July 2003", quotes, "en")
    assert text[later.evidence.start : later.evidence.end] == later.evidence.quote == "1 June"


def test_only_english_is_compared() -> None:
    assert named("44 servicemen", "60 servicemen", "fr") == []
    assert named("44 servicemen", "60 servicemen", None) != []


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gives_true_slices(claim: str, evidence: str) -> None:
    named(claim, evidence)


WORDS = "not |no |more |than |60 |$|May |2020 |sixty |use |equal |1,5|%|-|€| million"
alphabet = st.sampled_from(WORDS.split("|"))


@given(st.lists(alphabet, max_size=12), st.lists(alphabet, max_size=12))
def test_odd_sequences_give_true_slices(claim: list[str], evidence: list[str]) -> None:
    named("".join(claim), "".join(evidence))
