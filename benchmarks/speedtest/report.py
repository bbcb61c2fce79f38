"""The measurements as Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]  # by size, then by task
_BUILT = ("CPU s", "peak MB", "disk MB", "open s", "serving MB")
_PARTS = ("encode", "bm25", "dense", "rank", "search", "extract", "answer", "cpu")


def markdown(results: Results, *, about: Mapping[str, Any]) -> str:
    """All tables, with what they were measured on."""
    lines = ["# Speed", "", f"Made by `make speed` on {about['date']}: {about['machine']}. {about['passages']}.", ""]
    lines += [
        "Milliseconds a question are median / 95th percentile over questions of `benchmarks/questions`, asked one at a",
        "time of an opened index. `rank` is everything in the search that is not in the three columns before it;",
        "`extract` is what an answer takes besides the search, the check for danger included; `cpu` is what the whole",
        "answer took of all processors. Each row is a process. Where not said, the encoder of words alone.",
        "",
        "## A question",
        "",
        *_table(
            ["passages", *_PARTS, "questions"],
            [_question(size, tasks, task) for size, tasks in results.items() for task in ("ask", "pair")],
        ),
        "## Building, memory and disk",
        "",
        *_table(
            ["passages", "a second", *(f"{name}/s" for name in _stages(results)), *_BUILT],
            [_building(size, tasks, stages=_stages(results)) for size, tasks in results.items()],
        ),
        "## Nearest neighbours",
        "",
        "One search for sixty passages with one question's vector, as a question makes it, and how many of the exact",
        "sixty are among them. `codes` is what is shipped for 50,000 passages and more; `flat` compares all.",
        "",
        *_table(
            ["passages", "index", "ms", "recall@60", "build s", "MB"],
            [
                _nearest(size, kind, tasks)
                for size, tasks in results.items()
                for kind in ("flat", "codes", "ivf", "hnsw")
            ],
        ),
        "## Beside others",
        "",
        "The same passages and questions. LlamaIndex as it comes: `VectorStoreIndex` over `SimpleVectorStore`,",
        "`BM25Retriever`, `QueryFusionRetriever` without generated questions, with the encoder that we ship. Ours is",
        "the whole search.",
        "",
        *_table(
            ["passages", "system", "ms a question", "passages a second built", "serving MB"],
            [
                _peer(size, name, tasks)
                for size, tasks in results.items()
                for name in ("helseassistent", "llama_index", "bm25s")
            ],
        ),
    ]
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows if row]
    return [*lines, ""]


def _stages(results: Results) -> list[str]:
    return next(
        (list(tasks["build"]["stages"]) for tasks in results.values() if "stages" in tasks.get("build", {})), []
    )


def _size(size: str, tasks: Mapping[str, Mapping[str, Any]]) -> str:
    return f"{tasks.get('build', {}).get('passages', int(size)):,}"


def _milliseconds(found: Mapping[str, float] | None) -> str:
    return f"{found['median']:.1f} / {found['p95']:.1f}" if found else ""


def _question(size: str, tasks: Mapping[str, Mapping[str, Any]], task: str) -> list[object]:
    asked = tasks.get(task)
    if not asked:
        return []
    name = f"{_size(size, tasks)}{', both encoders' if task == 'pair' else ''}"
    if "out_of_time" in asked:
        return [name, asked["out_of_time"]]
    return [name, *(_milliseconds(asked.get(name)) for name in _PARTS), asked.get("questions", "")]


def _building(size: str, tasks: Mapping[str, Mapping[str, Any]], *, stages: Sequence[str]) -> list[object]:
    made, asked = tasks.get("build", {}), tasks.get("ask", {})
    if "out_of_time" in made:
        return [_size(size, tasks), made["out_of_time"]]
    parts = [f"{made.get('stages', {}).get(name, 0):,.0f}" for name in stages]
    tail = [made.get("cpu_seconds", ""), made.get("memory_mb", ""), made.get("disk_mb", "")]
    rate = f"{made.get('passages_a_second', 0):,.0f}"
    return [_size(size, tasks), rate, *parts, *tail, asked.get("open_seconds", ""), asked.get("memory_mb", "")]


def _nearest(size: str, kind: str, tasks: Mapping[str, Mapping[str, Any]]) -> list[object]:
    found = tasks.get(kind)
    if not found:
        return []
    if "out_of_time" in found:
        return [_size(size, tasks), kind, found["out_of_time"], "", "", ""]
    return [
        _size(size, tasks),
        kind,
        f"{found['median']:.2f} / {found['p95']:.2f}",
        f"{found['recall@60']:.3f}",
        found["build_seconds"],
        found["disk_mb"],
    ]


def _peer(size: str, name: str, tasks: Mapping[str, Mapping[str, Any]]) -> list[object]:
    if name == "helseassistent":
        found: dict[str, Any] = {**tasks.get("build", {}), **tasks.get("ask", {})}
        found["answer"] = found.get("search")
    else:
        found = dict(tasks.get(name, {}))
    if not found:
        return []
    if "out_of_time" in found:
        return [_size(size, tasks), name, found["out_of_time"], "", ""]
    rate = f"{found.get('passages_a_second', 0):,.0f}"
    return [_size(size, tasks), name, _milliseconds(found.get("answer")), rate, found.get("memory_mb", "")]
