"""The whole way of a claim, with fakes at the protocols."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from index.corpus import Filters, Hit
from index.documents import Vectors, document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.explain import explain
from retrieval.reading import SKIP_SENTENCES_FROM, combine_readings
from retrieval.search import Fusion
from retrieval.types import Calibration, Claim, Judgement, Newest, Quote, Searched
from retrieval.verify import NO_DOCUMENTS, Models, candidates, verify
from retrieval.weigh import score_evidence
from tests.conftest import articles
from tests.fakes import FakeEmbedder, FakeStance

EMBEDDER = FakeEmbedder()
PLAIN = Models(EMBEDDER, None, Fusion())
WIRE = "The ferry to Norland carries 900 people, the operator said. It sails twice a day."


@pytest.fixture
def corpus() -> ExactCorpus:
    corpus = ExactCorpus()
    list(ingest(articles(), corpus, EMBEDDER))
    return corpus


def weighing(**options) -> Models:
    return Models(EMBEDDER, FakeStance(), Fusion(), **options)


def test_as_of_counts_what_has_no_date(corpus: ExactCorpus) -> None:
    claim = Claim("centre", filters=Filters(as_of=dt.date(2022, 1, 1)))
    (answer,) = verify([claim], corpus, PLAIN)
    assert [item.document.id for item in answer.evidence] == ["a"]
    assert answer.searched.undated_excluded == 1


def test_rationale_is_the_sentence_nearest_the_claim(corpus: ExactCorpus) -> None:
    claims = [Claim("It opened on Saturday", 1), Claim("Turkey and Russia sent 60", 1)]
    opened, sent = verify(claims, corpus, PLAIN)
    assert opened.evidence[0].rationale[0].quote == "It opened on Saturday."
    assert sent.evidence[0].rationale[0].quote.startswith("Turkey and Russia each sent 60")
    for answer in (opened, sent):
        text = corpus.get(answer.evidence[0].document.id).text
        for quote in answer.evidence[0].rationale:
            assert text[quote.start : quote.end] == quote.quote


def test_a_claim_in_a_batch_is_answered_as_if_alone(corpus: ExactCorpus) -> None:
    claims = [Claim(text) for text in ("river", "The bridge cost 48 million", "pont", "😀")]
    together = verify(claims, corpus, PLAIN)
    assert together == [verify([claim], corpus, PLAIN)[0] for claim in claims]


def test_without_a_stance_model_nothing_is_made_up(corpus: ExactCorpus) -> None:
    (answer,) = verify([Claim("The bridge cost 48 million euros")], corpus, PLAIN)
    assert answer.judgement is None
    assert {(item.stance, item.stance_probabilities) for item in answer.evidence} == {(None, None)}


class Facing(FakeEmbedder):
    """Texts that begin alike are near the claim, whatever else they say."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        angles = np.array(
            [
                {"Near": 0.0, "river": 0.0, "Midway": 0.45}.get(text.split()[0], 1.57)
                for text in texts
            ]
        )
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
        return vectors


def test_the_verdict_is_made_of_the_same_ten_however_many_are_asked_for() -> None:
    """Those found midway are best, but each ranking alone has a hundred others before them."""
    kinds = {"Near": 101, "Far, river bridge": 101, "Midway over river and bridge": 5}
    documents = [
        document(f"{kind} {n}", f"{kind} {n}.") for kind, most in kinds.items() for n in range(most)
    ]
    corpus, models = ExactCorpus(), Models(Facing(), FakeStance(), Fusion())
    list(ingest(documents, corpus, models.embedder))
    few, ten, many = (
        verify([Claim("river bridge opened", k)], corpus, models)[0] for k in (3, 10, 40)
    )
    assert few.judgement == ten.judgement == many.judgement
    shown = [[item.document.id for item in each.evidence] for each in (few, ten, many)]
    assert shown[0] == shown[1][:3]
    assert shown[1] == shown[2][:10]
    assert len(set(shown[2])) == 40
    assert sum(id.startswith("Midway") for id in shown[2]) == 5
    assert models.stance.calls[-3:] == [40, 0, 0]


