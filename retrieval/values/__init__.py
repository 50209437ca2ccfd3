"""(claim, sentence) -> what their numbers, dates and times say of each other."""

from retrieval.values.compare import Comparison, Step
from retrieval.values.correct import correct, corrected, parse_claim, verdict_of_values
from retrieval.values.differences import differences
from retrieval.values.notation import in_notation_of
from retrieval.values.parsed import Parsed as ParsedClaim
from retrieval.values.relate import Relation

__all__ = [
    "Comparison", "ParsedClaim", "Relation", "Step", "correct", "corrected", "differences",
    "in_notation_of", "parse_claim", "verdict_of_values",
]  # fmt: skip
