"""Texts that a compiled model is measured with: evidence and claims of many kinds."""

from __future__ import annotations

from typing import Final

# (evidence, claim)
PAIRS: Final[tuple[tuple[str, str], ...]] = (
    (
        "Turkey and Russia each sent 60 servicemen to the joint monitoring centre, which opened "
        "on Saturday.",
        "Turkey sent 44 servicemen to the centre",
    ),
    (
        "Turkey and Russia each sent 60 servicemen to the joint monitoring centre, which opened "
        "on Saturday.",
        "Turkey and Russia sent the same number of servicemen",
    ),
    (
        "The bridge has been closed to lorries since March; repairs will take until the autumn "
        "of 2024.",
        "The bridge is open to lorries",
    ),
    (
        "The council approved the budget of 48 million euros by 31 votes to 22.",
        "The budget was approved by a majority",
    ),
    (
        "Unemployment fell from 7.2 percent in May to 6.8 percent in June, the statistics office "
        "said.",
        "Unemployment rose in June",
    ),
    (
        "The vaccine reduced hospital admissions by about 40% in adults over 65, a study of "
        "12,000 patients found.",
        "The vaccine keeps older adults out of hospital",
    ),
    ("The company's shares closed 3% lower.", "The minister resigned on Monday"),
    ("Neither the mayor nor her deputy attended the meeting.", "The mayor attended the meeting"),
    ("Le pont a coûté 48 millions d'euros.", "The bridge cost 48 million euros"),
    ("Der Vertrag wurde 1998 unterzeichnet.", "The treaty was signed in 2001"),
    ("Переговоры начались в понедельник.", "River levels are the highest for ten years"),
    (
        "The airline cancelled 120 flights on Friday because of a strike by ground staff, and said "
        "that travellers could change their bookings free of charge until the end of the month.",
        "The strike had no effect on flights",
    ),
    (
        "Researchers followed 1,500 children for ten years and found no link between screen time "
        "and sleep once family income was taken into account.",
        "Screen time harms children's sleep",
    ),
    (
        "The central bank left its main rate at 4.5%, as most economists had expected.",
        "The central bank raised interest rates",
    ),
    (
        "The museum, which reopened last year after a fire, received more than a million visitors.",
        "More than a million people visited the museum",
    ),
    (
        "Police said two people were injured when a tram left the rails near the main station.",
        "Nobody was hurt in the accident",
    ),
    ("She was born in Lagos and moved to London at the age of six.", "She was born in London"),
    (
        "Farmers in the valley planted twice as many almond trees as in the year before.",
        "The price of bread has doubled",
    ),
    ("El presidente firmó la ley el martes.", "The president signed the law"),
    ("Rain is expected in the north. " * 12, "It will rain in the north"),
)
TEXTS: Final[tuple[str, ...]] = tuple(dict.fromkeys(text for pair in PAIRS for text in pair))
