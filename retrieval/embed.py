"""Text -> unit vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.documents import Vectors
from retrieval.running.files import ModelFiles, find_model
from retrieval.running.graph import Graph
from retrieval.running.load import load_graph
from retrieval.running.probes import TEXTS
from retrieval.running.runtime import Device, Precision
from retrieval.running.traceable import Measure, Traceable, without_empty_attention

# In int8 the cosine to float32 falls below 0.998; in bfloat16 it is 0.9999 and more.
FASTEST: Precision = "bf16"
# Largest 1 - cosine between a vector and the plain library's in float32, so that it stays within
# 0.001 on other texts.
TOLERANCE = 0.0005
# Names of the prompt for documents, the preferred one first, as sentence-transformers has them.
DOCUMENT_PROMPTS = ("document", "passage", "corpus")
# Number of tokens that are read of a text where the model does not say; a tokenizer that knows no
# limit gives a number above MOST_TOKENS.
DEFAULT_TOKENS, MOST_TOKENS = 512, 1_000_000


class CompiledEmbedder:
    """A sentence-transformers model, ready to run: texts in, unit vectors out."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._graph.tokenizer.enable_truncation(int(graph.meta["max_tokens"]))
        self._query, self._document = graph.meta["query_prompt"], graph.meta["document_prompt"]
        # Passages that were embedded without their prompt have other vectors.
        self.identity = graph.identity + ("+prompt" if self._document["text"] else "")
        self.dimension = int(graph.meta["width"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Passages or sentences -> float32 of shape (n, dimension), each row of length 1.

        Raises:
            ModelUnavailable: the model gives no finite numbers, or its device fails.
        """
        return self._embedded(texts, self._document)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Claims -> the same, with the model's prompt for queries where it has one."""
        return self._embedded(texts, self._query)

    def _embedded(self, texts: Sequence[str], prompt: dict[str, Any]) -> Vectors:
        prompted = [prompt["text"] + text for text in texts]
        return self._graph.run(self._graph.tokenizer.encode_batch(prompted), prompt["tokens"])


def chosen_prompts(named: Mapping[str, str], default_name: str | None) -> tuple[str, str]:
    """The prompts of a query and of a document, of those in config_sentence_transformers.json.

    As `encode_query` and `encode_document` choose them. The default prompt is for models that name
    neither; it is then that of both. A document prompt that is empty gives way to a later name that
    is not: sentence-transformers fills "document" in, empty, where only "passage" is saved.
    """
    query = named.get("query") or ""
    document = next((named[name] for name in DOCUMENT_PROMPTS if named.get(name)), "")
    if not query and not document and default_name:
        query = document = named.get(default_name) or ""
    return query, document


def trace(files: ModelFiles) -> Traceable:
    """Token ids and their mask, both (texts, tokens), -> unit vectors (texts, width)."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    loaded = SentenceTransformer(
        str(files.folder),
        device="cpu",
        local_files_only=True,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    )
    model = without_empty_attention(loaded.eval())
    query, document = chosen_prompts(model.prompts, model.default_prompt_name)
    # A model that pools without its prompt is told where each text begins.
    apart = (query or document) and any(
        isinstance(module, Pooling) and not module.include_prompt for module in model
    )
    inputs = ["input_ids", "attention_mask", *(["pooled_mask"] if apart else [])]

    class UnitVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, pooled_mask: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for module in self.model:
                if pooled_mask is not None and isinstance(module, Pooling):
                    features["attention_mask"] = pooled_mask
                features = module(features)
            embedding = features["sentence_embedding"][:, : model.truncate_dim]
            return torch.nn.functional.normalize(embedding, dim=-1)

    def measure() -> Measure:
        plain = [
            model.encode(
                list(TEXTS),
                prompt=prompt,
                batch_size=4,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            for prompt in (query, document)
        ]

        def difference(graph: Graph) -> float:
            ours = CompiledEmbedder(graph)
            vectors = ours.embed_queries(TEXTS), ours.embed(TEXTS)
            cosines = [(one * other).sum(1) for one, other in zip(vectors, plain, strict=True)]
            return float(1 - np.min(cosines))

        return difference

    def prompt_of(text: str) -> dict[str, Any]:
        ids = model.tokenizer(text)["input_ids"] if text else []
        # A special token at the end comes after the text, not after the prompt.
        if ids and ids[-1] in model.tokenizer.all_special_ids:
            ids = ids[:-1]
        return {"text": text, "tokens": len(ids)}

    most = model.max_seq_length
    meta = {
        "width": model.get_embedding_dimension(),
        "max_tokens": most if most and most <= MOST_TOKENS else DEFAULT_TOKENS,
        "pad_id": model.tokenizer.pad_token_id or 0,
        "query_prompt": prompt_of(query),
        "document_prompt": prompt_of(document),
    }
    tokenizer = model.tokenizer.backend_tokenizer
    return Traceable(UnitVectors(), inputs, tokenizer, meta, measure, TOLERANCE)


def load_embedder(
    name: str,
    cache: Path,
    threads: int = 0,
    precision: Precision = FASTEST,
    device: Device = "cpu",
) -> CompiledEmbedder:
    """The embedder of a model's name.

    Raises:
        ModelUnavailable: see `find_model` and `load_graph`.
    """
    return CompiledEmbedder(load_graph(find_model(name), cache, threads, trace, precision, device))
