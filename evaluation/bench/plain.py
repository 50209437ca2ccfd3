"""What a competent engineer writes in an hour: the pipeline that claimdesk is compared with.

    python -m evaluation.bench.plain FOLDER PORT

FOLDER holds passages.json, vectors.npy and the float32 weights in stance/. The libraries are used
as their documentation shows: SentenceTransformer.encode, a flat FAISS index, CrossEncoder.predict.
It weighs as many passages as claimdesk does for a claim, and looks for the sentence that decides.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

CANDIDATES = 20
SHOWN = 5
EMBEDDING_FOLDER, STANCE_FOLDER = "embedding", "stance"
MAX_LENGTH = 256


class Request(BaseModel):
    claim: str


def load_embedder(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def load_stance(folder: Path) -> Any:
    from sentence_transformers import CrossEncoder

    return CrossEncoder(str(folder), device="cpu", max_length=MAX_LENGTH, local_files_only=True)


def create(folder: Path) -> FastAPI:
    """The application, over what lies in the folder."""
    passages = json.loads((folder / "passages.json").read_text())
    vectors = np.load(folder / "vectors.npy")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    embedder = load_embedder((folder / EMBEDDING_FOLDER).resolve())
    stance = load_stance(folder / STANCE_FOLDER)
    app = FastAPI()

    @app.post("/v1/verify")
    def verify(body: Request) -> dict[str, Any]:
        vector = embedder.encode([body.claim], normalize_embeddings=True)
        scores, rows = index.search(vector, CANDIDATES)
        texts = [passages[row] for row in rows[0]]
        weighed = stance.predict([(text, body.claim) for text in texts], apply_softmax=True)
        order = np.argsort(weighed[:, 2])[:SHOWN]
        evidence = []
        for at in order:
            sentences = re.split(r"(?<=[.!?])\s+", texts[at])
            column = int(np.argmax(weighed[at]))
            single = stance.predict([(s, body.claim) for s in sentences], apply_softmax=True)
            evidence.append(
                {
                    "text": texts[at],
                    "score": float(scores[0][at]),
                    "stance": weighed[at].tolist(),
                    "rationale": sentences[int(np.argmax(single[:, column]))],
                }
            )
        return {"claim": body.claim, "evidence": evidence}

    @app.get("/readyz")
    def readyz() -> str:
        return "ok"

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(create(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="warning")
