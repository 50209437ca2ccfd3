"""The pipeline that claimdesk is compared with: what a competent engineer writes in an hour.

    python -m evaluation.bench.plain FOLDER PORT WEIGHED

FOLDER holds passages.json, vectors.npy and the float32 weights in stance/. The libraries are used
as their documentation shows: SentenceTransformer.encode, a flat FAISS index, CrossEncoder.predict.
It predicts the stance of WEIGHED passages, the most that claimdesk reads for a claim, and of each
sentence of those that it shows; claimdesk leaves out passages that are hardly about the claim, and
reads sentences of more of them. Claims take turns, because a model uses all cores for one.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

SHOWN = 5  # passages in an answer
NOT_ENOUGH_INFO = 2  # its column in the output of the stance model
EMBEDDING_FOLDER, STANCE_FOLDER = "embedding", "stance"
MAX_LENGTH = 256  # tokens of a pair


class Request(BaseModel):
    """The body of a request."""

    claim: str


def load_embedder(folder: Path) -> Any:
    """The embedding model of a folder as sentence-transformers loads it, on the CPU."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def load_stance(folder: Path) -> Any:
    """The cross-encoder of a folder as sentence-transformers loads it, on the CPU."""
    from sentence_transformers import CrossEncoder

    return CrossEncoder(str(folder), device="cpu", max_length=MAX_LENGTH, local_files_only=True)


def create(folder: Path, weighed: int) -> FastAPI:
    """The application over the models, passages and vectors of a folder."""
    passages = json.loads((folder / "passages.json").read_text())
    vectors = np.load(folder / "vectors.npy")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    embedder = load_embedder((folder / EMBEDDING_FOLDER).resolve())
    stance = load_stance(folder / STANCE_FOLDER)
    app = FastAPI()
    turn = threading.Lock()

    @app.post("/v1/verify")
    def verify(body: Request) -> dict[str, Any]:
        with turn:
            return answer(body)

    def answer(body: Request) -> dict[str, Any]:
        vector = embedder.encode([body.claim], normalize_embeddings=True)
        scores, rows = index.search(vector, weighed)
        texts = [passages[row] for row in rows[0]]
        stances = stance.predict([(text, body.claim) for text in texts], apply_softmax=True)
        order = np.argsort(stances[:, NOT_ENOUGH_INFO])[:SHOWN]
        decided = [at for at in order if stances[at].argmax() != NOT_ENOUGH_INFO]
        sentences = {at: re.split(r"(?<=[.!?])\s+", texts[at]) for at in decided}
        pairs = [(sentence, body.claim) for at in decided for sentence in sentences[at]]
        single = iter(stance.predict(pairs, apply_softmax=True)) if pairs else iter([])
        evidence = []
        for at in order:
            shown = {
                "text": texts[at],
                "score": float(scores[0][at]),
                "stance": stances[at].tolist(),
            }
            if at in sentences:
                column = int(np.argmax(stances[at]))
                carried = [float(next(single)[column]) for _ in sentences[at]]
                shown["rationale"] = sentences[at][int(np.argmax(carried))]
            evidence.append(shown)
        return {"claim": body.claim, "evidence": evidence}

    @app.get("/readyz")
    def readyz() -> str:
        return "ok"

    return app


if __name__ == "__main__":
    import uvicorn

    application = create(Path(sys.argv[1]), weighed=int(sys.argv[3]))
    uvicorn.run(application, port=int(sys.argv[2]), log_level="warning")
