"""The default Corpus: SQLite is the truth, FAISS and tantivy are derived from it.

corpus = open_corpus(folder, embedder, writable=True)
"""

from index.embedded.corpus import EmbeddedCorpus, open_corpus

__all__ = ["EmbeddedCorpus", "open_corpus"]
