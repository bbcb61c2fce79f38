"""Build a generation beside the old one, flush it to disk, and only then let the pointer name it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent import durable
from helseassistent.corpus import Corpus, PageProblem
from helseassistent.errors import BrokenIndexError
from helseassistent.index import generation as layout
from helseassistent.index.bm25 import Bm25
from helseassistent.index.generation import Generation, SentenceTable, current_id, open_generation
from helseassistent.index.manifest import (
    CURRENT,
    FORMAT,
    MANIFEST,
    Manifest,
    file_digest,
    generation_id,
    manifest_bytes,
)
from helseassistent.index.passages import context_of, cut, embedded_text
from helseassistent.index.vectors import faiss_bytes
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.text.terms import ANALYSER, gram_terms, search_terms
from helseassistent.types import Encoder, Page, Passage, Vectors

KEPT = 3  # finished generations that stay on disk: the current one, and what replies were made from lately
_BATCH = 512
_STAGING = ".bygges"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build changed against the generation before it, counted in pages and passages."""

    generation: str
    pages: int
    passages: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    embedded: int  # passages whose vectors had to be made
    rebuilt: bool  # False: nothing had changed
    problems: tuple[PageProblem, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything of a generation that is an array, and how many passages were embedded for it."""

    vectors: Vectors
    context_vectors: Vectors
    sentences: SentenceTable
    sentence_vectors: NDArray[np.float16]
    embedded: int


def build(
    corpus: Corpus, index: Path, *, encoder: Encoder, encoder_name: str = "shipped", progress: bool = False
) -> BuildReport:
    """Make sure that `index` serves exactly `corpus`; passages whose text did not change keep their vectors.

    Raises:
        BrokenIndexError: if another process is building in the same folder.
    """
    index.mkdir(parents=True, exist_ok=True)
    identity = generation_id(corpus_digest=corpus.digest, encoder_fingerprint=encoder.fingerprint, analyser=ANALYSER)
    with _locked(index):
        previous = _previous(index)
        if previous and previous.manifest.generation == identity:
            _sweep(index, keep=identity)
            return _report(identity, corpus=corpus, previous=previous, passages=len(previous.passages), embedded=0)
        passages = [passage for page in corpus.pages.values() for passage in cut(page)]
        reusable = previous if previous and previous.manifest.encoder_fingerprint == encoder.fingerprint else None
        table = _embed(
            passages, pages=list(corpus.pages.values()), encoder=encoder, previous=reusable, progress=progress
        )
        manifest_of = _manifest_maker(identity, corpus=corpus, encoder=encoder, name=encoder_name, passages=passages)
        _write(index, corpus=corpus, passages=passages, table=table, manifest_of=manifest_of)
        _sweep(index, keep=identity)
        return _report(
            identity, corpus=corpus, previous=previous, passages=len(passages), embedded=table.embedded, rebuilt=True
        )


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the folder's lock; the system frees it when the holder ends, however it ends."""
    with (index / ".lock").open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "ukjent"
            raise BrokenIndexError(
                f"En annen prosess (nummer {holder}) bygger allerede i «{index}». Vent til den er ferdig."
            ) from error
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _previous(index: Path) -> Generation | None:
    try:
        return open_generation(index)
    except BrokenIndexError:
        return None


def _embed(
    passages: Sequence[Passage], *, pages: Sequence[Page], encoder: Encoder, previous: Generation | None, progress: bool
) -> _Table:
    known = {passage.id: row for row, passage in enumerate(previous.passages)} if previous else {}
    bodies = {page.file: page.body for page in pages}
    spans = [_sentence_spans(bodies[passage.file], passage) for passage in passages]
    counts = [len(found) for found in spans]
    bounds = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    flat = [(row, start, end) for row, found in enumerate(spans) for start, end in found]
    table = np.array(flat, dtype=np.int64).reshape(-1, 3)
    size = encoder.dimensions
    vectors = np.zeros((len(passages), size), dtype=np.float32)
    contexts = np.zeros((len(passages), size), dtype=np.float32)
    sentence_vectors = np.zeros((len(table), size), dtype=np.float16)
    fresh = [row for row, passage in enumerate(passages) if passage.id not in known]
    for row, passage in enumerate(passages):
        if previous and (old := known.get(passage.id)) is not None:
            vectors[row] = previous.vectors[old]
            contexts[row] = previous.context_vectors[old]
            first, last = previous.sentence_bounds[old], previous.sentence_bounds[old + 1]
            sentence_vectors[bounds[row] : bounds[row + 1]] = previous.sentence_vectors[first:last]
    for begin in tqdm(range(0, len(fresh), _BATCH), desc="Leser inn", unit="bolk", disable=not progress):
        rows = fresh[begin : begin + _BATCH]
        vectors[rows] = encoder.encode_passages([embedded_text(passages[row]) for row in rows])
        contexts[rows] = encoder.encode_passages([context_of(passages[row]) for row in rows])
        inner = [index for row in rows for index in range(bounds[row], bounds[row + 1])]
        texts = [bodies[passages[table[i, 0]].file][table[i, 1] : table[i, 2]] for i in inner]
        if inner:
            sentence_vectors[inner] = encoder.encode_passages(texts)
    return _Table(vectors, contexts, table, sentence_vectors, len(fresh))


def _sentence_spans(body: str, passage: Passage) -> list[tuple[int, int]]:
    """Offsets in `body` of the sentences of `passage`; a list item or line without a full stop counts as one."""
    return [
        (passage.start + start, passage.start + end)
        for block in blocks(passage.text)
        for start, end in sentence_spans(passage.text, start=block.start, end=block.end)
    ]


def _manifest_maker(
    identity: str, *, corpus: Corpus, encoder: Encoder, name: str, passages: Sequence[Passage]
) -> Callable[[dict[str, str]], Manifest]:
    def manifest_of(files: dict[str, str]) -> Manifest:
        return Manifest(
            format=FORMAT,
            generation=identity,
            corpus_digest=corpus.digest,
            encoder=name,
            encoder_fingerprint=encoder.fingerprint,
            dimensions=encoder.dimensions,
            analyser=ANALYSER,
            pages=len(corpus.pages),
            passages=len(passages),
            files=files,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    return manifest_of


def _write(
    index: Path,
    *,
    corpus: Corpus,
    passages: Sequence[Passage],
    table: _Table,
    manifest_of: Callable[[dict[str, str]], Manifest],
) -> None:
    staging = index / f"{_STAGING}-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir()
        _fill(staging, pages=list(corpus.pages.values()), passages=passages, table=table)
        manifest = manifest_of(_flushed(staging))
        durable.write_new(staging / MANIFEST, manifest_bytes(manifest))
        durable.publish_folder(staging, index / manifest.generation)
        durable.replace_file(index / CURRENT, manifest.generation.encode())
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # on a full disk, what is left behind would keep it full


def _fill(staging: Path, *, pages: Sequence[Page], passages: Sequence[Passage], table: _Table) -> None:
    durable.write_new(staging / layout.PAGES, layout.page_lines(pages))
    durable.write_new(staging / layout.PASSAGES, layout.passage_lines(passages))
    durable.write_new(staging / layout.SENTENCES, layout.array_bytes(table.sentences))
    durable.write_new(staging / layout.VECTORS, layout.array_bytes(table.vectors))
    durable.write_new(staging / layout.CONTEXT_VECTORS, layout.array_bytes(table.context_vectors))
    durable.write_new(staging / layout.SENTENCE_VECTORS, layout.array_bytes(table.sentence_vectors))
    durable.write_new(staging / layout.FAISS_FILE, faiss_bytes(table.vectors, ids=[p.id for p in passages]))
    texts = [embedded_text(passage) for passage in passages]
    Bm25.build([search_terms(text) for text in texts]).save(staging / layout.WORDS)
    Bm25.build([gram_terms(text) for text in texts]).save(staging / layout.GRAMS)
    Bm25.build([search_terms(context_of(passage)) for passage in passages]).save(staging / layout.CONTEXT)


def _flushed(staging: Path) -> dict[str, str]:
    """The digest of every file in `staging`, by name, once all of them are on disk."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    for path in files:
        durable.flush_file(path)
    for folder in (layout.WORDS, layout.GRAMS, layout.CONTEXT):
        durable.flush_folder(staging / folder)
    return {path.relative_to(staging).as_posix(): file_digest(path) for path in files}


def _sweep(index: Path, *, keep: str) -> None:
    """Remove what killed builds left behind, and the oldest finished generations past `KEPT`."""
    for leftover in (*index.glob(f"{_STAGING}-*"), *index.glob(".*.tmp")):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    finished = [path.parent for path in index.glob(f"*/{MANIFEST}") if path.parent.name != keep]
    finished.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in finished[KEPT - 1 :]:
        durable.remove_folder(old)


def _report(
    identity: str, *, corpus: Corpus, previous: Generation | None, passages: int, embedded: int, rebuilt: bool = False
) -> BuildReport:
    before = previous.pages if previous else {}
    now = corpus.pages
    return BuildReport(
        generation=identity,
        pages=len(now),
        passages=passages,
        added=tuple(file for file in now if file not in before),
        changed=tuple(file for file, page in now.items() if file in before and before[file] != page),
        removed=tuple(file for file in before if file not in now),
        embedded=embedded,
        rebuilt=rebuilt,
        problems=corpus.problems,
    )


__all__ = ["BuildReport", "build", "current_id"]
