"""The second encoder: it goes with the first, makes one vector more for each passage, and can be left out."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder, corpus
from helseassistent.corpus import Corpus
from helseassistent.errors import BrokenIndexError, EncoderError
from helseassistent.index import contextual as second
from helseassistent.index.build import build
from helseassistent.index.contextual import PairedEncoder, contextual_of, shipped_contextual, words_of
from helseassistent.index.encode import load_encoder
from helseassistent.index.generation import CONTEXTUAL_FAISS, CONTEXTUAL_VECTORS, open_generation
from helseassistent.index.passages import embedded_text
from helseassistent.retrieve import signals
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.types import Encoder

TWO = corpus(
    legevakt="# Legevakt\n\nLegevakten kan ta røntgen av armer.",
    sykehjem="# Sykehjem\n\nStoretveit har 27 plasser.",
)
QUESTION_MILLISECONDS = 15


@pytest.fixture(scope="module")
def shipped_second() -> Encoder:
    return shipped_contextual()


def paired(*, salt: str = "b") -> tuple[PairedEncoder, HashingEncoder]:
    other = HashingEncoder(salt)
    return PairedEncoder(HashingEncoder(), other), other


def test_a_pair_is_its_encoder_of_words_with_a_fingerprint_of_both() -> None:
    pair, other = paired()
    alone = HashingEncoder()
    np.testing.assert_array_equal(pair.encode_questions(["legevakt"]), alone.encode_questions(["legevakt"]))
    np.testing.assert_array_equal(pair.encode_passages(["legevakt"]), alone.encode_passages(["legevakt"]))
    assert pair.dimensions == alone.dimensions
    assert len({pair.fingerprint, alone.fingerprint, other.fingerprint, paired(salt="c")[0].fingerprint}) == 4
    assert (contextual_of(pair), contextual_of(alone)) == (other, None)
    assert words_of(pair).fingerprint == words_of(alone).fingerprint == alone.fingerprint


def test_each_passage_has_the_vector_of_the_second_encoder_too(tmp_path: Path) -> None:
    pair, other = paired()
    build(TWO, tmp_path, encoder=pair)
    generation = open_generation(tmp_path, fingerprint=pair.fingerprint)
    expected = other.encode_passages([embedded_text(passage) for passage in generation.passages])
    assert generation.contextual_vectors is not None
    np.testing.assert_allclose(generation.contextual_vectors, expected, atol=1e-3)


def test_an_index_without_the_second_encoder_has_no_such_file_and_is_refused_with_it(tmp_path: Path) -> None:
    pair, _ = paired()
    build(TWO, tmp_path, encoder=pair.words)
    generation = open_generation(tmp_path)
    assert generation.contextual_vectors is None
    assert not (generation.folder / CONTEXTUAL_VECTORS).exists()
    with pytest.raises(BrokenIndexError, match="helseassistent index"):
        open_generation(tmp_path, fingerprint=pair.fingerprint)


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    pair, other = paired()
    build(TWO, tmp_path, encoder=pair)
    before = open_generation(tmp_path)
    other.encoded.clear()
    more = corpus(legevakt="# Legevakt\n\nLegevakten kan ta røntgen av armer.", ny="# Ny\n\nHelsestasjonen er åpen.")
    build(more, tmp_path, encoder=pair)
    assert len(other.encoded) == 1
    assert "Helsestasjonen" in other.encoded[0]
    after = open_generation(tmp_path)
    assert before.contextual_vectors is not None
    assert after.contextual_vectors is not None
    np.testing.assert_array_equal(after.contextual_vectors[0], before.contextual_vectors[0])


def test_its_cosine_is_a_signal_of_the_ranking(tmp_path: Path) -> None:
    pair, other = paired()
    build(TWO, tmp_path, encoder=pair)
    weights = RankWeights.of({"contextual": 1})
    retriever = HybridRetriever(open_generation(tmp_path), encoder=pair, weights=weights)
    question = "Har Storetveit plasser?"
    found = retriever.search(question)
    vector = other.encode_questions([question])[0]
    for scored in found:
        (passage,) = other.encode_passages([embedded_text(scored.passage)])
        assert scored.signals.contextual == pytest.approx(float(passage @ vector), abs=2e-3)
        assert scored.score == pytest.approx(scored.signals.contextual, abs=1e-5)
    assert found[0].passage.file == "sykehjem.md"


def test_it_proposes_passages_that_no_other_list_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair, other = paired()
    bodies = {f"p{number:02d}": f"# Side\n\nOrd{number} uten mer." for number in range(40)}
    build(corpus(**bodies), tmp_path, encoder=pair)
    generation = open_generation(tmp_path)
    assert generation.contextual_vectors is not None
    question = "Zebra?"  # of which no passage has a word or four letters
    by_first = generation.vectors @ pair.encode_questions([question])[0]
    by_second = generation.contextual_vectors @ other.encode_questions([question])[0]
    assert by_first.argmax() != by_second.argmax()
    monkeypatch.setattr(signals, "DEPTH", 1)
    weights = RankWeights.of({"contextual": 1})
    found = HybridRetriever(generation, encoder=pair, weights=weights).search(question)
    assert found[0].passage == generation.passages[by_second.argmax()]
    judging = replace(generation, contextual_proposes=False)
    without = HybridRetriever(judging, encoder=pair, weights=weights).search(question)
    assert [one.passage for one in without] == [generation.passages[by_first.argmax()]]
    assert without[0].signals.contextual == pytest.approx(float(by_second[by_first.argmax()]), abs=2e-3)


def test_its_file_of_nearest_passages_is_checked_like_the_others(tmp_path: Path) -> None:
    pair, _ = paired()
    build(TWO, tmp_path, encoder=pair)
    path = open_generation(tmp_path).folder / CONTEXTUAL_FAISS
    path.write_bytes(path.read_bytes()[:-4] + b"0000")
    with pytest.raises(BrokenIndexError, match=CONTEXTUAL_FAISS):
        open_generation(tmp_path)


def test_without_it_the_signal_is_nothing(tmp_path: Path) -> None:
    build(TWO, tmp_path, encoder=HashingEncoder())
    weights = RankWeights.of({"dense": 1})
    retriever = HybridRetriever(open_generation(tmp_path), encoder=HashingEncoder(), weights=weights)
    assert {scored.signals.contextual for scored in retriever.search("Har Storetveit plasser?")} == {0.0}


def test_the_shipped_one_reads_words_in_their_context(shipped_second: Encoder) -> None:
    question = "Sykehuset sendte bestemor hjem for tidlig"
    texts = [
        "Kommunen skal ta imot utskrivningsklare pasienter fra sykehuset.",
        "Parkeringsplassen ved rådhuset koster 40 kroner i timen.",
    ]
    vectors = shipped_second.encode_passages(texts)
    near, far = vectors @ shipped_second.encode_questions([question])[0]
    assert near > far + 0.2
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_others(shipped_second: Encoder, shipped: Corpus) -> None:
    texts = [page.title for page in shipped.pages.values()] + ["Ring 113.", "", "x " * 400] + ["fastlege"] * 40
    together = shipped_second.encode_passages(texts)
    alone = np.vstack([shipped_second.encode_passages([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)
    assert not together[3].any()


@pytest.mark.timed
def test_a_question_takes_under_fifteen_milliseconds_of_the_processor(shipped_second: Encoder) -> None:
    question = "Hvor lenge må jeg vente før sykehuset svarer på henvisningen fra fastlegen min?"
    shipped_second.encode_questions([question])
    begun = time.process_time()
    for _ in range(20):
        shipped_second.encode_questions([question])
    assert (time.process_time() - begun) / 20 * 1000 < QUESTION_MILLISECONDS


def test_an_altered_file_of_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copytree(second.SHIPPED_CONTEXTUAL, tmp_path / "copy"))
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    monkeypatch.setattr(second, "SHIPPED_CONTEXTUAL", copy)
    with pytest.raises(EncoderError, match=r"model\.onnx"):
        shipped_contextual()


def test_the_shipped_pair_is_no_encoder_of_an_index_made_with_words_alone(shipped_second: Encoder) -> None:
    words = load_encoder(None)
    assert PairedEncoder(words, shipped_second).fingerprint != words.fingerprint
