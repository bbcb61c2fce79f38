"""The hybrid retriever as a LlamaIndex `BaseRetriever`, for query engines of anyone's own."""

from __future__ import annotations

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.types import Scored


class LlamaHybridRetriever(BaseRetriever):
    """Nodes carry text, score and, as metadata, where on which page the passage stands."""

    def __init__(self, retriever: HybridRetriever, *, top_k: int = 10) -> None:
        super().__init__()
        self._retriever = retriever
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [self._node(found) for found in self._retriever.search(query_bundle.query_str, top_k=self._top_k)]

    def _node(self, found: Scored) -> NodeWithScore:
        passage = found.passage
        page = self._retriever.generation.pages[passage.file]
        metadata = {
            "file": passage.file,
            "start": passage.start,
            "end": passage.end,
            "title": page.title,
            "url": page.url,
            "publisher": page.publisher,
            "headings": " > ".join(passage.headings),
        }
        return NodeWithScore(node=TextNode(id_=passage.id, text=passage.text, metadata=metadata), score=found.score)
