"""A sentence -> how likely an editor would want it checked.

A logistic regression over the words of the sentence: it needs no other model, takes microseconds,
and its weights can be read (models/checkworthy/weights.json).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.errors import ModelUnavailable

FOLDER = Path(__file__).parent.parent / "models" / "checkworthy"
WEIGHTS = FOLDER / "weights.json"
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%$£€?]")
# The word that stands for every number.
NUMBER = "#"
# Most words and most numbers of a sentence that count.
MANY_WORDS, MANY_NUMBERS = 60, 3


@dataclass(frozen=True, slots=True)
class CheckWorthiness:
    """What was learnt: log-odds by feature, and the score from which on a sentence is checked."""

    bias: float
    words: Mapping[str, float]
    shape: Mapping[str, float]
    threshold: float

    def score(self, sentence: str) -> float:
        """Probability that a sentence is worth a check, 0 to 1. English; others score low."""
        words, shape = features(sentence)
        odds = self.bias + sum(self.shape.get(name, 0.0) * value for name, value in shape.items())
        length = math.sqrt(len(words)) or 1.0
        odds += sum(self.words.get(word, 0.0) for word in words) / length
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def features(sentence: str) -> tuple[list[str], dict[str, float]]:
    """The distinct words of a sentence in lower case, and plain measures of it, each 0 to 1."""
    tokens = _TOKEN.findall(sentence)
    numbers = sum(found[0].isdigit() for found in tokens)
    names = sum(found[0].isupper() and found != "I" for found in tokens[1:])
    count = max(1, len(tokens))
    words = [NUMBER if found[0].isdigit() else found.lower().replace("’", "'") for found in tokens]
    shape = {
        "length": math.log1p(min(len(tokens), MANY_WORDS)) / math.log1p(MANY_WORDS),
        "numbers": min(numbers, MANY_NUMBERS) / MANY_NUMBERS,
        "names": names / count,
        "short": float(len(tokens) < 6),
    }
    return list(dict.fromkeys(words)), shape


@cache
def load_checkworthiness(path: Path = WEIGHTS) -> CheckWorthiness:
    """
    Raises:
        ModelUnavailable: the weights are not there, or are not such weights.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return CheckWorthiness(found["bias"], found["words"], found["shape"], found["threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"{path} does not hold the weights of check-worthiness ({error!r}): install claimdesk "
            "again, or make them with python -m training.checkworthy"
        ) from error