def test_copies_of_one_text_keep_no_other_source_out() -> None:
    claim = "The bridge cost 48 million euros"
    copies = [document(f"yes{n}", f"{claim},{' ' * (n % 2)} said the agency.") for n in range(30)]
    no = document("no", "The bridge cost 71 million euros in all, and it was late, and long, too.")
    alone, among = ExactCorpus(), ExactCorpus()
    list(ingest([copies[0], no], alone, EMBEDDER))
    list(ingest([*copies, no], among, EMBEDDER))
    one, all_of_them = (verify([Claim(claim)], each, weighing())[0] for each in (alone, among))
    assert one.judgement == all_of_them.judgement
    assert all_of_them.judgement is not None
    assert all_of_them.judgement.verdict == "CONFLICTING_EVIDENCE"
    assert [item.document.id for item in all_of_them.evidence][:2] in (
        ["yes0", "no"],
        ["no", "yes0"],
    )
    many = verify([Claim(claim, 31)], among, weighing())[0]
    assert many.judgement == one.judgement
    assert len({item.document.id for item in many.evidence}) == 31


def test_a_camp_that_makes_no_verdict_is_not_shown_first() -> None:
    """Ten sources support; an eleventh, found only where more are asked for, refutes."""
    corpus, claim = ExactCorpus(), "The bridge cost 48 million euros"
    yes = [document(f"yes{n}", f"{claim} said paper {n}.") for n in range(10)]
    no = document("no", "The bridge cost 71 million euros in all, and it was late, and long, too.")
    list(ingest([*yes, no], corpus, EMBEDDER))
    ten, all_of_them = (verify([Claim(claim, k)], corpus, weighing())[0] for k in (10, 11))
    assert ten.judgement == all_of_them.judgement
    shown = [item.document.id for item in all_of_them.evidence]
    assert shown[:10] == [item.document.id for item in ten.evidence]
    assert shown[10] == "no"
    assert all_of_them.evidence[10].stance == "REFUTES"


def test_supported_and_refuted(corpus: ExactCorpus) -> None:
    claims = [Claim("The bridge cost 48 million euros"), Claim("The bridge cost 71 million euros")]
    yes, no = verify(claims, corpus, weighing())
    assert yes.judgement.verdict == "SUPPORTED"
    assert (yes.judgement.supporting, yes.judgement.refuting) == (1, 0)
    assert yes.evidence[0].stance == "SUPPORTS"
    assert yes.evidence[0].differences == ()
    assert no.judgement.verdict == "REFUTED"
    assert (no.judgement.supporting, no.judgement.refuting) == (0, 1)
    first = no.evidence[0]
    assert (first.stance, first.document.id) == ("REFUTES", "b")
    assert sum(first.stance_probabilities.values()) == pytest.approx(1)
    (difference,) = first.differences
    assert (difference.kind, difference.claim.quote, difference.evidence.quote) == (
        "number", "71 million", "48 million"
    )  # fmt: skip
    text = corpus.get("b").text
    assert text[difference.evidence.start : difference.evidence.end] == "48 million"


def test_nothing_said_is_not_enough(corpus: ExactCorpus) -> None:
    (answer,) = verify([Claim("Penguins breed on the southern cape")], corpus, weighing())
    assert answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    assert {item.stance for item in answer.evidence} == {"NOT_ENOUGH_INFO"}


def test_where_no_document_is_searched_no_probability_is_made_up(corpus: ExactCorpus) -> None:
    (empty,) = verify([Claim("The bridge opened")], ExactCorpus(), weighing())
    nobody = Claim("The bridge cost 48 million", filters=Filters(publisher=("Nobody",)))
    (filtered,) = verify([nobody], corpus, weighing())
    for answer in (empty, filtered):
        assert answer.evidence == ()
        assert answer.judgement == NO_DOCUMENTS
        assert answer.searched == Searched(0, 0, 0)
    assert Judgement("NOT_ENOUGH_EVIDENCE", {}, 0, 0, "no_documents") == NO_DOCUMENTS
    assert verify([nobody], corpus, PLAIN)[0].judgement is None


@pytest.mark.parametrize(
    ("filters", "searched"),
    [
        (Filters(), Searched(3, 1, 0)),
        (Filters(as_of=dt.date(2022, 1, 1)), Searched(1, 0, 1)),
        (Filters(as_of=dt.date(2022, 1, 1), include_undated=True), Searched(2, 1, 0)),
        (Filters(published_after=dt.date(2021, 1, 30)), Searched(2, 0, 1)),
        (Filters(publisher=(" wire",)), Searched(1, 0, 0)),
        (Filters(publisher=("Tribune",)), Searched(1, 1, 0)),
    ],
)
def test_an_answer_says_how_many_documents_were_searched(
    corpus: ExactCorpus, filters: Filters, searched: Searched
) -> None:
    (answer,) = verify([Claim("x", filters=filters)], corpus, PLAIN)
    assert answer.searched == searched


