"""The default Corpus: SQLite is the truth, FAISS and tantivy are derived from it.

corpus = open_corpus(folder, identity=…, dimension=…, writable=True)
"""

from index.embedded.corpus import EmbeddedCorpus
from index.embedded.opening import exists, open_corpus

__all__ = ["EmbeddedCorpus", "exists", "open_corpus"]
