"""SciFact: abstracts as a corpus, claims with rationale sentences, the official scores."""

from evaluation.scifact.data import Gold, SciFact, as_document, load

__all__ = ["Gold", "SciFact", "as_document", "load"]
