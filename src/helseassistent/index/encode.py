"""Sentence encoders: the shipped static model without torch, any other through sentence-transformers or as ONNX.

This module is the only door to sentence-transformers outside `train`; it owns the check of the shipped files
and what two encoders must share to be interchangeable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from helseassistent.errors import EncoderError
from helseassistent.index.encode_onnx import find_graph, load_onnx
from helseassistent.index.half_precision import as_single
from helseassistent.index.model_folder import (
    CHECKSUMS,
    MODEL_FILES,
    TOKENIZER,
    Digests,
    digests_of,
    fingerprint_of,
    missing_extra,
    module_kinds,
    prompts_of,
    unit_rows,
)
from helseassistent.index.word_tokens import Tokens, WordTokens
from helseassistent.types import Encoder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

SHIPPED_MODEL = Path(__file__).parent / "model"
_WEIGHTS = "model.safetensors"
_TOKENISED_AT_ONCE = 512
_FEW_TOKENS = 256  # are added up without SciPy
_MANY_TOKENS = 20_000  # from here on the whole table is made float32, for good
Table: TypeAlias = NDArray[Any]  # float16, float32 or int8, shape (tokens, dimensions)


def load_encoder(name: str | Path | None) -> Encoder:
    """The shipped model for None, else the model in a folder or under a hub name.

    A folder that has an ONNX graph beside safetensors runs the latter; the path of the graph itself chooses the graph.

    Raises:
        EncoderError: if the model is missing, altered or unreadable, or needs an extra that is not installed.
    """
    folder = SHIPPED_MODEL if name is None else Path(name)
    if name is None:
        return _static(folder, digests=verified(folder))
    graph = find_graph(folder)
    if graph and (graph == folder or not any(folder.rglob("*.safetensors"))):
        return load_onnx(graph, name=str(name))
    if folder.is_dir():
        return (
            _static(folder, digests=digests_of(folder)) if _is_static(folder) else _transformer(folder, name=str(name))
        )
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
    reader: str = ""  # SHA-256 of the tokenizer's file

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return int(self.table.shape[1])

    def reads_like(self, reader: str) -> bool:
        """Whether `encode_tokens` may have tokens of passages from the tokenizer whose file has that digest."""
        return reader == self.reader and not self.prompts[1]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question; zeros for a question without a known token."""
        return self._encode([self.prompts[0] + text for text in texts] if self.prompts[0] else texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row a passage; zeros for a passage without a known token."""
        return self._encode([self.prompts[1] + text for text in texts] if self.prompts[1] else texts)

    @cached_property
    def tokens(self) -> WordTokens:
        """The tokens of texts."""
        return WordTokens(self.tokenizer)

    def encode_tokens(self, tokens: Tokens) -> Vectors:
        """The vectors of texts without a prompt whose tokens are known: what `encode_passages` gives for them."""
        return unit_rows(self._few_sums(tokens) if len(tokens.ids) < _FEW_TOKENS else self._sums(tokens))

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        """The whole table as float32; made on the first large batch, since single questions need a few rows only."""
        rows = as_single(self.table)
        return rows if self.weights is None else rows * self.weights[:, None]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        parts = [texts[first : first + _TOKENISED_AT_ONCE] for first in range(0, len(texts), _TOKENISED_AT_ONCE)]
        found = [self.encode_tokens(self.tokens.of(part)) for part in parts]
        return np.concatenate(found) if found else np.zeros((0, self.dimensions), np.float32)

    def _sums(self, tokens: Tokens) -> Vectors:
        """Texts by tokens times tokens by dimensions."""
        from scipy import sparse  # not for single questions: it takes longer to load than to use

        whole = len(tokens.ids) > _MANY_TOKENS
        rows = self._rows if whole else self._gathered(tokens)
        columns = tokens.ids if whole else np.arange(len(rows))
        ones = np.ones(len(columns), np.float32)
        return np.asarray(sparse.csr_matrix((ones, columns, tokens.bounds), (len(tokens), len(rows))) @ rows)

    def _few_sums(self, tokens: Tokens) -> Vectors:
        sums = np.zeros((len(tokens), self.dimensions), np.float32)
        filled = np.flatnonzero(np.diff(tokens.bounds))
        if len(filled):
            sums[filled] = np.add.reduceat(self._gathered(tokens), tokens.bounds[filled], axis=0)
        return sums

    def _gathered(self, tokens: Tokens) -> NDArray[np.float32]:
        """The row of every token."""
        rows = as_single(self.table[tokens.ids])
        return rows if self.weights is None else np.asarray(rows * self.weights[tokens.ids, None])


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


def _static(folder: Path, *, digests: Digests) -> StaticEncoder:
    from tokenizers import Tokenizer

    try:
        tensors = load_file(folder / _WEIGHTS)
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except (OSError, SafetensorError, ValueError) as error:
        raise EncoderError(f"Modellen i «{folder}» lar seg ikke lese: {error}.") from error
    # "embeddings", with one weight a row, is how model2vec and sentence-transformers 6 store a quantised table.
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None or table.ndim != 2 or len(table) < tokenizer.get_vocab_size():
        raise EncoderError(f"Modellen i «{folder}» mangler en rad for hvert ord i {TOKENIZER}. Lag den på nytt.")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    weights, prompts = tensors.get("weights"), prompts_of(folder, name=folder.name)
    scale = None if weights is None else weights.astype(np.float32)
    fingerprint = fingerprint_of(digests, prompts=prompts, window=None)
    return StaticEncoder(tokenizer, table, scale, prompts, fingerprint, digests[TOKENIZER])


def _transformer(folder: Path, *, name: str) -> TransformerEncoder:
    if not any(folder.rglob("*.safetensors")):
        raise EncoderError(f"Modellen «{name}» har ingen safetensors-fil. Velg en modell som har det.")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(missing_extra(name, extra="train")) from error
    try:
        model = SentenceTransformer(
            str(folder), trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
        ).float()
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise EncoderError(f"Modellen «{name}» lar seg ikke laste: {error}.") from error
    prompts = prompts_of(folder, name=name)
    fingerprint = fingerprint_of(digests_of(folder), prompts=prompts, window=model.max_seq_length)
    return TransformerEncoder(model, prompts, fingerprint)


def _download(name: str) -> Path:
    """The local folder of a hub model: fetched once, then read from the hub's cache."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise EncoderError(missing_extra(name, extra="train")) from error
    try:
        ignored = ["onnx/*", "openvino/*"]
        return Path(snapshot_download(name, allow_patterns=list(MODEL_FILES), ignore_patterns=ignored))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise EncoderError(
            f"Modellen «{name}» er verken en mappe her eller å få tak i på nettet. Rett navnet eller last den ned."
        ) from error


def _is_static(folder: Path) -> bool:
    """True if a mean of token rows is the whole model, so that no neural network library is needed."""
    kinds = module_kinds(folder)
    only = kinds[:1] == [("StaticEmbedding", "")] and all(kind == "Normalize" for kind, _ in kinds[1:])
    return only and (folder / _WEIGHTS).is_file() and (folder / TOKENIZER).is_file()


def verified(folder: Path) -> Digests:
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
    found = digests_of(folder, patterns=(*MODEL_FILES, "*.onnx"))
    for name in sorted(released.keys() | found.keys()):
        if released.get(name) != found.get(name):
            raise EncoderError(f"Fila «{name}» i språkmodellen som følger med, er ikke den som ble utgitt. {advice}")
    return found


__all__ = ["CHECKSUMS", "SHIPPED_MODEL", "StaticEncoder", "TransformerEncoder", "load_encoder", "unit_rows"]
