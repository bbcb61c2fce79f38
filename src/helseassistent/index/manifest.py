"""What a generation is made of, and the check that it still is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helseassistent.errors import BrokenIndexError

FORMAT = 4  # raise it when a file of a generation changes its meaning
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
REBUILD = "Bygg indeksen på nytt med: helseassistent index"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that decides a generation, and the SHA-256 of each of its files."""

    format: int
    generation: str
    corpus_digest: str
    encoder: str
    encoder_fingerprint: str
    dimensions: int
    analyser: str
    pages: int
    passages: int
    files: Mapping[str, str]
    created: str  # ISO 8601, UTC


def generation_id(*, corpus_digest: str, encoder_fingerprint: str, analyser: str) -> str:
    """Twelve hexadecimal digits; the same input always makes the same generation."""
    whole = f"{FORMAT}\0{corpus_digest}\0{encoder_fingerprint}\0{analyser}"
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as JSON, closed by a digest of itself, so that a flipped bit in it is seen too."""
    fields = asdict(manifest)
    return json.dumps({**fields, "digest": _own_digest(fields)}, ensure_ascii=False, indent=1).encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of one generation.

    Raises:
        BrokenIndexError: if it is missing, damaged or of another format.
    """
    try:
        fields = json.loads((folder / MANIFEST).read_bytes().decode())
        digest = fields.pop("digest")
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise BrokenIndexError(f"Indeksen «{folder.name}» mangler et lesbart manifest. {REBUILD}") from error
    if fields.get("format") != FORMAT:
        raise BrokenIndexError(
            f"Indeksen har format {fields.get('format')}, dette programmet leser {FORMAT}. {REBUILD}"
        )
    if digest != _own_digest(fields):
        raise BrokenIndexError(f"Manifestet til indeksen «{folder.name}» er skadet. {REBUILD}")
    return Manifest(**fields)


def verify_files(folder: Path, *, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises:
        BrokenIndexError: at the first file that is missing or changed.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            found = file_digest(path)
        except OSError as error:
            raise BrokenIndexError(f"Indeksfilen «{name}» mangler eller kan ikke leses. {REBUILD}") from error
        if found != expected:
            raise BrokenIndexError(f"Indeksfilen «{name}» er skadet (kontrollsummen stemmer ikke). {REBUILD}")


def _own_digest(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