class Changing(ExactCorpus):
    """Grows by a document during each of the next `changes` searches."""

    changes = 0

    def search_words(self, *args, **options) -> list[Hit]:
        found = super().search_words(*args, **options)
        if self.changes:
            self.changes -= 1
            id = f"more{self.changes}"
            list(ingest([document(id, "The bridge cost 48 million.")], self, EMBEDDER))
        return found


@pytest.mark.parametrize(("changes", "age"), [(0, 0), (2, 0), (9, 1)])
def test_an_answer_is_of_one_generation(changes: int, age: int) -> None:
    corpus = Changing()
    list(ingest(articles(), corpus, EMBEDDER))
    corpus.changes = changes
    (answer,) = verify([Claim("The bridge cost 48 million")], corpus, PLAIN)
    assert answer.generation == corpus.index_generation() - age
    if not age:
        assert answer.searched.documents == 3 + changes == len(answer.evidence)


def test_each_stage_is_timed(corpus: ExactCorpus) -> None:
    stages: list[str] = []

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        yield
        stages.append(stage)

    verify([Claim("The bridge cost 71 million euros")], corpus, weighing(timed=timed))
    assert set(stages) == {"embed", "dense", "lexical", "stance", "differences"}
    assert stages[0] == "embed"


def test_a_sentence_that_cannot_be_compared_costs_no_answer(
    corpus: ExactCorpus, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(claim: str, rationale: Sequence[Quote], language: str | None) -> tuple:
        raise ValueError("odd")

    claim, models = Claim("The bridge cost 71 million euros", 1), weighing()
    found = candidates(claim, EMBEDDER.embed([claim.text])[0], corpus, models)
    (readings,) = score_evidence([found], models.stance)
    (fine, *_), (odd, *_) = (
        explain(readings, EMBEDDER),
        explain(readings, EMBEDDER, compare=fails),
    )
    assert fine.differences
    assert odd == replace(fine, differences=())
    assert "no differences for passage b#0" in caplog.text


def test_conflict_shows_both_camps_first_and_counts_sources(corpus: ExactCorpus) -> None:
    texts = [WIRE, WIRE + " Tickets are 4 euros.", WIRE.replace("900", "640")]
    list(ingest([document(f"ferry{n}", text) for n, text in enumerate(texts)], corpus, EMBEDDER))
    (answer,) = verify([Claim("The ferry to Norland carries 900 people", 2)], corpus, weighing())
    assert answer.judgement.verdict == "CONFLICTING_EVIDENCE"
    assert (answer.judgement.supporting, answer.judgement.refuting) == (1, 1)
    assert {item.stance for item in answer.evidence} == {"SUPPORTS", "REFUTES"}
    (against,) = [item for item in answer.evidence if item.stance == "REFUTES"]
    assert against.document.id == "ferry2"


def test_the_verdict_does_not_depend_on_how_much_is_shown(corpus: ExactCorpus) -> None:
    more = [document(f"d{n}", f"In town {n} the bridge cost {n} million euros.") for n in range(30)]
    list(ingest(more, corpus, EMBEDDER))
    claim = "The bridge cost 71 million euros"
    few, many = verify([Claim(claim, 1), Claim(claim, 50)], corpus, weighing())
    assert few.judgement == many.judgement
    assert (len(few.evidence), len(many.evidence)) == (1, 33)
    assert few.evidence[0] == many.evidence[0]
    assert all(item.stance for item in many.evidence)


def test_the_rationale_is_the_sentence_that_decides(corpus: ExactCorpus) -> None:
    text = "The ferry is old. The ferry to Norland carries 640 people. A boat is red."
    list(ingest([document("ferry", text)], corpus, EMBEDDER))
    (answer,) = verify([Claim("The ferry to Norland carries 900 people", 1)], corpus, weighing())
    (quote,) = answer.evidence[0].rationale
    assert quote.quote == "The ferry to Norland carries 640 people."


def test_what_decides_comes_first_as_far_as_it_is_weighted(corpus: ExactCorpus) -> None:
    texts = {
        "near": "Norland ferry, Norland ferry: people of the ferry, the ferry people of Norland.",
        "deciding": "In that year, as the office wrote, the ferry carries 640 people to it.",
    }
    list(ingest([document(id, text) for id, text in texts.items()], corpus, EMBEDDER))
    claim = Claim("ferry carries 900 people year", 2)

    def order(relevance: float) -> list[str]:
        model = FakeStance(Calibration(relevance=relevance))
        (answer,) = verify([claim], corpus, Models(EMBEDDER, model, Fusion()))
        return [item.document.id for item in answer.evidence]

    assert order(1.0)[0] == "deciding"
    fused = [item.scores.fused for item in verify([claim], corpus, PLAIN)[0].evidence]
    assert fused == sorted(fused, reverse=True)


def test_claims_of_a_batch_share_the_model_and_answer_as_if_alone(corpus: ExactCorpus) -> None:
    models = weighing()
    claims = [Claim(text) for text in ("river", "The bridge cost 71 million", "pont", "😀")]
    together = verify(claims, corpus, models)
    # once for the best passages, once for what else is read, once for the sentences that decide
    assert len(models.stance.calls) == 3
    assert together == [verify([claim], corpus, models)[0] for claim in claims]


def test_below_the_threshold_it_abstains(corpus: ExactCorpus) -> None:
    claim = Claim("The bridge cost 48 million euros")
    (sure,) = verify([claim], corpus, weighing())
    (unsure,) = verify([claim], corpus, weighing(threshold=0.999))
    assert unsure.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    assert unsure.judgement.probabilities == sure.judgement.probabilities
    assert np.isclose(sum(unsure.judgement.probabilities.values()), 1)


def test_a_stance_decides_as_far_as_its_passage_is_about_the_claim(corpus: ExactCorpus) -> None:
    claim = [Claim("The bridge cost 71 million euros", 1)]
    (sure,) = verify(claim, corpus, weighing())
    (read,) = sure.evidence
    about = read.scores.fused + 0.1 * math.log(0.7 / 0.3)  # P(about) = 0.3
    model = FakeStance(Calibration(about=about, about_width=0.1))
    (answer,) = verify(claim, corpus, Models(EMBEDDER, model, Fusion()))
    (counted,) = answer.evidence
    assert (sure.judgement.verdict, answer.judgement.verdict) == ("REFUTED", "NOT_ENOUGH_EVIDENCE")
    for stance in ("SUPPORTS", "REFUTES"):
        expected = 0.3 * read.stance_probabilities[stance]
        assert counted.stance_probabilities[stance] == pytest.approx(expected, abs=1e-5)


class Distracted(FakeStance):
    """Decides by single sentences only, and counts what it is shown."""

    def __init__(self, lost: float) -> None:
        super().__init__()
        self.lost, self.seen = lost, []

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        self.seen += [evidence for evidence, _ in pairs]
        rows = super().predict(pairs)
        rest = (1 - self.lost) / 2
        rows[[evidence.count(".") > 1 for evidence, _ in pairs]] = (rest, rest, self.lost)
        return rows


def test_a_sentence_lost_among_others_decides(corpus: ExactCorpus) -> None:
    text = "The ferry is old. The ferry to Norland carries 640 people. A boat is red."
    list(ingest([document("ferry", text)], corpus, EMBEDDER))
    claim = [Claim("The ferry to Norland carries 900 people", 1)]
    (answer,) = verify(
        claim, corpus, Models(EMBEDDER, Distracted(SKIP_SENTENCES_FROM - 0.05), Fusion())
    )
    assert answer.judgement.verdict == "REFUTED"
    (quote,) = answer.evidence[0].rationale
    assert quote.quote == "The ferry to Norland carries 640 people."


def test_a_lone_loud_reading_does_not_turn_the_stance() -> None:
    readings = [[0.1, 0.6, 0.3], [0.5, 0.3, 0.2], [0.05, 0.55, 0.4]]
    supports, refutes, silent = combine_readings(np.array(readings, np.float32))
    assert silent == pytest.approx(0.2)
    assert (supports, refutes) == (pytest.approx(0.8 * 0.85 / 3.5), pytest.approx(0.8 * 2.65 / 3.5))


def test_a_sentence_without_its_neighbours_does_not_turn_what_they_say_together() -> None:
    together, alone = [0.6, 0.2, 0.2], [0.05, 0.9, 0.05]
    supports, refutes, _ = combine_readings(np.array([together, alone], np.float32))
    assert supports > refutes
    supports, refutes, _ = combine_readings(np.array([together, alone, alone], np.float32))
    assert supports < refutes


@pytest.mark.parametrize("row", [[0.7, 0.2, 0.1], [0.0, 0.0, 1.0]])
def test_a_single_reading_is_the_stance(row: list[float]) -> None:
    assert combine_readings(np.array([row, row], np.float32)) == pytest.approx(row)


@pytest.mark.parametrize(("off", "reads"), [(1.01, 2), (0.99, 1)])
def test_what_is_hardly_about_the_claim_is_not_read(
    corpus: ExactCorpus, off: float, reads: int
) -> None:
    claim = [Claim("The bridge cost 71 million euros")]
    first, second, *_ = (item.scores.fused for item in verify(claim, corpus, PLAIN)[0].evidence)
    width = off * (first - second) / math.log(9)  # P(about) is 0.5 of the first, 0.1 of the second
    model = FakeStance(Calibration(about=first, about_width=width))
    (answer,) = verify(claim, corpus, Models(EMBEDDER, model, Fusion()))
    assert model.calls[0] == reads
    for item in answer.evidence[reads:]:
        share = 1 / (1 + math.exp((first - item.scores.fused) / width))
        assert item.stance == "NOT_ENOUGH_INFO"
        assert item.stance_probabilities["REFUTES"] == pytest.approx(0.1 * share, abs=1e-5)
        assert item.stance_probabilities["NOT_ENOUGH_INFO"] == pytest.approx(1 - 0.2 * share)
        assert item.rationale


def test_of_a_statement_only_what_may_decide_is_read(corpus: ExactCorpus) -> None:
    claim = Claim("The bridge cost 71 million euros")
    first, second, *_ = (item.scores.fused for item in verify([claim], corpus, PLAIN)[0].evidence)
    width = (first - second) / math.log(4)
    # P(about) is 0.7 of the first; of the second it is between 0.1 and a half.
    fitted = Calibration(about=first - width * math.log(0.7 / 0.3), about_width=width)
    answers, pairs = [], []
    for thorough in (True, False):
        model = FakeStance(fitted)
        asked = [replace(claim, thorough=thorough)]
        answers += verify(asked, corpus, Models(EMBEDDER, model, Fusion()))
        pairs.append(model.calls[0])
    assert pairs[0] > pairs[1] == 1
    assert [answer.judgement.verdict for answer in answers] == ["REFUTED", "REFUTED"]
    whole, quick = (answer.evidence for answer in answers)
    assert [item.document.id for item in whole] == [item.document.id for item in quick]
    assert (whole[0], quick[1].stance) == (quick[0], "NOT_ENOUGH_INFO")


def test_claims_of_one_batch_are_read_each_its_own_way(corpus: ExactCorpus) -> None:
    claim = Claim("The bridge cost 71 million euros")
    quick = replace(claim, thorough=False)
    scores = [item.scores.fused for item in verify([claim], corpus, PLAIN)[0].evidence]
    # P(about) is about 0.3 of all.
    fitted = Calibration(about=scores[0] + 100 * math.log(0.7 / 0.3), about_width=100)
    model = FakeStance(fitted)
    verify([claim, quick], corpus, Models(EMBEDDER, model, Fusion()))
    assert model.calls[0] == len(scores)


def test_of_a_passage_that_says_too_little_no_sentence_is_read(corpus: ExactCorpus) -> None:
    text = "The ferry is old. The ferry to Norland carries 640 people. A boat is red."
    list(ingest([document("ferry", text)], corpus, EMBEDDER))
    model = Distracted((1 + SKIP_SENTENCES_FROM) / 2)
    claim = [Claim("The ferry to Norland carries 900 people", 1)]
    (answer,) = verify(claim, corpus, Models(EMBEDDER, model, Fusion()))
    assert answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE"
    assert text in model.seen
    assert "The ferry is old." not in model.seen


def test_a_passage_and_its_sentences_are_read_under_its_title(corpus: ExactCorpus) -> None:
    text = "The ferry is old. The ferry to Norland carries 640 people."
    list(ingest([document("ferry", text, title="At sea")], corpus, EMBEDDER))
    model = Distracted(SKIP_SENTENCES_FROM - 0.05)
    claim = [Claim("The ferry to Norland carries 900 people", 1)]
    verify(claim, corpus, Models(EMBEDDER, model, Fusion()))
    assert {f"At sea. {text}", "At sea. The ferry is old."} <= set(model.seen)


ENGLISH = Calibration(languages=("en",))


@pytest.mark.parametrize("text", ["Did the bridge cost 48 million euros?", "Show me the bridge"])
def test_what_states_nothing_gets_evidence_and_no_verdict(corpus: ExactCorpus, text: str) -> None:
    (answer,) = verify([Claim(text)], corpus, weighing())
    assert answer.judgement == Judgement(None, {}, reason="not_a_statement")
    assert answer.evidence
    assert {item.stance for item in answer.evidence} == {None}


def test_a_claim_in_a_language_the_model_does_not_know_is_found_and_not_judged(
    corpus: ExactCorpus,
) -> None:
    models = Models(EMBEDDER, FakeStance(ENGLISH), Fusion())
    french, english = verify(
        [
            Claim("Le pont a coûté 48 millions, dit le maire de la ville"),
            Claim("The bridge opened"),
        ],
        corpus,
        models,
    )
    assert french.judgement == Judgement(
        None, {}, reason="language_not_judged", language_not_judged="fr"
    )
    assert french.evidence
    assert english.judgement is not None
    assert english.judgement.verdict is not None


def test_a_passage_in_a_language_the_model_does_not_know_has_no_say() -> None:
    corpus = ExactCorpus()
    claim = "The bridge cost 48 million euros"
    foreign = document("fr", claim, language="fr")
    list(ingest([foreign], corpus, EMBEDDER))
    models = Models(EMBEDDER, FakeStance(ENGLISH), Fusion())
    (answer,) = verify([Claim(claim)], corpus, models)
    assert answer.judgement == replace(NO_DOCUMENTS, reason="language_not_judged")
    assert [(item.language_not_judged, item.stance) for item in answer.evidence] == [("fr", None)]
    list(ingest([document("en", claim, language="en")], corpus, EMBEDDER))
    (answer,) = verify([Claim(claim)], corpus, models)
    assert answer.judgement.verdict == "SUPPORTED"
    assert answer.judgement.supporting == 1
    assert [item.document.id for item in answer.evidence] == ["en", "fr"]


DEBUNK = (
    "A post says that the bridge cost 48 million euros and that the town hid the bill.",
    "The council met on Tuesday and heard a report on the traffic across the river and the quay.",
    "Correction: the bridge cost 71 million euros, not as we wrote in an earlier version.",
)


def test_the_correction_below_decides_for_an_article_that_repeats_the_claim() -> None:
    corpus = ExactCorpus()
    list(ingest([document("a", "\n\n".join(DEBUNK), language="en")], corpus, EMBEDDER))
    (answer,) = verify([Claim("The bridge cost 48 million euros")], corpus, weighing())
    assert answer.judgement.verdict == "REFUTED"
    assert answer.evidence[0].rationale[0].quote.startswith("Correction")
    assert answer.evidence[0].passage.text == DEBUNK[2]


def test_where_camps_are_apart_in_time_the_answer_says_which_is_newer() -> None:
    corpus = ExactCorpus()
    old = document("old", "The toll of the bridge is 48 euros.", published_at="2022-03-01")
    new = document("new", "The toll of the bridge is 71 euros.", published_at="2023-03-01")
    list(ingest([old, new], corpus, EMBEDDER))
    newest = Newest("REFUTES", dt.date(2023, 3, 1))
    today, then = verify(
        [
            Claim("The toll of the bridge is 48 euros"),
            Claim("The price of the bridge was 48 euros"),
        ],
        corpus,
        weighing(),
    )
    assert (today.judgement.verdict, today.judgement.newest) == ("REFUTED", newest)
    assert today.judgement.supporting == today.judgement.refuting == 1
    assert (then.judgement.verdict, then.judgement.newest) == ("CONFLICTING_EVIDENCE", newest)


POST = "A viral post says that the bridge in Oria cost 48 million euros."
REGISTER = "The accounts of the town show that the bridge in Oria cost 71 million euros."


@pytest.mark.parametrize("between", [" ", f"\n\n{DEBUNK[1]}\n\n"], ids=["beside", "below"])
@pytest.mark.parametrize("order", [(POST, REGISTER), (REGISTER, POST)], ids=["first", "last"])
def test_what_only_mentions_the_claim_has_no_say_beside_what_decides(
    order: tuple[str, str], between: str
) -> None:
    corpus = ExactCorpus()
    list(ingest([document("a", between.join(order), language="en")], corpus, EMBEDDER))
    false, true, told = (
        Claim("The bridge in Oria cost 48 million euros"),
        Claim("The bridge in Oria cost 71 million euros"),
        Claim("A viral post says that the bridge in Oria cost 48 million euros"),
    )
    answers = verify([false, true, told], corpus, weighing())
    verdicts = [answer.judgement.verdict for answer in answers]
    assert verdicts == ["REFUTED", "SUPPORTED", "SUPPORTED"]
    assert [answer.evidence[0].rationale[0].quote for answer in answers[:2]] == [REGISTER] * 2


@pytest.mark.parametrize("verb", ["employs", "owns", "operates"])
def test_what_somebody_does_at_present_can_change(verb: str) -> None:
    corpus = ExactCorpus()
    old = document("old", f"The mill in Oria {verb} 48 looms.", published_at="2022-03-01")
    new = document("new", f"The mill in Oria {verb} 71 looms.", published_at="2023-03-01")
    list(ingest([old, new], corpus, EMBEDDER))
    (today,) = verify([Claim(f"The mill in Oria {verb} 48 looms")], corpus, weighing())
    assert today.judgement.verdict == "REFUTED"


def test_a_newer_text_that_takes_something_back_counts_for_what_cannot_change() -> None:
    corpus = ExactCorpus()
    old = document("old", "The bridge in Oria cost 48 euros.", published_at="2022-03-01")
    text = "The bridge in Oria cost 71 euros. The paper withdrew its report."
    new = document("new", text, published_at="2023-03-01")
    list(ingest([old, new], corpus, EMBEDDER))
    (answer,) = verify([Claim("The bridge in Oria cost 48 euros")], corpus, weighing())
    assert answer.judgement.verdict == "REFUTED"


def test_what_a_court_found_is_no_longer_shown_once_it_is_overruled() -> None:
    corpus = ExactCorpus()
    first = "A jury found Joe Tarrant guilty of the murder of Bill Tarrant."
    later = "The High Court quashed the conviction of Joe Tarrant for murder."
    old = document("old", first, published_at="2021-05-05")
    new = document("new", later, published_at="2023-08-30")
    claims = [
        Claim("Joe Tarrant committed the murder of Bill Tarrant"),
        Claim("A jury found Joe Tarrant guilty of murder"),
    ]

    def said() -> list[str]:
        answers = verify(claims, corpus, weighing())
        return [next(e.stance for e in a.evidence if e.document.id == "old") for a in answers]

    list(ingest([old], corpus, EMBEDDER))
    assert said() == ["SUPPORTS", "SUPPORTS"]
    list(ingest([new], corpus, EMBEDDER))
    assert said() == ["NOT_ENOUGH_INFO", "SUPPORTS"]


def test_what_was_so_long_ago_is_undecided_today() -> None:
    corpus = ExactCorpus()
    told = document("d", "In 1995 the mill in Oria employed 48 men.", published_at="2022-03-01")
    list(ingest([told], corpus, EMBEDDER))
    claims = [Claim("The mill in Oria employs 48 men"), Claim("The mill in Oria employed 48 men")]
    today, then = verify(claims, corpus, weighing())
    assert today.evidence[0].stance == "NOT_ENOUGH_INFO"
    assert then.evidence[0].stance == "SUPPORTS"


def test_a_newer_holder_of_an_office_refutes_that_another_holds_it() -> None:
    corpus = ExactCorpus()
    old = document("old", "Ann Lee is the mayor of Oria.", published_at="2020-03-01")
    new = document("new", "Mayor Ben Kos opened a mill in Oria.", published_at="2023-03-01")
    list(ingest([old], corpus, EMBEDDER))
    claim = Claim("Ann Lee is the mayor of Oria")
    (before,) = verify([claim], corpus, weighing())
    assert before.judgement.verdict == "SUPPORTED"
    list(ingest([new], corpus, EMBEDDER))
    (after,) = verify([claim], corpus, weighing())
    assert after.judgement.newest is not None
    assert after.judgement.newest.stance == "REFUTES"
    assert {e.document.id: e.stance for e in after.evidence} == {
        "old": "SUPPORTS",
        "new": "REFUTES",
    }
