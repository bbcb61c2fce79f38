"""Small real stand-ins that depend on what they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from helseassistent.corpus import Corpus
from helseassistent.text.terms import word_terms
from helseassistent.types import Page, Vectors


class HashingEncoder:
    """A bag of stems hashed into 64 dimensions: texts that share words are near each other."""

    dimensions = 64

    def __init__(self, salt: str = "a") -> None:
        self.fingerprint = hashlib.sha256(f"hashing {salt}".encode()).hexdigest()
        self.encoded: list[str] = []
        self._salt = salt

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in word_terms(text):
                digest = hashlib.sha256((self._salt + term).encode()).digest()
                vectors[row, digest[0] % self.dimensions] += 1 if digest[1] % 2 else -1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, norms, out=vectors, where=norms > 0)


def page(file: str, body: str) -> Page:
    """A page of its own address and title, with that body."""
    return Page(file, f"Om {file}", f"https://example.no/{file}", "Bergen kommune", "nb", None, None, body)


def corpus(**bodies: str) -> Corpus:
    """A corpus that was never on disk: `legevakt="Ring."` is a page `legevakt.md`."""
    pages = {f"{name}.md": page(f"{name}.md", body) for name, body in bodies.items()}
    return Corpus(pages, (), hashlib.sha256(repr(sorted(bodies.items())).encode()).hexdigest())
