"""Our own program: how fast it builds an index, and where the time of a question goes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, cast

import numpy as np
from tqdm import tqdm

from helseassistent.assistant import Assistant
from helseassistent.index.build import build
from helseassistent.index.contextual import PairedEncoder, shipped_contextual
from helseassistent.index.encode import load_encoder, unit_rows
from helseassistent.index.generation import CONTEXTUAL_FAISS, Generation
from helseassistent.index.in_context import BEFORE, ContextReader, WordsInContext
from helseassistent.index.vectors import faiss_bytes
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.settings import Settings
from helseassistent.wiring import NO_CONTEXTUAL, build_parts
from helseassistent.wiring.serving import keep_pauses_short
from speedtest.clock import Clock, Timed, peak, quantiles, resident
from speedtest.material import corpus_of, questions_of

PARTS = ("encode", "bm25", "dense", "rank", "search", "extract", "answer", "cpu")
_WARMING = 20  # questions before the clock runs
_PIECES = 60  # of words that count in a passage, about what laws and public texts have


def measure_build(index: Path, *, passages: int) -> dict[str, Any]:
    """Build an index of `passages` passages in `index`: seconds of each stage, passages a second, memory and disk."""
    corpus, found = corpus_of(passages)
    encoder = load_encoder(None)
    encoder.encode_passages(["legevakt"] * 3000)  # the table as float32, which a first batch makes
    held, begun, worked = resident(), perf_counter(), _worked()
    report = build(corpus, index, encoder=encoder, progress=True)
    spent = perf_counter() - begun
    folder = index / report.generation
    return {
        "passages": found,
        "pages": report.pages,
        "seconds": round(spent, 2),
        "cpu_seconds": round(_worked() - worked, 2),
        "passages_a_second": round(found / spent, 1),
        "stages": {name: round(found / max(seconds, 1e-9), 1) for name, seconds in report.seconds},
        "memory_mb": round(peak()),
        "memory_before_mb": round(held),
        "disk_mb": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1),
    }


def measure_questions(index: Path, *, count: int, budget: float, paired: bool = False) -> dict[str, Any]:
    """Ask up to `count` questions within `budget` seconds: milliseconds by part, and the memory held while serving.

    With `paired` the second encoder reads the questions too. Its vectors of the passages are random ones, since making
    them takes long, and the time of a question does not depend on what they are.
    """
    begun = perf_counter()
    parts = build_parts(Settings(corpus=index, index=index, contextual=NO_CONTEXTUAL))
    keep_pauses_short()  # as the service does
    opened, clock = perf_counter() - begun, Clock()
    assistant = _paired(parts.assistant) if paired else parts.assistant
    _observe(assistant.retriever.generation, assistant.encoder, clock=clock)
    timed = Timed(assistant.retriever, clock, name="rank", methods=["search"])
    assistant = replace(assistant, retriever=cast(Any, timed))
    seconds: dict[str, list[float]] = {name: [] for name in PARTS}
    questions = questions_of(_WARMING + count)
    for number, question in enumerate(tqdm(questions, desc="Spør", unit="spørsmål", leave=False)):
        clock.spent.clear()
        worked = process_time()
        with clock.part("extract"):
            assistant.ask([question])
        worked = process_time() - worked
        if number >= _WARMING and "rank" in clock.spent:  # not where safety answered before any search
            spent = {name: clock.spent.get(name, 0.0) for name in PARTS}
            spent["search"] = sum(spent[name] for name in ("encode", "bm25", "dense", "rank"))
            spent["answer"] = spent["search"] + spent["extract"]
            spent["cpu"] = worked
            for name in PARTS:
                seconds[name].append(spent[name])
        if perf_counter() - begun - opened > budget and number >= _WARMING:
            break
    result: dict[str, Any] = {name: quantiles(found) for name, found in seconds.items()}
    return {
        **result,
        "questions": len(seconds["answer"]),
        "open_seconds": round(opened, 2),
        "memory_mb": round(resident()),
    }


def _worked() -> float:
    """Seconds of processor that this process and those it started have taken."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _paired(assistant: Assistant) -> Assistant:
    second = shipped_contextual()
    encoder = PairedEncoder(assistant.encoder, second)
    rows = len(assistant.retriever.generation.passages), second.dimensions
    vectors = unit_rows(np.random.default_rng(1).normal(size=rows).astype(np.float32))
    (assistant.retriever.generation.folder / CONTEXTUAL_FAISS).write_bytes(faiss_bytes(vectors))
    retriever = HybridRetriever(
        replace(
            assistant.retriever.generation,
            contextual_vectors=vectors.astype(np.float16),
            in_context=_pieces(assistant.retriever.generation, dimensions=second.of_words),
        ),
        encoder=encoder,
        weights=RankWeights.shipped(contextual=True),
        vectors=assistant.vectors,
    )
    return replace(assistant, retriever=retriever, encoder=encoder)


def _pieces(generation: Generation, *, dimensions: int) -> WordsInContext:
    """As many pieces of words as real passages have, spread over their sentences, with vectors of chance."""
    sentences = np.repeat(np.diff(generation.sentence_bounds), _PIECES)
    place = np.tile(np.arange(_PIECES), len(generation.passages))
    bounds = np.arange(len(generation.passages) + 1) * _PIECES
    vectors = np.random.default_rng(2).integers(-40, 41, size=(len(place), dimensions), dtype=np.int8)
    return WordsInContext(vectors, np.minimum(place * sentences // _PIECES, BEFORE - 1).astype(np.uint8), bounds)


def _observe(generation: Any, encoder: Any, *, clock: Clock) -> None:
    """Put clocks around the parts of `generation` and around the encoder where a search uses it."""
    for name in ("words", "grams", "context"):
        generation.__dict__[name] = Timed(getattr(generation, name), clock, name="bm25", methods=["scores", "ceiling"])
    if hasattr(generation, "spelling"):
        generation.__dict__["spelling"] = Timed(generation.spelling, clock, name="bm25", methods=["terms"])
    generation.__dict__["dense"] = Timed(generation.dense, clock, name="dense", methods=["search"])
    for kind in {type(encoder), *(type(part) for part in vars(encoder).values() if hasattr(part, "encode_questions"))}:
        kind.encode_questions = clock.timed(kind.encode_questions, "encode", within="rank")
        if kind is ContextReader:
            kind.ask = clock.timed(kind.ask, "encode", within="rank")
