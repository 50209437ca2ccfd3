"""A claim's way: claim -> candidates -> stance -> verdict.

The files in the order of that way, which verify.py goes:

claim.py        text -> claim; statement.py: does it state anything; language.py: is it judged;
                parts.py: the statements that it joins with "and"
search.py       claim -> candidates, one passage of each document (embed.py: text -> vectors)
weigh.py        candidates -> their stances; stance.py: the model; running/: what runs a model
reading.py      a document -> its stance, from all that is read of it (reading_on.py: what else)
values/         what numbers and dates of claim and text say; wording.py: same words, other sense
voice.py        does the text state it, report it or reject it (attributions.py: who says what)
ruling.py       what a fact-check rules on the claim (ruling_lines.py: in one line;
                rating.py: one sentence; claim_lines.py: lines that name what is checked)
taken_back.py   what a text takes back itself; repeats.py: does a sentence say the claim
mentions.py     which of the readings only mention the claim; outweighed.py, reversals.py: which do
                not count beside others; successors.py: which tell of a newer holder of an office
sources.py      documents -> sources, and which camp is newer (newer.py: does that matter)
verdict.py      stances -> verdict; explain.py: the evidence shown; gap.py: what was lacking

check.py        an article -> its statements (checkworthy.py: which are worth it)
quotes/         a quotation -> where the archive has it
"""
