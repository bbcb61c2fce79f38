"""Our own program: how fast it builds an index, and where the time of a question goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, cast

from tqdm import tqdm

from helseassistent.index.build import build
from helseassistent.index.encode import load_encoder
from helseassistent.settings import Settings
from helseassistent.wiring import NO_CONTEXTUAL, build_parts
from speedtest.clock import Clock, Timed, peak, quantiles, resident
from speedtest.material import corpus_of, questions_of

PARTS = ("encode", "bm25", "dense", "rank", "search", "extract", "answer")
_WARMING = 20  # questions before the clock runs


def measure_build(index: Path, *, passages: int) -> dict[str, Any]:
    """Build an index of `passages` passages in `index`: seconds of each stage, passages a second, memory and disk."""
    corpus, found = corpus_of(passages)
    encoder = load_encoder(None)
    encoder.encode_passages(["legevakt"] * 3000)  # the table as float32, which a first batch makes
    held, begun, worked = resident(), perf_counter(), process_time()
    report = build(corpus, index, encoder=encoder, progress=True)
    spent = perf_counter() - begun
    folder = index / report.generation
    return {
        "passages": found,
        "pages": report.pages,
        "seconds": round(spent, 2),
        "cpu_seconds": round(process_time() - worked, 2),
        "passages_a_second": round(found / spent, 1),
        "stages": {name: round(found / max(seconds, 1e-9), 1) for name, seconds in report.seconds},
        "memory_mb": round(peak()),
        "memory_before_mb": round(held),
        "disk_mb": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1),
    }


def measure_questions(index: Path, *, count: int, budget: float) -> dict[str, Any]:
    """Ask up to `count` questions within `budget` seconds: milliseconds by part, and the memory held while serving."""
    begun = perf_counter()
    parts = build_parts(Settings(corpus=index, index=index, contextual=NO_CONTEXTUAL))
    opened, clock = perf_counter() - begun, Clock()
    assistant = parts.assistant
    _observe(assistant.retriever.generation, assistant.encoder, clock=clock)
    timed = Timed(assistant.retriever, clock, name="rank", methods=["search"])
    assistant = replace(assistant, retriever=cast(Any, timed))
    seconds: dict[str, list[float]] = {name: [] for name in PARTS}
    questions = questions_of(_WARMING + count)
    for number, question in enumerate(tqdm(questions, desc="Spør", unit="spørsmål", leave=False)):
        clock.spent.clear()
        with clock.part("extract"):
            assistant.ask([question])
        if number >= _WARMING and "rank" in clock.spent:  # not where safety answered before any search
            spent = {name: clock.spent.get(name, 0.0) for name in PARTS}
            spent["search"] = sum(spent[name] for name in ("encode", "bm25", "dense", "rank"))
            spent["answer"] = spent["search"] + spent["extract"]
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


def _observe(generation: Any, encoder: Any, *, clock: Clock) -> None:
    """Put clocks around the parts of `generation` and around the encoder where a search uses it."""
    for name in ("words", "grams", "context"):
        generation.__dict__[name] = Timed(getattr(generation, name), clock, name="bm25", methods=["scores", "ceiling"])
    if hasattr(generation, "spelling"):
        generation.__dict__["spelling"] = Timed(generation.spelling, clock, name="bm25", methods=["terms"])
    generation.__dict__["dense"] = Timed(generation.dense, clock, name="dense", methods=["search"])
    kind = type(encoder)
    kind.encode_questions = clock.timed(kind.encode_questions, "encode", within="rank")
