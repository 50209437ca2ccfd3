"""(number of degrees, words beside it) -> a temperature, or how far two temperatures are apart."""

from __future__ import annotations

import re

from retrieval.values.quantity import DEGREES_APART

# Before degrees that tell how far two temperatures are apart: "[rose by ]2 degrees".
_APART_BEFORE = re.compile(
    r"\b(?:by|ris(?:es?|en)|rose|falls?|fell|fallen|drop(?:s|ped)?|climb(?:s|ed)?|increased?|warm(?:ed|s)"
    r"|cool(?:ed|s)|(?:rise|fall|drop|increase|warming|cooling|difference) of)\s+"
    r"(?:(?:about|around|roughly|nearly|almost|just|only|some|another|over|more than|less than"
    r"|at least|a further)\s+)?$",
    re.I,
)
# Before degrees that may do so, or not. These have a base of their own for each scale, so that
# Celsius is not compared with Fahrenheit.
_MAYBE_APART_BEFORE = re.compile(
    r"\b(?:warming|cooling|rise|increase|difference|gap|anomaly|swing|change)\b[^.;]*$", re.I
)
# Behind the first: "2 degrees[ warmer]".
_APART_AFTER = re.compile(r"\s+(?:warmer|hotter|milder|cooler|colder|higher|lower)\b", re.I)
# Behind the second: "2 degrees[ above] the mean".
_MAYBE_APART_AFTER = re.compile(r"\s+(?:above|below|over|under|more|less|apart)\b", re.I)


def measured_degrees(value: float, scale: str, before: str, after: str) -> tuple[str, float]:
    """Returns the base of a number of degrees, and its value in degrees Celsius.

    A temperature is a "degree"; of how far two are apart 3.6 degrees of Fahrenheit give
    (`DEGREES_APART`, 2.0).

    Args:
        scale: "C" or "F".
    """
    fahrenheit = scale == "F"
    if _APART_BEFORE.search(before) or _APART_AFTER.match(after):
        return DEGREES_APART, value / 1.8 if fahrenheit else value
    low = (value - 32) / 1.8 if fahrenheit else value
    if _MAYBE_APART_BEFORE.search(before) or _MAYBE_APART_AFTER.match(after):
        return f"degree {scale}", low
    return "degree", low
