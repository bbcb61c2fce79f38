"""What a batch is made of."""

from __future__ import annotations

import numpy as np

from helseassistent.train.pairs import AskedPairs, Group, Grouped, Matched, Mixture, Surroundings, Thinning
from helseassistent.train.tokens import Ids, Sentences, Tokens


def _tokens(rows: list[list[int]]) -> Tokens:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Tokens(np.array([number for row in rows for number in row], np.int32), offsets)


def _ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int32)


def test_a_sentence_is_never_in_its_own_surroundings_and_they_stay_in_its_document() -> None:
    flat = np.arange(60, dtype=np.int32)
    bounds = np.array([0, 10, 20, 30, 45, 60], np.int64)
    first, last = np.array([0, 0, 0, 30, 30]), np.array([30, 30, 30, 60, 60])
    sentences = Sentences(flat, bounds[:-1], bounds[1:], first, last)
    for query, passage, negatives in Surroundings(sentences, sentences.usable).draw(np.random.default_rng(1), count=50):
        assert not set(query.tolist()) & set(passage.tolist())
        assert {number < 30 for number in [*query.tolist(), *passage.tolist()]} in ({True}, {False})
        assert negatives == ()


def test_a_sentence_can_stay_in_its_surroundings() -> None:
    flat, bounds = np.arange(60, dtype=np.int32), np.array([0, 10, 20, 30, 45, 60], np.int64)
    document = np.zeros(5, np.int64), np.full(5, 60)
    sentences = Sentences(flat, bounds[:-1], bounds[1:], *document)
    drawn = Surroundings(sentences, sentences.usable, kept=0.5).draw(np.random.default_rng(1), count=200)
    stays = [set(query.tolist()) <= set(passage.tolist()) for query, passage, _ in drawn]
    assert 60 < sum(stays) < 140
    assert all(np.all(np.diff(passage) == 1) for stay, (_, passage, _) in zip(stays, drawn, strict=True) if stay)


def test_only_pairs_of_one_kind_are_turned_around() -> None:
    queries, passages = _tokens([[1], [2]]), _tokens([[11], [12]])
    generator = np.random.default_rng(1)
    straight = Matched(queries, passages).draw(generator, count=40)
    assert {int(query[0]) for query, _, _ in straight} == {1, 2}
    turned = Matched(queries, passages, either_way=True).draw(generator, count=40)
    assert {int(query[0]) for query, _, _ in turned} == {1, 2, 11, 12}


def test_no_two_questions_of_one_passage_are_in_a_batch_and_negatives_are_of_the_question_drawn() -> None:
    questions, passages = _tokens([[1], [2], [3]]), _tokens([[11], [12], [13]])
    negatives = np.array([[1, -1], [1, -1], [2, 0]], np.int32)
    source = AskedPairs((questions,), (1.0,), passages, {0: [0, 1], 1: [2]}, negatives, 2)
    for _ in range(20):
        drawn = source.draw(np.random.default_rng(2), count=10)
        assert sorted(int(passage[0]) for _, passage, _ in drawn) == [11, 12]
        for _, passage, wrong in drawn:
            assert sorted(int(text[0]) for text in wrong) == ([12] if passage[0] == 11 else [11, 13])


def test_a_thesaurus_pair_leads_to_an_official_word() -> None:
    groups = [Group([_ids(1)], [_ids(2), _ids(3)], [_ids(4)]), Group([_ids(5)], [], [_ids(6)])]
    drawn = [pair for seed in range(30) for pair in Grouped(groups).draw(np.random.default_rng(seed), count=2)]
    assert {int(passage[0]) for _, passage, _ in drawn} == {1, 5}
    assert {int(query[0]) for query, _, _ in drawn} == {2, 3, 4, 6}


def test_a_mixture_draws_in_its_shares_and_thins_long_queries_only() -> None:
    long, short = _tokens([list(range(100, 120))]), _tokens([[1, 2]])
    sources = [(Matched(long, long), 3.0), (Matched(short, short), 1.0)]
    batch = Mixture(sources, size=1000)(np.random.default_rng(1))
    shorts = [query for query in batch.queries if query[0] == 1]
    assert 200 < len(shorts) < 300
    assert all(len(query) == 2 for query in shorts)
    thinned = [len(query) < 20 for query in batch.queries if query[0] != 1]
    assert 0.4 < sum(thinned) / len(thinned) < 0.6
    assert all(len(passage) in (2, 20) for passage in batch.passages)


def test_a_mixture_can_leave_passages_whole_and_thin_less() -> None:
    long = _tokens([list(range(100, 250))])
    batch = Mixture([(Matched(long, long), 1.0)], 300, Thinning(whole=0.8, dropped=0.2), None)(np.random.default_rng(1))
    assert all(passage.tolist() == list(range(100, 250)) for passage in batch.passages)
    thinned = [len(query) for query in batch.queries if len(query) < 150]
    assert 30 < len(thinned) < 90
    assert 110 < np.mean(thinned) < 130
