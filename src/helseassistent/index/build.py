"""Build a generation beside the old one, flush it to disk, and only then let the pointer name it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from helseassistent import durable
from helseassistent.corpus import Corpus, PageProblem
from helseassistent.errors import BrokenIndexError
from helseassistent.index import generation as layout
from helseassistent.index.count_apart import counting
from helseassistent.index.embed import Table, embed
from helseassistent.index.generation import Generation, current_id, open_generation
from helseassistent.index.half_precision import as_single
from helseassistent.index.late import analyser
from helseassistent.index.lexical import Lexical
from helseassistent.index.manifest import (
    CURRENT,
    FORMAT,
    MANIFEST,
    Manifest,
    file_digest,
    generation_id,
    manifest_bytes,
)
from helseassistent.index.passages import cut
from helseassistent.index.questions import QuestionVectors, encoded, written_questions
from helseassistent.index.vectors import faiss_bytes
from helseassistent.types import Encoder, Page, Passage

KEPT = 3  # finished generations that stay on disk: the current one, and what replies were made from lately
STAGES = ("cutting", "encoding", "counting", "writing")  # counting: what is left of it when all is encoded
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
    seconds: tuple[tuple[str, float], ...] = field(default=(), compare=False)  # of each of STAGES


def build(
    corpus: Corpus, index: Path, *, encoder: Encoder, encoder_name: str = "shipped", progress: bool = False
) -> BuildReport:
    """Make sure that `index` serves exactly `corpus`; passages whose text did not change keep their vectors.

    Raises:
        BrokenIndexError: if another process is building in the same folder.
    """
    index.mkdir(parents=True, exist_ok=True)
    identity = generation_id(corpus_digest=corpus.digest, encoder_fingerprint=encoder.fingerprint, analyser=analyser())
    with _locked(index):
        previous = _previous(index)
        if previous and previous.manifest.generation == identity:
            _sweep(index, keep=identity)
            stale = written_questions(corpus.questions, passages=previous.passages).problems
            told = _report(identity, corpus=corpus, previous=previous, passages=len(previous.passages), embedded=0)
            return replace(told, problems=(*corpus.problems, *stale))
        times = [perf_counter()]
        passages = [passage for page in corpus.pages.values() for passage in cut(page)]
        times.append(perf_counter())
        reusable = previous if previous and previous.manifest.encoder_fingerprint == encoder.fingerprint else None
        with counting(passages, folder=index) as counts:
            table = embed(passages, pages=corpus.pages, encoder=encoder, previous=reusable, progress=progress)
            times.append(perf_counter())
            counted = counts()
        times.append(perf_counter())
        manifest_of = _manifest_maker(identity, corpus=corpus, encoder=encoder, name=encoder_name, passages=passages)
        written = written_questions(corpus.questions, passages=passages)
        extra = encoded(written, encoder=encoder) if written.texts else None
        _write(
            index, corpus=corpus, passages=passages, table=table, counted=counted, extra=extra, manifest_of=manifest_of
        )
        _sweep(index, keep=identity)
        times.append(perf_counter())
        report = _report(identity, corpus=corpus, previous=previous, passages=len(passages), embedded=table.embedded)
        spent = [later - earlier for earlier, later in pairwise(times)]
        problems = (*corpus.problems, *written.problems)
        return replace(report, rebuilt=True, problems=problems, seconds=tuple(zip(STAGES, spent, strict=True)))


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the folder's lock."""
    try:
        with durable.locked(index / ".lock"):
            yield
    except durable.LockedError as holder:
        raise BrokenIndexError(
            f"En annen prosess (nummer {holder}) bygger allerede i «{index}». Vent til den er ferdig."
        ) from holder


