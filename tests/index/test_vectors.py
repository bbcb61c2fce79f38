"""The native FAISS file, LlamaIndex's FAISS store and its simple store find the same passages."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from llama_index.vector_stores.faiss import FaissVectorStore

from fakes import HashingEncoder
from helseassistent.corpus import Corpus
from helseassistent.errors import SettingsError
from helseassistent.index import vectors as stores
from helseassistent.index.build import build
from helseassistent.index.generation import FAISS_FILE, Generation, open_generation
from helseassistent.index.vectors import EXACT, FaissVectors, faiss_bytes, fill, open_vectors

SIMPLE = "llama_index.core.vector_stores.simple:SimpleVectorStore"
QUESTIONS = [
    "Kan legevakten ta røntgen av en brukket arm?",
    "Hvor mange plasser har Storetveit sykehjem?",
    "Hva er et helsefellesskap?",
    "Når ble øvre del av Nygårdsparken stengt?",
    "psykiatrisk legevakt",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_stores_agree(question: str, generation: Generation, encoder: HashingEncoder) -> None:
    vector = encoder.encode_questions([question])[0]
    ids = [passage.id for passage in generation.passages]
    path = generation.folder / FAISS_FILE
    expected = generation.vectors @ vector
    stores = [
        FaissVectors.open(path, vectors=generation.vectors),
        fill(FaissVectorStore(faiss_index=faiss.IndexFlatIP(64)), ids=ids, vectors=generation.vectors),
        open_vectors(SIMPLE, path=path, ids=ids, vectors=generation.vectors),
    ]
    for store in stores:
        rows, similarities = store.search(vector, top_k=5)
        np.testing.assert_allclose(similarities, np.sort(expected)[::-1][:5], atol=1e-5)
        np.testing.assert_allclose(expected[rows], similarities, atol=1e-5)


def test_the_file_is_one_that_llama_index_opens(generation: Generation, encoder: HashingEncoder) -> None:
    store = FaissVectorStore.from_persist_path(str(generation.folder / FAISS_FILE))
    vector = encoder.encode_questions(QUESTIONS[:1])[0]
    similarities, rows = store.client.search(vector[np.newaxis, :], 3)
    native_rows, native = generation.dense.search(vector, top_k=3)
    np.testing.assert_array_equal(rows[0], native_rows)
    np.testing.assert_array_equal(similarities[0], native)


def test_another_store_serves_a_whole_generation(shipped_index: Path, encoder: HashingEncoder) -> None:
    simple, plain = open_generation(shipped_index, vector_store=SIMPLE), open_generation(shipped_index)
    vector = encoder.encode_questions(QUESTIONS[1:2])[0]
    assert list(simple.dense.search(vector, top_k=1)[0]) == list(plain.dense.search(vector, top_k=1)[0])


@pytest.mark.parametrize("store", ["faiss", SIMPLE])
def test_a_question_without_known_words_and_an_empty_index_are_no_trouble(
    store: str, shipped: Corpus, shipped_index: Path, tmp_path: Path
) -> None:
    nothing = np.zeros(64, dtype=np.float32)
    full = open_generation(shipped_index, vector_store=store)
    rows, similarities = full.dense.search(nothing, top_k=60)
    assert len(rows) == len(similarities) <= len(full.passages)
    assert np.isfinite(similarities).all()
    build(Corpus({}, (), ""), tmp_path, encoder=HashingEncoder())
    rows, similarities = open_generation(tmp_path, vector_store=store).dense.search(nothing, top_k=60)
    assert len(rows) == len(similarities) == 0


@pytest.mark.parametrize(
    "name", ["", "chroma", "json:", "json:Finnes", "finnes.ikke:Klasse", ":Klasse", "json:loads:x"]
)
def test_an_unknown_store_is_refused_with_what_to_write(name: str, shipped_index: Path) -> None:
    with pytest.raises(SettingsError, match="Skriv «faiss» eller «modul:Klasse»"):
        open_generation(shipped_index, vector_store=name)


@pytest.mark.parametrize("dimensions", [32, 33])
def test_many_vectors_are_searched_approximately_unless_exactness_is_asked_for(
    dimensions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "EXACT_BELOW", 5000)
    monkeypatch.setattr(stores, "_COMPARED", 200)
    chance = np.random.default_rng(1)
    centres = chance.normal(size=(50, dimensions))
    vectors = (centres[chance.integers(50, size=8000)] + 0.7 * chance.normal(size=(8000, dimensions))).astype(
        np.float32
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = tmp_path / FAISS_FILE
    path.write_bytes(faiss_bytes(vectors))
    ids = [str(row) for row in range(len(vectors))]
    near = open_vectors("faiss", path=path, ids=ids, vectors=vectors)
    exact = open_vectors(EXACT, path=path, ids=ids, vectors=vectors)
    shared = 0
    for question in vectors[:50]:
        rows, similarities = near.search(question, top_k=10)
        best, expected = exact.search(question, top_k=10)
        np.testing.assert_allclose(expected, np.sort(vectors @ question)[::-1][:10], atol=1e-5)
        np.testing.assert_allclose(similarities, vectors[rows] @ question, atol=1e-5)
        shared += len(set(rows.tolist()) & set(best.tolist()))
    assert shared / 500 > 0.9
    assert faiss_bytes(vectors) == path.read_bytes()
