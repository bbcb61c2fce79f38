"""What is read from a model folder, whatever runs the model: its prompts and its fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from helseassistent.types import Vectors

CHECKSUMS = "checksums.txt"  # `SHA256  NAME` a line, as sha256sum writes it
TOKENIZER = "tokenizer.json"
MODULES = "modules.json"
MODEL_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")  # no pickles: reading one can run code
_PROMPTS = "config_sentence_transformers.json"
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Models of the E5 family need these words, and most of their folders do not say so (arXiv 2212.03533, appendix).
_E5 = re.compile(r"(?:^|[^a-z])e5(?![a-z0-9])(?!.*instruct)", re.IGNORECASE)
_E5_PROMPTS = ("query: ", "passage: ")

Digests: TypeAlias = Mapping[str, str]


def prompts_of(folder: Path, *, name: str) -> tuple[str, str]:
    """The words put before a question and before a passage; empty where the model defines none."""
    defined = json_fields(folder / _PROMPTS).get("prompts") or {}
    question = str(defined.get("query") or "")
    passage = next((str(defined[key]) for key in _PASSAGE_PROMPTS if defined.get(key)), "")
    if not question and not passage and _E5.search(name):
        return _E5_PROMPTS
    return question, passage


def module_kinds(folder: Path) -> list[tuple[str, str]]:
    """Class name and subfolder of each sentence-transformers module; empty if the folder does not list them."""
    try:
        modules = json.loads((folder / MODULES).read_text(encoding="utf-8"))
        return [(str(module["type"]).rsplit(".", 1)[-1], str(module["path"])) for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def json_fields(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model; empty if there is none."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return fields if isinstance(fields, dict) else {}


def fingerprint_of(digests: Digests, *, prompts: tuple[str, str], window: float | None) -> str:
    """Digest of everything that decides the vectors; `window` is the number of tokens that are read."""
    decisive = json.dumps([sorted(digests.items()), prompts, window], ensure_ascii=False)
    return hashlib.sha256(decisive.encode()).hexdigest()


def digests_of(folder: Path, *, patterns: Sequence[str] = MODEL_FILES) -> dict[str, str]:
    """SHA-256 of every file that decides the vectors, by its path below the folder."""
    files = {path for pattern in patterns for path in folder.rglob(pattern) if path.name != CHECKSUMS}
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def missing_extra(name: str, *, extra: str) -> str:
    """What to type when a model needs libraries that are not installed."""
    return f'Modellen «{name}» trenger et tillegg som ikke er installert. Kjør: pip install "helseassistent[{extra}]"'


def unit_rows(vectors: Vectors) -> Vectors:
    """Every row at Euclidean length 1, in place; a row of zeros stays as it is."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    np.divide(vectors, norms[:, None], out=vectors, where=norms[:, None] > 0)
    return vectors


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
