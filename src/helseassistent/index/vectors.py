"""Where vectors live: FAISS through LlamaIndex's vector store, or any other store of LlamaIndex's."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from helseassistent.errors import SettingsError
from helseassistent.index.half_precision import as_single
from helseassistent.types import Vectors

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

FAISS, EXACT = "faiss", "faiss-exact"
EXACT_BELOW = 50_000  # passages; from here on the file of a build holds short codes, and the best are compared again
_TOGETHER = 2  # dimensions that share a code of four bits
_COMPARED = 1_000  # vectors that the codes propose; recall beside exact search: docs/speed.md
_TRAINED_ON = 20_000  # vectors


class VectorSearch(Protocol):
    """Finds the rows nearest to a question."""

    def search(self, question: NDArray[np.float32], *, top_k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Row numbers and cosine similarities, best first; fewer than `top_k` if there are fewer rows."""
        ...


class FaissVectors:
    """The default store, read natively so that a question does not pay seconds for importing LlamaIndex."""

    def __init__(self, index: Any, *, vectors: Vectors) -> None:
        self._index = index
        self._vectors = vectors

    @classmethod
    def open(cls, path: Path, *, vectors: Vectors) -> FaissVectors:
        """Open the file that `faiss_bytes` made of `vectors`."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), vectors=vectors)

    def search(self, question: NDArray[np.float32], *, top_k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See `VectorSearch`."""
        count = min(top_k, self._index.ntotal)
        if not count:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        faiss.omp_set_num_threads(1)  # of this thread; where others are busy, waiting for them costs more than it gains
        if isinstance(self._index, faiss.IndexFlat):
            similarities, rows = self._index.search(question[np.newaxis, :], count)
            found = rows[0] >= 0
            return rows[0][found], similarities[0][found]
        proposed = self._index.search(question[np.newaxis, :], max(count, min(_COMPARED, self._index.ntotal)))[1][0]
        proposed = np.sort(proposed[proposed >= 0])
        similarities = as_single(self._vectors[proposed]) @ question
        best = np.argsort(-similarities, kind="stable")[:count]
        return proposed[best], similarities[best]


class LlamaVectors:
    """Any LlamaIndex vector store that has been filled by `fill`."""

    def __init__(self, store: BasePydanticVectorStore, *, row_of: Mapping[str, int]) -> None:
        self._store = store
        self._row_of = row_of

    def search(self, question: NDArray[np.float32], *, top_k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See `VectorSearch`."""
        from llama_index.core.vector_stores.types import VectorStoreQuery

        if not question.any():  # no direction, so nothing is nearest; some stores divide by its length
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        query = VectorStoreQuery(query_embedding=question.tolist(), similarity_top_k=min(top_k, len(self._row_of)))
        result = self._store.query(query)
        found = [self._row_of[name] for name in result.ids or []]
        return np.array(found, dtype=np.int64), np.array(result.similarities or [], dtype=np.float32)


def fill(store: BasePydanticVectorStore, *, ids: Sequence[str], vectors: Vectors) -> LlamaVectors:
    """Add `vectors` to `store` under `ids`; FAISS names its rows itself, other stores keep the ids."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    nodes = []
    for identity, vector in zip(ids, vectors, strict=True):
        source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=identity)}
        nodes.append(TextNode(id_=identity, embedding=vector.tolist(), relationships=source))
    names = store.add(nodes) if nodes else []
    return LlamaVectors(store, row_of={name: row for row, name in enumerate(names)})


def faiss_bytes(vectors: Vectors) -> bytes:
    """A FAISS index as the bytes of a file: exact below EXACT_BELOW vectors, else approximate.

    It is what LlamaIndex's `FaissVectorStore` would hold, but that takes one node a vector, which costs more time than
    everything else that a vector needs.
    """
    index = exact_index(vectors) if len(vectors) < EXACT_BELOW else approximate_index(vectors)
    return bytes(faiss.serialize_index(index).tobytes())


def exact_index(vectors: Vectors) -> Any:
    """Compares a question with every vector."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def approximate_index(vectors: Vectors) -> Any:
    """Four bits for every two dimensions, sixteen centres each, looked up in the processor's registers.

    André, Kermarrec and Le Scouarnec 2017, arXiv 1704.07355; the wiki of FAISS calls it 4-bit PQ fast scan.
    """
    dimensions = vectors.shape[1]
    together = _TOGETHER if dimensions % _TOGETHER == 0 else 1
    index = faiss.IndexPQFastScan(dimensions, dimensions // together, 4, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.seed = 1
    index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // _TRAINED_ON)]))
    index.add(vectors)
    return index


def open_vectors(name: str, *, path: Path, ids: Sequence[str], vectors: Vectors) -> VectorSearch:
    """The store that `name` asks for: "faiss" is the file, "faiss-exact" compares all, "module:Class" is LlamaIndex's.

    Raises:
        SettingsError: if no such class can be imported.
    """
    if name == FAISS:
        return FaissVectors.open(path, vectors=vectors)
    if name == EXACT:
        return FaissVectors(exact_index(as_single(vectors)), vectors=vectors)
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"Vektorlageret «{name}» finnes ikke: {error}. Skriv «faiss» eller «modul:Klasse» fra LlamaIndex."
        ) from error
    return fill(factory(), ids=ids, vectors=vectors)
