"""Words that decide how a sentence with values is read, in lower case; no logic."""

# fmt: off
# Words without which a sentence says the same: they are no content words.
STOP = frozenset({
    "a", "about", "also", "an", "and", "are", "as", "at", "be", "been", "being", "by", "did",
    "do", "does", "dr", "each", "for", "from", "had", "has", "have", "having", "he", "her",
    "him", "his", "i", "in", "into", "is", "it", "its", "mr", "mrs", "ms", "my", "of", "on",
    "onto", "or", "our", "over", "per", "she", "sir", "so", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "to", "was", "we", "were",
    "which", "who", "whom", "whose", "with", "you", "your",
})
# Words that turn or weaken what a sentence says ("not", "may", "plans"), or say that somebody says
# it ("claims"). `compare_sentence` says nothing of a sentence with one that its claim has not.
TURNING = frozenset({
    "according", "accuse", "accused", "ad", "advert", "advertisement", "aim", "aims", "alleged",
    "allegedly", "alleges", "argue", "argued", "argues", "ask", "asked", "asks", "barely",
    "believed", "believes", "blogger", "bloggers", "called", "calls", "cannot", "caption",
    "claim", "claimed", "claiming", "claims", "could", "critics", "declare", "declared",
    "declares", "declaring", "demand", "demands", "denied", "denies", "deny", "denying",
    "doubt", "doubts", "either", "except", "expect", "expected", "expects", "fake", "false",
    "falsely", "fear", "feared", "fears", "feels", "forecast", "forecasts", "forged", "forgery",
    "guess", "guessed",
    "guesses", "hardly", "headline", "hoax", "hope", "hoped", "hopes", "if", "incorrect",
    "incorrectly", "insist", "insisted", "insists", "instead", "intend", "intended", "intends",
    "likely", "listed", "may", "maybe", "meme", "might", "must", "myth", "neither", "never",
    "no", "none", "nor", "not", "organisers", "organizers", "perhaps", "plan", "planned",
    "planning", "plans", "possibly", "post", "posted", "posting", "posts", "predict",
    "predicted", "predicts", "probably", "projected", "promise", "promised", "promises",
    "promising", "proposal", "propose", "proposed", "proposes", "quote", "quoted", "quotes",
    "rather", "reckon", "reckoned", "reckons", "replied", "reply", "reported", "reportedly",
    "reporting", "reports", "retweeted", "rumor", "rumored", "rumour", "rumoured", "rumours",
    "said", "say", "saying", "says", "shall", "should", "source", "sources", "speak", "speaks",
    "spoke", "spokesman", "spokesperson", "spokeswoman", "state", "stated", "states", "stating",
    "suggest", "suggested", "suggests", "supporters", "supposedly", "suspect", "suspected",
    "suspects", "talk", "talked", "talks", "target", "targets", "tell", "telling", "tells",
    "thinks", "thought", "told", "tweet", "tweeted", "tweeting", "tweets", "unless", "unlike",
    "unlikely", "untrue", "video", "viral", "want", "wanted", "wants", "whether", "will",
    "wished", "without", "worries", "worry", "would", "writes", "written", "wrong", "wrongly",
    "wrote",
})
# Words that make the values near them those of another thing: "than", "before", "another", "half".
# `compare_sentence` says nothing where one that the claim has not is near the claim's words.
COMPARING = frozenset({
    "additional", "after", "against", "all", "almost", "although", "altogether", "another",
    "any", "average", "averaged", "before", "bigger", "both", "but", "by", "compared", "cut",
    "double", "down", "each", "estimate", "estimated", "estimates", "every", "extra", "fallen",
    "fell", "few", "fewer", "fifth", "first", "former", "formerly", "fourth", "further", "half",
    "higher", "larger", "last", "least", "less", "lower", "many", "mean", "median", "minus",
    "more", "most", "next", "once", "only", "other", "others", "plus", "previous", "previously",
    "remaining", "rest", "risen", "rose", "second", "since", "smaller", "some", "than", "third",
    "though", "times", "total", "triple", "twice", "until", "up", "whereas", "while",
})
# Words that may have a capital and are no name: the number behind them is no part of a name, as it
# is in "Boeing 747".
NO_NAMES = frozenset({
    "a", "about", "above", "after", "again", "all", "almost", "an", "and", "another", "any",
    "approximately", "april", "around", "as", "at", "august", "because", "before", "below",
    "between", "but", "by", "december", "each", "eur", "every", "exactly", "february", "few",
    "fewer", "for", "friday", "from", "gbp", "he", "her", "his", "if", "in", "including", "it",
    "its", "january", "july", "june", "just", "last", "least", "less", "march", "may", "monday",
    "more", "most", "nearly", "no", "not", "november", "now", "october", "of", "on", "only",
    "or", "other", "our", "out", "over", "roughly", "saturday", "september", "she", "since",
    "so", "some", "sunday", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "though", "through", "thursday", "to", "total", "tuesday", "twice",
    "under", "until", "up", "usd", "was", "we", "wednesday", "were", "when", "where", "while",
    "with", "within", "yet", "you",
})
# Stems of words that are neither counted after a number nor denied after a "not".
STOP_STEMS = frozenset({
    "one", "longer", "more", "less", "onli", "doubt", "sooner", "just", "the", "a", "an", "to",
    "in", "on", "at", "of", "for", "by", "with", "that", "this", "it", "be", "been", "and", "or",
    "as", "so", "yet", "all", "ani", "much", "mani",
})
# Stems of verbs, and "than", that may follow a number, and are not what it counts.
AUXILIARIES = frozenset({
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "doe", "did", "will",
    "would", "can", "could", "may", "might", "should", "must", "than",
})
# fmt: on
