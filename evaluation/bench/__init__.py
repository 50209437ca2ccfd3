"""How fast it is, each figure beside what a user would build instead, in the same run."""
