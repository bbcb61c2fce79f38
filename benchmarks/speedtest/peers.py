"""What others do with the same passages and questions: LlamaIndex as it comes, with our encoder, and plain bm25s."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import bm25s
import Stemmer
from tqdm import tqdm

from helseassistent.index.encode import load_encoder
from helseassistent.index.generation import open_generation
from helseassistent.index.passages import embedded_text
from speedtest.clock import peak, quantiles, resident
from speedtest.material import questions_of

TOP = 10
_AT_ONCE = 512


def measure_bm25s(index: Path, *, count: int, budget: float) -> dict[str, Any]:
    """Plain bm25s with the Norwegian Snowball stemmer, top 10."""
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    texts = [embedded_text(passage) for passage in open_generation(index).passages]
    stemmer, begun = Stemmer.Stemmer("norwegian"), perf_counter()
    engine = bm25s.BM25()
    engine.index(bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False), show_progress=False)
    spent = perf_counter() - begun

    def search(question: str) -> None:
        tokens = bm25s.tokenize(question, stopwords=None, stemmer=stemmer, show_progress=False)
        engine.retrieve(tokens, k=min(TOP, len(texts)), show_progress=False)

    return _report(len(texts), spent, search=search, count=count, budget=budget)


def measure_llama_index(index: Path, *, count: int, budget: float) -> dict[str, Any]:
    """`VectorStoreIndex` over `SimpleVectorStore`, `BM25Retriever`, and `QueryFusionRetriever` over both, top 10."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import BaseNode, TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    generation = open_generation(index)
    nodes: list[BaseNode] = [TextNode(id_=passage.id, text=embedded_text(passage)) for passage in generation.passages]
    begun = perf_counter()
    made = VectorStoreIndex([], embed_model=_embedding())
    for first in tqdm(range(0, len(nodes), _AT_ONCE), desc="LlamaIndex", unit="bolk", leave=False):
        made.insert_nodes(nodes[first : first + _AT_ONCE])
        if perf_counter() - begun > budget:
            return {"out_of_time": f"over {budget:.0f} s etter {first} utdrag"}
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=TOP, stemmer=Stemmer.Stemmer("norwegian"), language="no"
    )
    spent = perf_counter() - begun
    fused = QueryFusionRetriever(
        [made.as_retriever(similarity_top_k=TOP), words],
        llm=MockLLM(),
        similarity_top_k=TOP,
        num_queries=1,
        mode=FUSION_MODES.RECIPROCAL_RANK,
        use_async=False,
    )
    return _report(len(nodes), spent, search=fused.retrieve, count=count, budget=budget)


def _embedding() -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    encoder = load_encoder(None)

    class Shipped(BaseEmbedding):
        """The encoder that is shipped, as LlamaIndex wants it."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return cast("list[Any]", encoder.encode_questions([query])[0].tolist())

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return cast("list[Any]", encoder.encode_passages([text])[0].tolist())

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return cast("list[Any]", encoder.encode_passages(texts).tolist())

    return Shipped(embed_batch_size=_AT_ONCE)


def _report(
    passages: int, spent: float, *, search: Callable[[str], object], count: int, budget: float
) -> dict[str, Any]:
    seconds: list[float] = []
    questions, begun = questions_of(count + 1), perf_counter()
    for question in tqdm(questions, desc="Spør", unit="spørsmål", leave=False):
        asked = perf_counter()
        search(question)
        seconds.append(perf_counter() - asked)
        if perf_counter() - begun > budget:
            break
    measured = seconds[1:] or seconds  # the first one warms up
    return {
        "passages": passages,
        "passages_a_second": round(passages / spent, 1),
        "answer": quantiles(measured),
        "questions": len(measured),
        "memory_mb": round(resident()),
        "memory_peak_mb": round(peak()),
    }
