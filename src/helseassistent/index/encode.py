"""Sentence encoders: the shipped static model without torch, any other model through sentence-transformers.

This module is the only door to sentence-transformers outside `train`; it owns the check of the shipped files
and what two encoders must share to be interchangeable.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from helseassistent.errors import EncoderError
from helseassistent.types import Encoder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

SHIPPED_MODEL = Path(__file__).parent / "model"
CHECKSUMS = "checksums.txt"  # `SHA256  NAME` a line, as sha256sum writes it
_WEIGHTS = "model.safetensors"
_TOKENIZER = "tokenizer.json"
_MODULES = "modules.json"
_PROMPTS = "config_sentence_transformers.json"
_MODEL_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")  # no pickles: reading one can run code
_TOKENISED_AT_ONCE = 512
_SUMMED_AT_ONCE = 32  # the gathered rows of so many passages stay within the processor's cache
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Models of the E5 family need these words, and most of their folders do not say so (arXiv 2212.03533, appendix).
_E5 = re.compile(r"(?:^|[^a-z])e5(?![a-z0-9])(?!.*instruct)", re.IGNORECASE)
_E5_PROMPTS = ("query: ", "passage: ")

Digests: TypeAlias = Mapping[str, str]
Table: TypeAlias = NDArray[Any]  # float16, float32 or int8, shape (tokens, dimensions)


def load_encoder(name: str | Path | None) -> Encoder:
    """The shipped model for None, else the model in a folder or under a hub name.

    Raises:
        EncoderError: if the model is missing, altered or unreadable, or needs an extra that is not installed.
    """
    folder = SHIPPED_MODEL if name is None else Path(name)
    if name is None:
        return _static(folder, digests=_verified(folder))
    if folder.is_dir():
        return _static(folder, digests=_digests(folder)) if _is_static(folder) else _transformer(folder, name=str(name))
    if isinstance(name, Path) or str(name).startswith((".", "/", "~")):
        raise EncoderError(f"Fant ingen modellmappe på «{name}». Oppgi en mappe eller et modellnavn.")
    return _transformer(_download(str(name)), name=str(name))


@dataclass(frozen=True)
class StaticEncoder:
    """The mean of token rows, read with tokenizers, safetensors and numpy alone; thread-safe."""

    tokenizer: Tokenizer
    table: Table
    weights: NDArray[np.float32] | None  # one factor a row; None means 1 for all
    prompts: tuple[str, str]  # put before a question and before a passage
    fingerprint: str

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return int(self.table.shape[1])

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question; zeros for a question without a known token."""
        return self._encode([self.prompts[0] + text for text in texts] if self.prompts[0] else texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row a passage; zeros for a passage without a known token."""
        return self._encode([self.prompts[1] + text for text in texts] if self.prompts[1] else texts)

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        """The whole table as float32; made on the first large batch, since single questions need a few rows only."""
        rows = self.table.astype(np.float32)
        return rows if self.weights is None else rows * self.weights[:, None]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for first in range(0, len(texts), _TOKENISED_AT_ONCE):
            batch = list(texts[first : first + _TOKENISED_AT_ONCE])
            encodings = self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for part in range(0, len(batch), _SUMMED_AT_ONCE):
                ids = [encoding.ids for encoding in encodings[part : part + _SUMMED_AT_ONCE]]
                self._sum_into(vectors[first + part : first + part + len(ids)], ids=ids)
        return unit_rows(vectors)

    def _sum_into(self, sums: Vectors, *, ids: Sequence[Sequence[int]]) -> None:
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        filled = np.flatnonzero(lengths)
        if not len(filled):
            return
        tokens = np.fromiter(chain.from_iterable(ids), np.int64, int(lengths.sum()))
        starts = np.cumsum(lengths)[filled] - lengths[filled]
        sums[filled] = np.add.reduceat(self._gather(tokens), starts, axis=0)

    def _gather(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        if len(tokens) > 2048 or "_rows" in self.__dict__:
            return self._rows[tokens]
        rows = self.table[tokens].astype(np.float32)
        return rows if self.weights is None else rows * self.weights[tokens, None]


@dataclass(frozen=True, slots=True)
class TransformerEncoder:
    """Any sentence-transformers model, with the question and passage prompts it defines."""

    model: SentenceTransformer
    prompts: tuple[str, str]
    fingerprint: str

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return int(self.model.get_embedding_dimension() or 0)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        return self._encode(texts, prompt=self.prompts[0])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row a passage; what exceeds the model's window is cut off by the model."""
        return self._encode(texts, prompt=self.prompts[1])

    def _encode(self, texts: Sequence[str], *, prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        vectors = self.model.encode(list(texts), prompt=prompt, show_progress_bar=False, convert_to_numpy=True)
        return unit_rows(np.array(vectors, dtype=np.float32))


def unit_rows(vectors: Vectors) -> Vectors:
    """Every row at Euclidean length 1, in place; a row of zeros stays as it is."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    np.divide(vectors, norms[:, None], out=vectors, where=norms[:, None] > 0)
    return vectors


def _static(folder: Path, *, digests: Digests) -> StaticEncoder:
    from tokenizers import Tokenizer

    try:
        tensors = load_file(folder / _WEIGHTS)
        tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    except (OSError, SafetensorError, ValueError) as error:
        raise EncoderError(f"Modellen i «{folder}» lar seg ikke lese: {error}.") from error
    # "embeddings", with one weight a row, is how model2vec and sentence-transformers 6 store a quantised table.
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None or table.ndim != 2 or len(table) < tokenizer.get_vocab_size():
        raise EncoderError(f"Modellen i «{folder}» mangler en rad for hvert ord i {_TOKENIZER}. Lag den på nytt.")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    weights, prompts = tensors.get("weights"), _prompts(folder, name=folder.name)
    scale = None if weights is None else weights.astype(np.float32)
    return StaticEncoder(tokenizer, table, scale, prompts, _fingerprint(digests, prompts=prompts, window=None))


def _transformer(folder: Path, *, name: str) -> TransformerEncoder:
    if not any(folder.rglob("*.safetensors")):
        raise EncoderError(f"Modellen «{name}» har ingen safetensors-fil. Velg en modell som har det.")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(_missing_extra(name)) from error
    try:
        model = SentenceTransformer(
            str(folder), trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
        ).float()
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise EncoderError(f"Modellen «{name}» lar seg ikke laste: {error}.") from error
    prompts = _prompts(folder, name=name)
    fingerprint = _fingerprint(_digests(folder), prompts=prompts, window=model.max_seq_length)
    return TransformerEncoder(model, prompts, fingerprint)


def _download(name: str) -> Path:
    """The local folder of a hub model: fetched once, then read from the hub's cache."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise EncoderError(_missing_extra(name)) from error
    try:
        ignored = ["onnx/*", "openvino/*"]
        return Path(snapshot_download(name, allow_patterns=list(_MODEL_FILES), ignore_patterns=ignored))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise EncoderError(
            f"Modellen «{name}» er verken en mappe her eller å få tak i på nettet. Rett navnet eller last den ned."
        ) from error


def _missing_extra(name: str) -> str:
    return f'Modellen «{name}» trenger et tillegg som ikke er installert. Kjør: pip install "helseassistent[train]"'


def _is_static(folder: Path) -> bool:
    """True if a mean of token rows is the whole model, so that no neural network library is needed."""
    try:
        modules = json.loads((folder / _MODULES).read_text(encoding="utf-8"))
        kinds = [(str(module["type"]).rsplit(".", 1)[-1], module["path"]) for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    only = kinds[:1] == [("StaticEmbedding", "")] and all(kind == "Normalize" for kind, _ in kinds[1:])
    return only and (folder / _WEIGHTS).is_file() and (folder / _TOKENIZER).is_file()


def _prompts(folder: Path, *, name: str) -> tuple[str, str]:
    """The words put before a question and before a passage; empty where the model defines none."""
    try:
        defined = json.loads((folder / _PROMPTS).read_text(encoding="utf-8")).get("prompts") or {}
    except (OSError, ValueError, AttributeError):
        defined = {}
    question = str(defined.get("query") or "")
    passage = next((str(defined[key]) for key in _PASSAGE_PROMPTS if defined.get(key)), "")
    if not question and not passage and _E5.search(name):
        return _E5_PROMPTS
    return question, passage


def _fingerprint(digests: Digests, *, prompts: tuple[str, str], window: float | None) -> str:
    decisive = json.dumps([sorted(digests.items()), prompts, window], ensure_ascii=False)
    return hashlib.sha256(decisive.encode()).hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that decides the vectors, by its path below the folder."""
    files = {path for pattern in _MODEL_FILES for path in folder.rglob(pattern) if path.name != CHECKSUMS}
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verified(folder: Path) -> Digests:
    """The digests of the shipped files.

    Raises:
        EncoderError: if a file is missing, added or not the one that was released.
    """
    advice = "Installer helseassistent på nytt."
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EncoderError(f"Språkmodellen som følger med, mangler. {advice}") from error
    released = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}
    found = _digests(folder)
    for name in sorted(released.keys() | found.keys()):
        if released.get(name) != found.get(name):
            raise EncoderError(f"Fila «{name}» i språkmodellen som følger med, er ikke den som ble utgitt. {advice}")
    return found
