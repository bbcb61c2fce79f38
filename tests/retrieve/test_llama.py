"""Anyone may put our retriever into a LlamaIndex query engine of theirs."""

from __future__ import annotations

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from fakes import HashingEncoder
from helseassistent.index.generation import Generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.llama import LlamaHybridRetriever
from helseassistent.retrieve.rank import RankWeights

QUESTION = "Hvor mange plasser har Storetveit sykehjem?"


@pytest.fixture
def retriever(generation: Generation) -> HybridRetriever:
    return HybridRetriever(generation, encoder=HashingEncoder(), weights=RankWeights.shipped(contextual=False))


def test_nodes_are_our_passages_with_their_place(retriever: HybridRetriever) -> None:
    nodes = LlamaHybridRetriever(retriever, top_k=3).retrieve(QUESTION)
    found = retriever.search(QUESTION, top_k=3)
    assert [(node.node_id, node.score) for node in nodes] == [(one.passage.id, one.score) for one in found]
    for node in nodes:
        page = retriever.generation.pages[node.metadata["file"]]
        assert page.body[node.metadata["start"] : node.metadata["end"]] == node.text
        assert node.metadata["url"] == page.url


def test_a_query_engine_hands_our_passages_to_its_model(retriever: HybridRetriever) -> None:
    engine = RetrieverQueryEngine.from_args(LlamaHybridRetriever(retriever, top_k=2), llm=MockLLM())
    response = engine.query(QUESTION)
    assert "27 plasser" in str(response)
    assert len(response.source_nodes) == 2
