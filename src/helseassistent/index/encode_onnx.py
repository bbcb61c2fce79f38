"""The door to ONNX Runtime: a transformer in ONNX format, on the processor, with tokenizers and numpy alone."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from helseassistent.errors import EncoderError
from helseassistent.index.model_folder import (
    TOKENIZER,
    digests_of,
    fingerprint_of,
    json_fields,
    missing_extra,
    module_kinds,
    prompts_of,
    unit_rows,
)
from helseassistent.types import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

    Session: TypeAlias = InferenceSession

GRAPH = "model.onnx"
_FOLDERS = ("", "onnx")  # where exporters put the graph
_TOGETHER = 32  # texts in one run, sorted by length so that little is padding
_POOLED = "sentence_embedding"  # the output of graphs that pool by themselves
_WINDOW = 512  # tokens, for a folder that does not say
_LARGEST_WINDOW = 1_000_000  # above it, "as long as you like" in the tokenizer's settings
_IDS = ("input_ids", "attention_mask", "token_type_ids", "position_ids")

Pooling: TypeAlias = Literal["mean", "cls", "lasttoken", "max"]
_LEGACY: Mapping[str, Pooling] = {  # how sentence-transformers wrote it before version 6
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_max_tokens": "max",
}


@dataclass(frozen=True, slots=True)
class OnnxEncoder:
    """A graph with its tokenizer and pooling; thread-safe."""

    session: InferenceSession
    tokenizer: Tokenizer  # truncates at the model's window, does not pad
    pooling: Pooling
    padding: int  # id of the token that fills short rows
    prompts: tuple[str, str]  # put before a question and before a passage
    fingerprint: str
    dimensions: int
    batch: int = _TOGETHER  # texts in one run
    together: int = 1  # runs at the same time, for a session that keeps to one core

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        return self._encode([self.prompts[0] + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row a passage; what exceeds the model's window is cut off."""
        return self._encode([self.prompts[1] + text for text in texts])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        encodings = self.tokenizer.encode_batch([text.strip() for text in texts])
        order = sorted(range(len(texts)), key=lambda row: len(encodings[row].ids))
        filled = [row for row in order if encodings[row].ids]
        chunks = [filled[first : first + self.batch] for first in range(0, len(filled), self.batch)]
        runs = ([encodings[row] for row in rows] for rows in chunks)
        if self.together > 1 and len(chunks) > 1:
            with ThreadPoolExecutor(self.together) as pool:  # ONNX Runtime lets go of the interpreter while it runs
                found = list(pool.map(self._run, runs))
        else:
            found = [self._run(run) for run in runs]
        for rows, part in zip(chunks, found, strict=True):
            vectors[rows] = part
        return unit_rows(vectors)

    def run_each(
        self, texts: Sequence[str], *, outputs: Sequence[str]
    ) -> list[tuple[Encoding, list[NDArray[np.float32]]]]:
        """Each text in a run of its own: its word pieces, and the named outputs of the graph for it.

        A text without a piece is read as if it were one unknown piece.
        """

        def run(encoding: Encoding) -> tuple[Encoding, list[NDArray[np.float32]]]:
            arrays = _padded([encoding], padding=self.padding)
            if not encoding.ids:
                arrays = {name: np.ones((1, 1), np.int64) for name in arrays}
            found = self.session.run(list(outputs), self._given(arrays))
            return encoding, [np.asarray(part[0], dtype=np.float32) for part in found]

        encodings = self.tokenizer.encode_batch(list(texts))
        if self.together == 1 or len(texts) == 1:
            return [run(encoding) for encoding in encodings]
        with ThreadPoolExecutor(self.together) as pool:
            return list(pool.map(run, encodings))

    def _run(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        arrays = _padded(encodings, padding=self.padding)
        output: NDArray[np.float32] = np.asarray(
            self.session.run([_output(self.session).name], self._given(arrays))[0], dtype=np.float32
        )
        return output if output.ndim == 2 else _pooled(output, mask=arrays["attention_mask"], pooling=self.pooling)

    def _given(self, arrays: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[Any]]:
        return {
            node.name: arrays[node.name].astype(np.int32 if node.type == "tensor(int32)" else np.int64)
            for node in self.session.get_inputs()
        }


def find_graph(path: Path) -> Path | None:
    """The ONNX file that `path` is, or that lies in the folder `path`; None if there is none."""
    if path.suffix == ".onnx" and path.is_file():
        return path
    return next((graph for below in _FOLDERS if (graph := path / below / GRAPH).is_file()), None)


def load_onnx(graph: Path, *, name: str, alone: bool = False) -> OnnxEncoder:
    """The model whose graph is the file `graph`; what goes with it lies beside it or, for `onnx/`, above it.

    With `alone` each text is a run of its own on one core, as many at a time as there are cores: a graph in 8 bits
    spreads them over the largest value of a run, so that a text's vector would depend on its neighbours.

    Raises:
        EncoderError: if a part is missing or cannot be used, or the extra is not installed.
    """
    below = graph.parent.name == "onnx" and not (graph.parent / TOKENIZER).is_file()
    folder = graph.parent.parent if below else graph.parent
    if not (folder / TOKENIZER).is_file():
        raise EncoderError(f"Modellen «{name}» mangler {TOKENIZER}. Legg den i «{folder}».")
    session = open_session(graph, name=name, threads=1 if alone else 0)
    unknown = [node.name for node in session.get_inputs() if node.name not in _IDS]
    if unknown:
        raise EncoderError(
            f"Modellen «{name}» vil ha {', '.join(unknown)}, som en tekst ikke gir. Velg en annen modell."
        )
    tokenizer, window = _tokenizer(folder, name=name)
    prompts = prompts_of(folder, name=name)
    # The graph, the weights that large models keep beside it, and every setting.
    patterns = ("*.json", "*.txt", "*.model", graph.name, f"{graph.name}_*", f"{graph.name}.*")
    fingerprint = fingerprint_of(digests_of(folder, patterns=patterns), prompts=prompts, window=window)
    dimensions = _output(session).shape[-1]
    if not isinstance(dimensions, int):
        dimensions = int(json_fields(folder / "config.json").get("hidden_size") or 0)
    if not dimensions:
        raise EncoderError(f"Modellen «{name}» sier ikke hvor lange vektorene er. Eksporter den på nytt.")
    pooling, padding = _pooling(folder, name=name), _padding(folder, tokenizer=tokenizer)
    batch, together = (1, os.cpu_count() or 1) if alone else (_TOGETHER, 1)
    return OnnxEncoder(session, tokenizer, pooling, padding, prompts, fingerprint, dimensions, batch, together)


def open_session(graph: Path, *, name: str, threads: int) -> InferenceSession:
    """The graph on the processor, on `threads` cores; 0 takes all.

    Raises:
        EncoderError: if it cannot be read, or the extra is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderError(missing_extra(name, extra="onnx")) from error
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    options.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except (
        failures.Fail,
        failures.InvalidArgument,
        failures.InvalidGraph,
        failures.InvalidProtobuf,
        failures.NoSuchFile,
        failures.NotImplemented,
        failures.RuntimeException,
        ValueError,
    ) as error:
        raise EncoderError(f"Modellen «{name}» lar seg ikke laste: {error}.") from error


def _output(session: InferenceSession) -> Any:
    """The pooled output if the graph has one, else its first, the token embeddings."""
    outputs = session.get_outputs()
    return next((node for node in outputs if node.name == _POOLED), outputs[0])


def _tokenizer(folder: Path, *, name: str) -> tuple[Tokenizer, int]:
    """The tokenizer, and the window it truncates at."""
    from tokenizers import Tokenizer

    if "model" not in json_fields(folder / TOKENIZER):
        raise EncoderError(f"{TOKENIZER} i modellen «{name}» lar seg ikke lese. Last ned eller eksporter den på nytt.")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    window = _window(folder)
    tokenizer.enable_truncation(window)
    tokenizer.no_padding()
    return tokenizer, window


def _window(folder: Path) -> int:
    """How many tokens the model reads: the least that any of its settings says."""
    said = [
        json_fields(folder / "sentence_bert_config.json").get("max_seq_length"),
        json_fields(folder / "tokenizer_config.json").get("model_max_length"),
        json_fields(folder / "config.json").get("max_position_embeddings"),
    ]
    return min((int(size) for size in said if size and size < _LARGEST_WINDOW), default=_WINDOW)


def _padding(folder: Path, *, tokenizer: Tokenizer) -> int:
    """The id of the padding token; some models tell padding from text by it, whatever the mask says."""
    token = json_fields(folder / "tokenizer_config.json").get("pad_token")
    named = token.get("content") if isinstance(token, dict) else token
    known = tokenizer.token_to_id(str(named)) if named else None
    return int(known if known is not None else json_fields(folder / "config.json").get("pad_token_id") or 0)


def _pooling(folder: Path, *, name: str) -> Pooling:
    kinds = module_kinds(folder)
    strange = [kind for kind, _ in kinds if kind not in ("Transformer", "Pooling", "Normalize")]
    if strange:
        raise EncoderError(
            f"Modellen «{name}» har leddet {strange[0]}, som ikke kan kjøres som ONNX. Bruk safetensors."
        )
    below = next((path for kind, path in kinds if kind == "Pooling"), "1_Pooling")
    fields = json_fields(folder / below / "config.json")
    modes = (
        [fields["pooling_mode"]] if "pooling_mode" in fields else [m for key, m in _LEGACY.items() if fields.get(key)]
    )
    if fields.get("include_prompt") is False:
        modes = ["uten ledeteksten"]
    for pooling in get_args(Pooling):
        if modes == [pooling] or (not modes and pooling == "mean"):
            return cast(Pooling, pooling)
    known = ", ".join(get_args(Pooling))
    raise EncoderError(f"Modellen «{name}» slår sammen ordene slik: {modes}, og det støttes ikke. Kjente: {known}.")


def _padded(encodings: Sequence[Encoding], *, padding: int) -> dict[str, NDArray[np.int64]]:
    """What a graph may ask for, by name, each of shape (texts, longest text)."""
    shape = (len(encodings), max(len(encoding.ids) for encoding in encodings))
    ids, kinds, mask = np.full(shape, padding, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, encoding in enumerate(encodings):
        size = len(encoding.ids)
        ids[row, :size], kinds[row, :size], mask[row, :size] = encoding.ids, encoding.type_ids, 1
    positions = np.broadcast_to(np.arange(shape[1], dtype=np.int64), shape)
    return dict(zip(_IDS, (ids, mask, kinds, positions), strict=True))


def _pooled(tokens: NDArray[np.float32], *, mask: NDArray[np.int64], pooling: Pooling) -> NDArray[np.float32]:
    """One row a text from `tokens`, shape (texts, tokens, dimensions), where `mask` is 1."""
    if pooling == "cls":
        return tokens[:, 0]
    if pooling == "lasttoken":
        return np.asarray(tokens[np.arange(len(tokens)), mask.sum(axis=1) - 1])
    if pooling == "max":
        return np.asarray(np.where(mask[:, :, None] > 0, tokens, -np.inf).max(axis=1), dtype=np.float32)
    held = mask.astype(np.float32)
    return np.asarray(np.einsum("ntd,nt->nd", tokens, held) / held.sum(axis=1, keepdims=True), dtype=np.float32)
