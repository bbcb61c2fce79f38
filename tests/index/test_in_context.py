"""Word pieces read in their context: what is kept of a passage, and what the reader says of its sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder, corpus
from helseassistent.index.build import build
from helseassistent.index.contextual import PairedEncoder, reader_of, shipped_contextual
from helseassistent.index.generation import PIECES, Generation, open_generation
from helseassistent.index.in_context import BEFORE, UNREAD, ContextReader, WordsInContext
from helseassistent.index.passages import embedded_text
from helseassistent.retrieve.hybrid import HybridRetriever, read_shares
from helseassistent.retrieve.rank import RankWeights

BODY = "# Legevakt\n\nLegevakten behandler brudd i armer og bein. Det er egen inngang for barn. Hunder må vente ute."
PAGES = corpus(legevakt=BODY, sykehjem="# Sykehjem\n\nStoretveit sykehjem har 27 plasser.\n\n- Besøk er velkommen.")
FAR = "Hvor kan jeg kjøpe fiskekort?"


@pytest.fixture(scope="module")
def reader() -> ContextReader:
    return shipped_contextual()


@pytest.fixture(scope="module")
def pair(reader: ContextReader) -> PairedEncoder:
    return PairedEncoder(HashingEncoder(), reader)


@pytest.fixture(scope="module")
def generation(pair: PairedEncoder, tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder = tmp_path_factory.mktemp("index")
    build(PAGES, folder, encoder=pair)
    return open_generation(folder, fingerprint=pair.fingerprint)


def words_in(generation: Generation) -> WordsInContext:
    assert generation.in_context is not None
    return generation.in_context


def odds(reader: ContextReader, words: WordsInContext, question: str, counts: list[int]) -> list[list[float]]:
    return [row.tolist() for row in reader.read(reader.ask(question), words, sentences=counts)]


def test_every_piece_that_counts_is_kept_with_the_number_of_its_sentence(
    generation: Generation, reader: ContextReader
) -> None:
    words, passage = words_in(generation), generation.passages[0]
    assert len(words) == len(generation.passages)
    one = words.take(np.array([0]))
    assert set(one.sentences.tolist()) == {BEFORE, 0, 1, 2}
    assert one.vectors.dtype == np.int8
    np.testing.assert_allclose(np.linalg.norm(one.vectors.astype(float), axis=1), 127, atol=4)
    encoding = reader.encoder.tokenizer.encode(embedded_text(passage))
    assert len(one.vectors) == int((reader.counts[encoding.ids] == 2).sum()) < len(encoding.ids)


def test_the_vector_of_the_text_is_the_one_that_it_has_alone(generation: Generation, reader: ContextReader) -> None:
    expected = reader.encode_passages([embedded_text(passage) for passage in generation.passages])
    assert generation.contextual_vectors is not None
    np.testing.assert_allclose(generation.contextual_vectors, expected, atol=1e-3)


def test_late_interaction_is_the_weighted_mean_of_the_best_cosines(
    generation: Generation, reader: ContextReader
) -> None:
    words, asked = words_in(generation), reader.ask("Kan legevakta hjelpe om eg har brukke beinet?")
    scores = reader.late(asked, words)
    for row in range(len(words)):
        pieces = words.take(np.array([row])).vectors.astype(float) / 127
        best = np.maximum((asked.words @ pieces.T).max(axis=1), 0)
        assert scores[row] == pytest.approx(float(asked.weights[:, 0] @ best), abs=1e-5)
    np.testing.assert_allclose(asked.weights.sum(axis=0), 1, atol=1e-5)
    assert scores[0] > scores[1]


def test_it_is_a_signal_of_the_second_ranking(generation: Generation, pair: PairedEncoder) -> None:
    weights = RankWeights.of({"dense": 1.0}, again={"in_context": 1.0})
    found = HybridRetriever(generation, encoder=pair, weights=weights).search("Hva gjør jeg med et brukket bein?")
    assert found[0].passage.file == "legevakt.md"
    assert found[0].score == pytest.approx(found[0].signals.in_context, abs=1e-5)


def test_the_reader_tells_what_is_answered_from_what_is_only_mentioned(
    generation: Generation, reader: ContextReader
) -> None:
    words, counts = words_in(generation), [3, 2]
    broken = odds(reader, words, "Kan dere se på et brukket bein?", counts)
    dogs = odds(reader, words, "Får jeg ha med hunden inn?", counts)
    far = odds(reader, words, FAR, counts)
    assert np.argmax(broken[0]) == 0
    assert np.argmax(dogs[0]) == 2
    assert max(broken[0]) > max(max(row) for row in far) + 2
    assert max(dogs[0]) > max(max(row) for row in far) + 2


def test_a_sentence_has_the_same_odds_alone_and_among_other_passages(
    generation: Generation, reader: ContextReader
) -> None:
    words, question = words_in(generation), "Er det egen inngang for barn?"
    together = odds(reader, words, question, [3, 2])
    alone = [odds(reader, words.take(np.array([row])), question, [count])[0] for row, count in ((0, 3), (1, 2))]
    for row in range(2):
        assert together[row] == pytest.approx(alone[row], abs=1e-3)


def test_the_sentences_of_the_best_passages_carry_the_odds(generation: Generation, pair: PairedEncoder) -> None:
    retriever = HybridRetriever(generation, encoder=pair, weights=RankWeights.shipped(contextual=True))
    found = retriever.search("Er det egen inngang for barn?")
    read = {sentence.text: sentence.read for scored in found for sentence in scored.sentences}
    assert all(value is not None for value in read.values())
    assert max(read, key=lambda text: read[text] or 0.0) == "Det er egen inngang for barn."


@pytest.mark.parametrize("question", ["", "?!", "😀", "og"])
def test_a_question_without_a_word_that_counts_finds_nothing_here(
    generation: Generation, reader: ContextReader, question: str
) -> None:
    asked = reader.ask(question)
    assert np.isfinite(reader.late(asked, words_in(generation))).all()
    assert np.isfinite(np.concatenate(reader.read(asked, words_in(generation), sentences=[3, 2]))).all()
    if not len(asked.words):
        assert reader.late(asked, words_in(generation)).tolist() == [0.0, 0.0]
        assert odds(reader, words_in(generation), question, [3, 2]) == [[UNREAD] * 3, [UNREAD] * 2]


def test_no_passage_and_no_sentence_are_read_as_nothing(reader: ContextReader) -> None:
    none = WordsInContext.joined([], dimensions=reader.of_words)
    asked = reader.ask("Er det egen inngang for barn?")
    assert (len(none), reader.late(asked, none).tolist(), reader.read(asked, none, sentences=[])) == (0, [], [])


def test_an_unchanged_passage_keeps_its_pieces_and_an_index_without_a_reader_has_none(
    tmp_path: Path, pair: PairedEncoder, generation: Generation
) -> None:
    build(PAGES, tmp_path, encoder=pair)
    more = corpus(legevakt=BODY, ny="# Ny\n\nHelsestasjonen er åpen hver dag.")
    assert build(more, tmp_path, encoder=pair).embedded == 1
    kept = words_in(open_generation(tmp_path)).take(np.array([0]))
    first = words_in(generation).take(np.array([0]))
    np.testing.assert_array_equal(kept.vectors, first.vectors)
    np.testing.assert_array_equal(kept.sentences, first.sentences)
    build(more, tmp_path, encoder=pair.words)
    bare = open_generation(tmp_path)
    assert bare.in_context is None
    assert not (bare.folder / PIECES).exists()
    assert reader_of(pair.words) is None


def test_the_third_ranking_adds_what_the_reader_says_of_the_best(generation: Generation, pair: PairedEncoder) -> None:
    question = "Får jeg ha med hunden inn?"
    weights = RankWeights.of({"dense": 1.0}, again={"first": 1.0}, last={"again": 0.5, "read": 2.0})
    found = HybridRetriever(generation, encoder=pair, weights=weights).search(question)
    assert found[0].passage.file == "legevakt.md"
    odds = [[sentence.read for sentence in scored.sentences if sentence.read is not None] for scored in found]
    together = np.logaddexp.reduce([0.0, *(one for own in odds for one in own)])
    for scored, own in zip(found, odds, strict=True):
        assert scored.signals.read == pytest.approx(np.exp(np.logaddexp.reduce(own) - together), abs=1e-4)
        assert scored.score == pytest.approx(0.5 * scored.signals.dense + 2.0 * scored.signals.read, abs=1e-4)


def test_the_probabilities_of_the_passages_read_leave_room_for_none_of_them() -> None:
    odds = {7: np.log(np.array([2.0, 3.0], np.float32)), 2: np.log(np.array([4.0], np.float32)), 5: np.zeros(0, "f4")}
    assert read_shares(odds, count=5, places=np.array([3, 0, 1, 4, 2])) == pytest.approx([0.4, 0, 0, 0.5, 0])


def test_one_very_sure_passage_takes_all() -> None:
    odds = {0: np.array([900.0], np.float32), 1: np.array([800.0], np.float32)}
    assert read_shares(odds, count=2, places=np.array([1, 0])) == pytest.approx([0, 1])


def test_without_anything_read_nobody_answers() -> None:
    assert read_shares({}, count=2, places=np.array([1, 0])) == pytest.approx([0, 0])
