"""Text -> unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.documents import Vectors
from retrieval.running.files import ModelFiles, find_model
from retrieval.running.graph import Graph, load_graph
from retrieval.running.runtime import Device, Precision, Traceable

# In int8 the cosine to float32 falls below 0.998; in bfloat16 it is 0.9999 and more.
FASTEST: Precision = "bf16"


class CompiledEmbedder:
    """A sentence-transformers model, ready to run: texts in, unit vectors out."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._graph.tokenizer.enable_truncation(int(self._graph.meta["max_tokens"]))
        self.identity = graph.identity
        self.dimension = int(self._graph.meta["width"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises: ModelUnavailable: the model gives no finite numbers, or its device fails."""
        return self._graph.run(self._graph.tokenizer.encode_batch(list(texts)))

    embed_queries = embed


def trace(files: ModelFiles) -> Traceable:
    """Token ids and their mask, both (texts, tokens), -> unit vectors (texts, width)."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(files.folder), device="cpu", local_files_only=True).eval()

    class UnitVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            embedding = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(embedding, dim=-1)

    meta = {"width": model.get_embedding_dimension(), "max_tokens": model.max_seq_length}
    return Traceable(
        UnitVectors(), ["input_ids", "attention_mask"], model.tokenizer.backend_tokenizer, meta
    )


def load_embedder(
    name: str,
    cache: Path,
    threads: int = 0,
    precision: Precision = FASTEST,
    device: Device = "cpu",
) -> CompiledEmbedder:
    """The embedder of a model name.

    Raises:
        ModelUnavailable: see `find_model` and `load_graph`.
    """
    return CompiledEmbedder(load_graph(find_model(name), cache, threads, trace, precision, device))
