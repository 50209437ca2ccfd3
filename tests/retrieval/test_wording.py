"""Sentences with a claim's words that say something else, and those that only look like it."""

import pytest

from retrieval.wording import says_otherwise

OTHERWISE = [
    ("The valley will be evacuated", "If the glacier slides, the valley will be evacuated."),
    ("The strike will go on", "The strike will go on unless the board yields."),
    ("The ferry sank", "The ferry would have sunk if the pumps had failed."),
    ("Ten villages were saved", "Had the dyke held, ten villages could have been saved."),
    ("Exports will be halved", "Should the canal close, exports will be halved."),
    ("Rents tripled in 2019", "Rents would have tripled in 2019 without the cap."),
    ("Robots govern Oria", "In the novel, robots govern Oria."),
    ("Prices rose by 7 per cent", "Prices rose to 7 per cent of wages."),
    ("The rate fell to 3 per cent", "The rate fell by 3 per cent."),
    ("Rents rose by 690 crowns", "Rents rose by 40 crowns to 690 crowns a month."),
    ("Rents rose to 40 crowns", "Rents rose by 40 crowns to 690 crowns a month."),
    ("Output dropped sharply by 12 tonnes", "Output dropped sharply to 12 tonnes."),
    ("Exactly 18 people were hurt", "At least 18 people were hurt."),
    ("Precisely 300 boats came", "As many as 300 boats came."),
    ("Norland attacked Sarvia in 1910", "Norland was attacked by Sarvia in 1910."),
    ("Weber defeated Marlow", "Weber was narrowly defeated by Marlow in the final."),
    ("The court overruled the senate", "The court was overruled by the senate."),
    ("Teachers must wear a tie at school",
     "The court struck down the rule that teachers must wear a tie at school."),
    ("Boats are banned from the lake", "The county lifted its old ban on boats on the lake."),
    ("Ann Lee works at Sarvia College",
     "Ann Lee works at the College of Norland, not at Sarvia College as we wrote in May."),
    ("Ships come to the port",
     "The head of the port, Eva Holm, said that ships would come if the ice melted."),
    ("The mill was built in 1904", "The mill was built in 1940, not 1904."),
]  # fmt: skip
THE_SAME = [
    ("The court struck down the rule on ties", "The court struck down the rule on ties."),
    ("Boats were banned from the lake", "The county lifted the ban on boats on the lake."),
    ("The valley was evacuated", "The valley was evacuated, and the mayor asked if it was safe."),
    ("If the glacier slides, the valley will be evacuated",
     "If the glacier slides, the valley will be evacuated."),
    ("The ferry would have sunk without pumps", "The ferry would have sunk if pumps had failed."),
    ("Robots govern Oria in the novel", "In the novel, robots govern Oria."),
    ("The film opened in Oria", "The film opened in Oria in May."),
    ("Prices rose by 7 per cent", "Prices rose by 7 per cent to 30 crowns."),
    ("Ann Lee works at the College of Norland",
     "Ann Lee works at the College of Norland, not at Sarvia College as we wrote in May."),
    ("Eva Holm is head of the port",
     "The head of the port, Eva Holm, said that ships would come if the ice melted."),
    ("The mill was not built in 1904", "The mill was built in 1940, not 1904."),
    ("The roof leaked", "The mayor opened the hall, not knowing that the roof leaked."),
    ("The club won because of rain", "The club won the cup, not least because of rain."),
    ("Prices rose to 30 crowns", "Prices rose by 7 per cent to 30 crowns."),
    ("Rents rose by 40 crowns", "Rents rose by 40 crowns to 690 crowns a month."),
    ("Rents rose to 690 crowns", "Rents rose by 40 crowns to 690 crowns a month."),
    ("Fees were raised by the council",
     "Fees were raised by 4 per cent to the level of 2019, the council decided."),
    ("Exactly 18 people were hurt", "The police counted 18 people who were hurt."),
    ("At least 18 people were hurt", "At least 18 people were hurt."),
    ("Sarvia attacked Norland in 1910", "Norland was attacked by Sarvia in 1910."),
    ("Marlow defeated Weber", "Weber was narrowly defeated by Marlow in the final."),
    ("The bridge will open in June", "The bridge will open in June, the city said."),
    ("Few, if any, shops closed", "Few, if any, shops closed."),
    ("The dam held", "The dam held, which nobody would have expected."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "sentence"), OTHERWISE)
def test_the_words_are_there_and_say_something_else(claim: str, sentence: str) -> None:
    assert says_otherwise(claim, sentence)


@pytest.mark.parametrize(("claim", "sentence"), THE_SAME)
def test_what_says_the_same_is_left_alone(claim: str, sentence: str) -> None:
    assert not says_otherwise(claim, sentence)