def _previous(index: Path) -> Generation | None:
    try:
        return open_generation(index)
    except BrokenIndexError:
        return None


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
            analyser=analyser(),
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
    table: Table,
    counted: Lexical,
    extra: QuestionVectors | None,
    manifest_of: Callable[[dict[str, str]], Manifest],
) -> None:
    staging = index / f"{_STAGING}-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir()
        _fill(staging, pages=list(corpus.pages.values()), passages=passages, table=table, counted=counted)
        if extra:
            durable.write_new(staging / layout.QUESTION_ROWS, layout.array_bytes(extra.rows))
            durable.write_new(staging / layout.QUESTION_VECTORS, layout.array_bytes(extra.vectors))
        manifest = manifest_of(_flushed(staging))
        durable.write_new(staging / MANIFEST, manifest_bytes(manifest))
        durable.publish_folder(staging, index / manifest.generation)
        durable.replace_file(index / CURRENT, manifest.generation.encode())
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # on a full disk, what is left behind would keep it full


def _fill(staging: Path, *, pages: Sequence[Page], passages: Sequence[Passage], table: Table, counted: Lexical) -> None:
    durable.write_new(staging / layout.PAGES, layout.page_lines(pages))
    durable.write_new(staging / layout.PASSAGES, layout.passage_lines(passages))
    durable.write_new(staging / layout.SENTENCES, layout.array_bytes(table.sentences))
    durable.write_new(staging / layout.VECTORS, layout.array_bytes(table.vectors))
    durable.write_new(staging / layout.CONTEXT_VECTORS, layout.array_bytes(table.context_vectors))
    durable.write_new(staging / layout.SENTENCE_VECTORS, layout.array_bytes(table.sentence_vectors))
    if table.contextual_vectors is not None:
        durable.write_new(staging / layout.CONTEXTUAL_VECTORS, layout.array_bytes(table.contextual_vectors))
        durable.write_new(staging / layout.CONTEXTUAL_FAISS, faiss_bytes(as_single(table.contextual_vectors)))
    if table.in_context is not None:
        durable.write_new(staging / layout.PIECES, layout.array_bytes(table.in_context.vectors))
        durable.write_new(staging / layout.PIECE_SENTENCES, layout.array_bytes(table.in_context.sentences))
        durable.write_new(staging / layout.PIECE_BOUNDS, layout.array_bytes(table.in_context.bounds))
    durable.write_new(staging / layout.TOKENS, layout.array_bytes(table.tokens.passages.ids))
    durable.write_new(staging / layout.TOKEN_BOUNDS, layout.array_bytes(table.tokens.passages.bounds))
    durable.write_new(staging / layout.SENTENCE_TOKENS, layout.array_bytes(table.tokens.sentences))
    durable.write_new(staging / layout.SAID, counted.table.bytes_of_words())
    durable.write_new(staging / layout.SAID_STEMS, layout.array_bytes(counted.table.stems))
    durable.write_new(staging / layout.SAID_TOKENS, layout.array_bytes(counted.table.tokens.ids))
    durable.write_new(staging / layout.SAID_TOKEN_BOUNDS, layout.array_bytes(counted.table.tokens.bounds))
    durable.write_new(staging / layout.SAID_WORDS, layout.array_bytes(counted.table.passages.ids))
    durable.write_new(staging / layout.SAID_BOUNDS, layout.array_bytes(counted.table.passages.bounds))
    durable.write_new(staging / layout.FAISS_FILE, faiss_bytes(table.vectors))
    counted.words.save(staging / layout.WORDS)
    counted.grams.save(staging / layout.GRAMS)
    counted.context.save(staging / layout.CONTEXT)


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


def _report(identity: str, *, corpus: Corpus, previous: Generation | None, passages: int, embedded: int) -> BuildReport:
    before = previous.pages if previous else {}
    now = corpus.pages
    return BuildReport(
        generation=identity,
        pages=len(now),
        passages=passages,
        added=tuple(file for file in now if file not in before),
        changed=tuple(file for file, page in now.items() if file in before and _differ(before[file], page)),
        removed=tuple(file for file in before if file not in now),
        embedded=embedded,
        rebuilt=False,
        problems=corpus.problems,
    )


def _differ(before: Page, now: Page) -> bool:
    """Whether anything but the day it was last seen is another."""
    return replace(before, fetched_at=now.fetched_at) != now


__all__ = ["BuildReport", "build", "current_id"]
