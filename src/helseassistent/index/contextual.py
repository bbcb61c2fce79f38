"""The second encoder: a small transformer that reads words in their context, beside the static one that reads fast.

The static encoder makes the vectors of passages, headings and sentences. The second makes one vector more for each
passage and for the question; their cosine is a signal of the ranking. It runs as ONNX in 8 bits on one core a text. The
one of the package gives vectors of words as well (`index/in_context.py`); another that an operator names does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helseassistent.index.encode import verified
from helseassistent.index.encode_onnx import GRAPH, load_onnx
from helseassistent.index.in_context import ContextReader, with_words
from helseassistent.types import Encoder, Vectors

SHIPPED_CONTEXTUAL = Path(__file__).parent / "model_contextual"


@dataclass(frozen=True)
class PairedEncoder:
    """`words` for everything, and `contextual` for what `contextual_of` is asked for; thread-safe if both are."""

    words: Encoder
    contextual: Encoder

    @property
    def fingerprint(self) -> str:
        """Another one if either encoder is another."""
        return hashlib.sha256(f"{self.words.fingerprint}\0{self.contextual.fingerprint}".encode()).hexdigest()

    @property
    def dimensions(self) -> int:
        """Of the vectors of `words`."""
        return self.words.dimensions

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """As `words` does."""
        return self.words.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As `words` does."""
        return self.words.encode_passages(texts)


def contextual_of(encoder: Encoder) -> Encoder | None:
    """The second encoder that goes with `encoder`; None if it stands alone."""
    return encoder.contextual if isinstance(encoder, PairedEncoder) else None


def words_of(encoder: Encoder) -> Encoder:
    """The encoder without the second one."""
    return encoder.words if isinstance(encoder, PairedEncoder) else encoder


def reader_of(encoder: Encoder) -> ContextReader | None:
    """The second encoder, if it is one that gives vectors of words."""
    second = contextual_of(encoder)
    return second if isinstance(second, ContextReader) else None


def shipped_contextual() -> ContextReader:
    """The second encoder of the package.

    Raises:
        EncoderError: if a file of it is missing or altered, or ONNX Runtime is not installed.
    """
    verified(SHIPPED_CONTEXTUAL)
    name = "den som leser i sammenheng"
    encoder = load_onnx(SHIPPED_CONTEXTUAL / GRAPH, name=name, alone=True)
    return with_words(encoder, SHIPPED_CONTEXTUAL, name=name)
