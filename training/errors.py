"""What can go wrong on the way to weights."""


class TrainingError(Exception):
    """Base of this package's errors; the message says what to do."""


class BadRecipe(TrainingError):
    """The recipe names what the data does not have, or a setting that does not exist."""
