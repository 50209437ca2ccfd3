"""Words and short forms of numbers, in lower case; no logic. Read by numbers.py and others."""

# Words for the numbers below 20, in order from 0.
SMALL_NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
# Words for the tens, in order from 20.
TENS = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
]  # fmt: skip
# Word behind a number, or in it -> what it multiplies by.
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "lakh": 1e5, "crore": 1e7, "lakh crore": 1e12, "dozen": 12.0,
}  # fmt: skip
# The same, for what may touch the digits: "5[bn]". "m" and "k" may be other things, too.
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "tn": 1e12, "tr": 1e12,
                "trn": 1e12, "cr": 1e7}  # fmt: skip
# A pattern of these.
SHORT_SCALE = "|".join(sorted(SHORT_SCALES, key=len)[::-1])
# Words of `SCALES` that stand in a number in words; "a [million]" begins with one, too.
WORD_SCALES = ("hundred", "thousand", "million", "billion", "trillion")
# Word -> which one of several it names.
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
    "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
}  # fmt: skip
# Word for a part -> how many of them make a whole: "third" -> 3, "quarters" -> 4.
PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    word + plural: value
    for word, value in ORDINALS.items()
    if 3 <= value <= 20
    for plural in ("", "s")
}
