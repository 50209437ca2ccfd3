"""Random small models of many families say what the plain libraries say in float32."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    PreTrainedTokenizerFast,
)

from retrieval.embed import load_embedder
from retrieval.running.runtime import Precision
from retrieval.stance import DEFAULT_PRECISION, load_stance
from retrieval.types import STANCES

pytestmark = pytest.mark.slow

WORDS = """
the a of and to in was is not turkey russia each sent 60 44 servicemen bridge cost million euros
open closed march query passage claim evidence number
""".split()  # noqa: SIM905 - easier to read
PIECES = [*string.ascii_lowercase, *string.digits, *".,:%'"]
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.25,
    "max_position_embeddings": 66,
}
PROMPTS = {"query": "query: ", "document": "passage: "}
TEXTS = [
    "Turkey and Russia each sent 60 servicemen.",
    "The bridge was closed in March.",
    "a",
    "The bridge cost 44 million euros, not 60. " * 12,  # more than any of the models reads
    *[f"claim number {n} of {n * n}" for n in range(12)],
]
PAIRS = [(TEXTS[n], TEXTS[-n - 1]) for n in range(len(TEXTS)) if n != 3 and len(TEXTS) - n != 4]
EVERY = ["bert", "roberta", "xlm-roberta", "deberta-v2", "distilbert", "electra", "modernbert"]
# What a family's configuration has besides SMALL, or under another name.
OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "distilbert": {"dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 2},
    "deberta-v2": {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]},
    "electra": {"embedding_size": 32},
    # Local attention over so few tokens that the padding of a short text sees nothing else.
    "modernbert": {"local_attention": 8, "classifier_pooling": "mean"},
}


def tokenizer(roberta: bool) -> PreTrainedTokenizerFast:
    """Words, and letters for other words; special tokens where a family expects them."""
    special = (
        ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        if roberta
        else ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"]
    )
    first, pad, end, unknown, mask = special
    # The first two change places: RoBERTa pads with 1, BERT with 0.
    ordered = special if roberta else [pad, first, *special[2:]]
    tokens = [*ordered, *WORDS, *PIECES, *(f"##{piece}" for piece in PIECES)]
    vocabulary = {token: n for n, token in enumerate(dict.fromkeys(tokens))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token=unknown))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {end}",
        pair=f"{first} $A {end} {end} $B {end}" if roberta else f"{first} $A {end} $B:1 {end}:1",
        special_tokens=[(first, vocabulary[first]), (end, vocabulary[end])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, model_max_length=64, cls_token=first, pad_token=pad, sep_token=end,
        unk_token=unknown, mask_token=mask, bos_token=first, eos_token=end,
        model_input_names=["input_ids", *([] if roberta else ["token_type_ids"]), "attention_mask"],
    )  # fmt: skip


def save(folder: Path, family: str, network: Any, **more: Any) -> Path:
    """A random model of the family with its tokenizer, as transformers saves them."""
    words = tokenizer("roberta" in family)
    if family in {"distilbert", "modernbert"}:
        words.model_input_names = ["input_ids", "attention_mask"]
    config = AutoConfig.for_model(
        family, vocab_size=len(words), pad_token_id=words.pad_token_id,
        bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
        **{**SMALL, **OTHERWISE.get(family, {})}, **more,
    )  # fmt: skip
    torch.manual_seed(7)
    network.from_config(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


# Each family with something else that sentence-transformers models have.
EMBEDDERS: dict[str, dict[str, Any]] = {
    "bert": {"pooling": "mean", "prompts": PROMPTS},
    "roberta": {"pooling": "cls"},
    "xlm-roberta": {"pooling": "lasttoken", "prompts": {"query": "query: "}},
    "deberta-v2": {"pooling": "mean", "dense": 24},
    "distilbert": {"pooling": "mean", "truncate": 16},
    "electra": {"pooling": "mean", "prompts": PROMPTS, "include_prompt": False},
    "modernbert": {"pooling": "mean", "prompts": PROMPTS},
}


def save_embedder(
    folder: Path,
    family: str,
    pooling: str,
    prompts: Mapping[str, str] | None = None,
    include_prompt: bool = True,
    dense: int | None = None,
    truncate: int | None = None,
) -> Path:
    encoder = Transformer(str(save(folder / "encoder", family, AutoModel)))
    parts = [encoder, Pooling(32, pooling, include_prompt)]
    if dense:
        parts += [Dense(32, dense), Normalize()]
    model = SentenceTransformer(
        modules=parts, device="cpu", prompts=dict(prompts or {}), truncate_dim=truncate
    )
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.mark.parametrize("family", EVERY)
def test_vectors(family: str, tmp_path: Path) -> None:
    folder = save_embedder(tmp_path, family, **EMBEDDERS[family])
    ours = load_embedder(str(folder), tmp_path / "cache")
    plain = SentenceTransformer(str(folder), device="cpu")
    queries = plain.encode_query(TEXTS, normalize_embeddings=True)
    documents = plain.encode_document(TEXTS, normalize_embeddings=True)
    assert ours.dimension == queries.shape[1] == EMBEDDERS[family].get("truncate") or 24
    assert (ours.embed_queries(TEXTS) * queries).sum(axis=1).min() >= 0.999
    assert (ours.embed(TEXTS) * documents).sum(axis=1).min() >= 0.999
    prompted = "prompts" in EMBEDDERS[family]
    assert prompted == ((queries * documents).sum(axis=1).min() < 0.99)
    assert ours.identity.endswith("+prompt") == bool(plain.prompts["document"])


@pytest.mark.parametrize("family", EVERY)
def test_stances(family: str, tmp_path: Path) -> None:
    labels = dict(enumerate(stance.lower() for stance in reversed(STANCES)))
    folder = save(
        tmp_path / "model", family, AutoModelForSequenceClassification,
        num_labels=3, id2label=labels, label2id={label: n for n, label in labels.items()},
    )  # fmt: skip
    plain = CrossEncoder(str(folder), device="cpu").predict(PAIRS, apply_softmax=True)[:, ::-1]

    def differences(precision: Precision) -> Any:
        ours = load_stance(str(folder), tmp_path / "cache", precision=precision)
        return np.abs(ours.predict(PAIRS) - plain)

    assert differences(DEFAULT_PRECISION).max() <= 0.01
    assert differences("f32").max() <= 0.001
    assert plain.std(axis=0).max() > 0.02  # pairs that all look the same would show nothing
