"""What an undecided claim lacks."""

import datetime as dt

import pytest

from api.render import verify_response
from api.schemas.claims import ModelNames, Provenance
from index.corpus import NO_FILTERS, Filters
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.gap import gap, lack
from retrieval.search import Fusion
from retrieval.types import Claim
from retrieval.verify import Models, verify
from retrieval.voice import Voiced
from tests.conftest import articles
from tests.fakes import FakeEmbedder, FakeStance

CASES = [
    ("Marlow resigned in May 2023", "Marlow resigned.", "time"),
    ("Marlow resigned on Monday", "Marlow resigned after the vote.", "time"),
    ("Marlow resigned in May 2023", "Marlow resigned in June 2022.", "time"),
    ("The factory burned in Oria", "The factory burned in Norland.", "place"),
    ("The factory near Lindholm closed", "The factory closed.", "place"),
    ("The bridge cost 48 million euros", "The bridge cost a fortune.", "amount"),
    ("The bridge cost 48 million euros", "The bridge cost 71 million euros.", "amount"),
    ("Elias Brandt won the race", "Ada Marlow won the race.", "entity"),
    ("Brandt was fined 300 euros in Oria", "A man was fined in Lindholm.", "entity"),
    ("The dam broke because of the rain", "The dam broke after the rain.", "cause"),
    ("The heat caused the fire", "The heat was great at the fire.", "cause"),
    ("The court fined the club", "The court heard the club.", "outcome"),
    ("The drug cures flu", "The drug was tested in people with flu.", "outcome"),
    ("The bridge cost 48,000,000 euros", "The bridge cost 48 million euros.", "nothing"),
    ("The court fined the club", "The club was fined by the court.", "nothing"),
]


@pytest.mark.parametrize(("claim", "sentence", "expected"), CASES)
def test_what_a_sentence_lacks(claim: str, sentence: str, expected: str) -> None:
    assert lack(claim, sentence, "", Voiced("stated")) == expected


def test_a_title_says_whom_a_sentence_is_about() -> None:
    claim, sentence = "Elias Brandt won the race", "He won the race."
    assert lack(claim, sentence, "", Voiced("stated")) == "entity"
    assert lack(claim, sentence, "Brandt, Elias", Voiced("stated")) == "nothing"


def test_a_mention_is_only_that() -> None:
    claim, rumour = "The court fined the club", Voiced("reported", mention=True)
    assert lack(claim, "The court reportedly heard it.", "", rumour) == "only_mentioned"
    assert lack(claim, "The club was fined by the court.", "", Voiced("reported")) == (
        "only_mentioned"
    )


EMBEDDER = FakeEmbedder()
MODELS = Models(EMBEDDER, FakeStance(), Fusion())


@pytest.fixture
def corpus() -> ExactCorpus:
    corpus = ExactCorpus()
    ferry = document("ferry", "A boat is red. The ferry reportedly sank off Norland.")
    list(ingest([*articles(), ferry], corpus, EMBEDDER))
    return corpus


def test_an_undecided_claim_says_what_was_searched(corpus: ExactCorpus) -> None:
    (answer,) = verify([Claim("Penguins of the southern cape opened the bridge")], corpus, MODELS)
    gap = answer.gap
    assert answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    assert (gap.documents, gap.publishers, gap.since, gap.until) == (4, 2, None, None)
    text = corpus.get(gap.document).text
    assert text[gap.nearest.start : gap.nearest.end] == gap.nearest.quote
    assert gap.lacks == "entity"


def test_the_gap_does_not_depend_on_how_much_is_shown(corpus: ExactCorpus) -> None:
    text = "Penguins of the southern cape opened the bridge"
    one, many = verify([Claim(text, 1), Claim(text, 50)], corpus, MODELS)
    assert one.gap == many.gap is not None


def test_a_publisher_whom_only_an_earlier_version_took_is_counted() -> None:
    odd = "Wire" + "\u0301" * 40  # more marks in a row than a name may have today
    for filters, admitted in ((NO_FILTERS, 2), (Filters(publisher=("wire",)), 1)):
        assert gap("The bridge fell", [], filters, 3, [odd, "Wire"]).publishers == admitted


def test_a_decided_claim_has_no_gap(corpus: ExactCorpus) -> None:
    (answer,) = verify([Claim("The bridge cost 48 million euros")], corpus, MODELS)
    assert answer.judgement.verdict == "SUPPORTED"
    assert answer.gap is None


def test_a_rumour_supports_nothing_and_is_shown_as_a_mention(corpus: ExactCorpus) -> None:
    (answer,) = verify([Claim("The ferry sank off Norland")], corpus, MODELS)
    assert answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    assert answer.judgement.supporting == 0
    assert answer.gap.lacks == "only_mentioned"
    (mention,) = [item for item in answer.evidence if item.document.id == "ferry"]
    assert (mention.voice, mention.stance) == ("reported", "NOT_ENOUGH_INFO")
    assert mention.rationale[0].quote == "The ferry reportedly sank off Norland."


def test_a_mention_comes_after_what_decides(corpus: ExactCorpus) -> None:
    sank = "In the night of the storm the ferry sank with its crew off Norland, far from land."
    list(ingest([document("log", sank, publisher="Log")], corpus, EMBEDDER))
    (answer,) = verify([Claim("The ferry sank off Norland")], corpus, MODELS)
    assert answer.judgement.verdict == "SUPPORTED"
    assert [item.document.id for item in answer.evidence][:2] == ["log", "ferry"]
    assert answer.evidence[0].voice == "stated"


def test_a_title_that_carries_the_claim_is_quoted() -> None:
    corpus = ExactCorpus()
    title = "Lindholm bridge cost 48 million euros"
    text = "It was a long day. Nobody came to see the mayor cut a ribbon."
    list(ingest([document("t", text, title=title)], corpus, EMBEDDER))
    (answer,) = verify([Claim("The Lindholm bridge cost 48 million euros")], corpus, MODELS)
    (item,) = answer.evidence
    assert (item.stance, item.rationale) == ("SUPPORTS", ())
    assert (item.title_quote.start, item.title_quote.end) == (0, len(title))
    assert item.title_quote.quote == title
    assert item.document.title == title
    assert item.voice == "stated"


def test_a_title_that_asks_supports_nothing() -> None:
    corpus = ExactCorpus()
    title = "Did the Lindholm bridge cost 48 million euros?"
    text = "It was a long day. Nobody came to see the mayor cut a ribbon."
    list(ingest([document("t", text, title=title)], corpus, EMBEDDER))
    (answer,) = verify([Claim("The Lindholm bridge cost 48 million euros")], corpus, MODELS)
    assert answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    (item,) = answer.evidence
    assert (item.voice, item.stance) == ("reported", "NOT_ENOUGH_INFO")


@pytest.mark.parametrize("since", [dt.date(2020, 1, 1), None])
def test_the_period_is_that_of_the_filters(corpus: ExactCorpus, since: dt.date | None) -> None:
    filters = Filters(publisher=("wire",), as_of=dt.date(2022, 1, 1), published_after=since)
    (answer,) = verify([Claim("Penguins breed in the centre", 5, filters)], corpus, MODELS)
    names = Provenance(
        request_id="r",
        index_generation=1,
        models=ModelNames(embedding="e", stance="s"),
        version="0",
    )
    sent = verify_response(answer, names, 1.0).model_dump_json()
    first = f'"{since}"' if since else "null"
    assert f'"publishers":1,"period":{{"from":{first},"to":"2022-01-01"}}' in sent
