"""Nearest neighbours over the vectors of a built index: exact search, and what the two approximate kinds give up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from helseassistent.index.encode import load_encoder
from helseassistent.index.generation import VECTORS, current_id
from helseassistent.index.vectors import FaissVectors, approximate_index, exact_index
from speedtest.clock import quantiles
from speedtest.material import questions_of

TOP = 60  # as many as a question asks for
_LISTS, _PROBED = 4.0, 48  # IVF: times the root of the number of vectors, and how many are searched
_LINKS, _BUILDING, _SEARCHING = 32, 80, 128  # HNSW: neighbours, and how widely it looks
_CHUNK = 2000


def measure_nearest(index: Path, *, kind: str, count: int, budget: float) -> dict[str, Any]:
    """`kind` is "flat", "codes" (ours), "ivf" or "hnsw": seconds to build, milliseconds a search, recall, size."""
    path = index / current_id(index) / VECTORS
    vectors = np.array(np.load(path), dtype=np.float32)
    questions = load_encoder(None).encode_questions(questions_of(count))
    begun = perf_counter()
    made = _KINDS[kind](vectors, budget)
    if made is None:
        return {"out_of_time": f"over {budget:.0f} s"}
    built, found_by = perf_counter() - begun, FaissVectors(made, vectors=vectors)
    faiss.omp_set_num_threads(1)
    seconds, found = [], []
    for question in questions:
        begun = perf_counter()
        rows = found_by.search(question, top_k=TOP)[0] if kind in _OURS else made.search(question[None, :], TOP)[1][0]
        found.append(rows)
        seconds.append(perf_counter() - begun)
    exact = [np.argsort(-(vectors @ question))[:TOP] for question in questions[:100]]
    shared = [len(set(rows.tolist()) & set(best.tolist())) for rows, best in zip(found, exact, strict=False)]
    return {
        "build_seconds": round(built, 2),
        **quantiles(seconds),
        f"recall@{TOP}": round(sum(shared) / (TOP * len(shared)), 4),
        "disk_mb": round(faiss.serialize_index(made).nbytes / 1e6, 1),
    }


def _flat(vectors: NDArray[np.float32], budget: float) -> Any:
    return exact_index(vectors)


def _codes(vectors: NDArray[np.float32], budget: float) -> Any:
    return approximate_index(vectors)


def _ivf(vectors: NDArray[np.float32], budget: float) -> Any:
    lists = max(1, int(_LISTS * len(vectors) ** 0.5))
    made = faiss.IndexIVFFlat(faiss.IndexFlatIP(vectors.shape[1]), vectors.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    made.cp.seed, made.cp.max_points_per_centroid = 1, 64
    made.train(vectors)
    made.add(vectors)
    made.nprobe = _PROBED
    return made


def _hnsw(vectors: NDArray[np.float32], budget: float) -> Any:
    made, begun = faiss.IndexHNSWFlat(vectors.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT), perf_counter()
    made.hnsw.efConstruction, made.hnsw.efSearch = _BUILDING, _SEARCHING
    for first in range(0, len(vectors), _CHUNK):
        made.add(vectors[first : first + _CHUNK])
        if perf_counter() - begun > budget:
            return None
    return made


_KINDS: dict[str, Callable[[NDArray[np.float32], float], Any]] = {
    **{"flat": _flat, "codes": _codes},
    **{"ivf": _ivf, "hnsw": _hnsw},
}
_OURS = ("flat", "codes")
