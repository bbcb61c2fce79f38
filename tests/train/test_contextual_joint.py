"""The last training: what it draws from, what a batch holds, what its losses are, and what it learns from a toy set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")

import torch
from tokenizers import Tokenizer

from helseassistent.train.contextual_heads import NO_SENTENCE, JointModel
from helseassistent.train.contextual_joint import fit_joint, joint_loss, late_scores, read_words, sentence_scores
from helseassistent.train.contextual_joint_batches import JointBatch, JointDraw, joint_draw
from helseassistent.train.contextual_model import ContextualEncoder
from helseassistent.train.contextual_pool import Kind, Pool, counting_pieces, read_pool
from helseassistent.train.contextual_recipe import Architecture, ContextualRecipe, JointPlan, ReaderSize
from helseassistent.train.pairs import Batch
from helseassistent.train.tokenizer import train_tokenizer
from train.material import page_rows, write_lines

SIZE = Architecture(layers=1, width=32, heads=2, inner=64, pieces=400, window=64)
PLAN = JointPlan(
    steps=41, rate=3e-3, keep_every=2, dropout=0.0, labelled=12, quizzes=2, loose=4, near_misses=10, pairs=2, common=2
)
READ = ReaderSize(dimensions=16, question_words=12, passage_words=40, sentences=4, width=32, heads=2)
RECIPE = ContextualRecipe(architecture=SIZE, joint=PLAN, reader=READ, query_tokens=16, passage_tokens=60)
TREE = "Treet står. Så " + " ".join(f"ord{number}" for number in range(150)) + " og eika er eldst. Slutt."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A price stands in every passage, its leader in none; which sentence answers is known for most."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "pairs").mkdir()
    rows = page_rows(60)
    asked = [
        {"id": r.id, "title": r.title, "section": r.section, "text": r.text, "questions": r.questions} for r in rows
    ]
    write_lines(folder / "pairs" / "citizen_questions.jsonl", *asked)
    write_lines(folder / "pairs" / "nob_nno.jsonl", {"a": "Jeg trenger lege.", "b": "Eg treng lege."})
    quiz = {"a": "Hvilket tre er eldst?", "b": TREE, "answer": "eika", "answer_start": TREE.index("eika")}
    first = {"a": "Hva gjør treet?", "b": TREE, "answer": "står", "answer_start": TREE.index("står")}
    write_lines(folder / "pairs" / "question_passage.jsonl", quiz, first, {"a": "Uten svar?", "b": TREE})
    write_lines(folder / "sentence-labels.jsonl", *({"id": r.id, "n": 3, "labels": [[1], [2, 9]]} for r in rows[:100]))
    near = [{"title": r.title.upper(), "id": r.id, "question": f"Hvem leder {r.title}?"} for r in rows]
    write_lines(folder / "near-miss-service.jsonl", *near, {"title": "Ukjent", "question": "Hvem?"})
    read = {"id": rows[0].id, "near_miss": ["Hvem er sjef?"]}
    answered = [{"question": "Når gjelder det?", "sentences": [3]}, {"question": "Hva?", "sentences": [7]}]
    write_lines(folder / "reader.jsonl", {**read, "answered": answered}, {**read, "id": "X", "answered": answered})
    write_lines(folder / "train-a.jsonl")
    return folder


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    texts = [text for row in page_rows(60) for text in (row.passage, *row.questions)]
    return train_tokenizer([*texts, TREE, "Hvem leder Tilbud?"], size=SIZE.pieces)


def _pool(folder: Path, tokenizer: Tokenizer, *, barred: Path | None = None) -> Pool:
    return read_pool(folder, questions=[folder / "train-a.jsonl"], barred=barred, tokenizer=tokenizer, seed=1)


@pytest.fixture(scope="module")
def pool(folder: Path, tokenizer: Tokenizer) -> Pool:
    return _pool(folder, tokenizer)


@pytest.fixture(scope="module")
def draw(pool: Pool, tokenizer: Tokenizer) -> JointDraw:
    counts = counting_pieces(tokenizer, pool.asked.passages, vocabulary=SIZE.vocabulary, common=PLAN.common)
    negatives = np.full((len(pool.kinds), 2), -1, np.int32)
    return joint_draw(pool, pairs=_pairs, negatives=negatives, counts=counts, recipe=RECIPE)


def _pairs(generator: np.random.Generator) -> Batch:
    numbers = [generator.integers(5, 100, 6).astype(np.int32) for _ in range(PLAN.pairs)]
    return Batch(numbers, [text[::-1].copy() for text in numbers], [])


def _model() -> JointModel:
    torch.manual_seed(1)
    return JointModel(ContextualEncoder(SIZE), RECIPE)


def _text(pool: Pool, tokenizer: Tokenizer, passage: int, sentence: int) -> str:
    tokens = pool.asked.passages[passage]
    numbers = pool.sentences[pool.asked.passages.offsets[passage] :][: len(tokens)]
    pieces = " ".join(map(tokenizer.id_to_token, tokens[numbers == sentence].tolist()))
    return pieces.replace(" ##", "")


def test_every_token_has_the_number_of_its_sentence(pool: Pool, tokenizer: Tokenizer) -> None:
    assert _text(pool, tokenizer, 0, NO_SENTENCE) == "tilbud nummer 0 . del 0 ."
    assert _text(pool, tokenizer, 0, 0).startswith("avdeling 0 0 gir")
    assert _text(pool, tokenizer, 0, 2) == "dette gjelder hele året ."
    assert len(pool.sentences) == len(pool.asked.passages.flat)


def test_questions_have_their_sentences_and_near_misses_have_none(pool: Pool) -> None:
    assert pool.answers[:2] == [frozenset({0}), frozenset({1})]  # a number beyond the text is left out
    rows = page_rows(60)
    asked = sum(len(row.questions) for row in rows)
    assert pool.kinds.tolist() == [Kind.ASKED] * asked + [Kind.NEAR_MISS] * 120 + [
        Kind.ASKED,
        Kind.NEAR_MISS,
        Kind.QUIZ,
        Kind.QUIZ,
    ]
    assert pool.answers[asked : asked + 120] == [frozenset()] * 120
    assert pool.answers[asked + 120] == frozenset({2})
    trainable = [not row.held_out for row in rows]
    assert len(pool.numbers(Kind.NEAR_MISS)) == sum(trainable) + trainable[0]
    assert len(pool.numbers(Kind.ASKED, labelled=False)) == 2 * sum(trainable[100:])


def test_norquad_is_cut_in_windows_and_its_answers_found_there(pool: Pool, tokenizer: Tokenizer) -> None:
    eldest, first = pool.numbers(Kind.QUIZ).tolist()
    assert pool.asked.right[eldest] == pool.asked.right[first] + 1
    assert "eika" in _text(pool, tokenizer, int(pool.asked.right[eldest]), max(pool.answers[eldest]))
    assert _text(pool, tokenizer, int(pool.asked.right[first]), 0) == "treet står ."
    assert pool.answers[first] == frozenset({0})


def test_no_window_shares_a_run_of_words_with_an_evaluation_set(
    folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    # Another cut of the same text, so that neither holds the other's words exactly.
    write_lines(tmp_path / "corpus.jsonl", {"id": "1", "text": " ".join(TREE.split()[1:60])})
    barred = _pool(folder, tokenizer, barred=tmp_path)
    (left,) = barred.numbers(Kind.QUIZ).tolist()
    assert "eika" in _text(barred, tokenizer, int(barred.asked.right[left]), max(barred.answers[left]))


def test_a_batch_reads_the_right_passage_first_and_never_one_that_may_not_be_learned_from(
    pool: Pool, draw: JointDraw
) -> None:
    batch = draw(np.random.default_rng(1))
    questions, near = len(batch.read), batch.near.sum()
    assert near == PLAN.near_misses
    assert questions <= PLAN.questions
    assert len(batch.right) == questions + PLAN.pairs
    assert batch.read[:, 0].tolist() == batch.right[:questions].tolist()
    assert len(set(batch.right[: questions - near])) == questions - near  # never two questions of one passage
    assert all(len(set(row)) == 3 for row in batch.read.tolist())
    assert batch.answers[batch.near].nonzero()[1].tolist() == [batch.answers.shape[1] - 1] * near
    assert not batch.answers[~batch.near][:, READ.sentences :].any()
    assert batch.answers[~batch.near].any(axis=1).all()
    held = [tuple(pool.asked.passages[int(n)][:60]) for n in np.flatnonzero(~pool.asked.trainable)]
    drawn = {tuple(ids[real]) for part in batch.passages.groups for ids, real in zip(part.ids, part.real, strict=True)}
    assert held
    assert not drawn & set(held)


def test_only_pieces_that_count_have_places(draw: JointDraw) -> None:
    batch = draw(np.random.default_rng(2))
    for texts, least in ((batch.queries, 1), (batch.passages, 2)):
        for group in texts.groups:
            for row, ids, real in zip(group.rows, group.ids, group.real, strict=True):
                places = texts.places[row][texts.places[row] >= 0]
                assert (draw.counts[ids[places]] >= least).all()
                assert len(places) == min(texts.places.shape[1], (draw.counts[ids[real]] >= least).sum())


def test_batches_are_drawn_from_the_seed_alone(draw: JointDraw) -> None:
    first, second = (draw(np.random.default_rng((5, 1))) for _ in range(2))
    for name in ("sentences", "right", "contents", "read", "answers", "near"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_late_interaction_is_the_weighted_mean_of_the_best_cosines(draw: JointDraw) -> None:
    model, batch = _model().eval(), draw(np.random.default_rng(3))
    asked, said = read_words(model, batch.queries), read_words(model, batch.passages)
    scores = late_scores(asked, said)
    for query, passage in ((0, 0), (3, 5), (-1, -1)):
        cosines = asked.words[query] @ said.words[passage].T
        best = cosines.amax(1).clamp(min=0)
        torch.testing.assert_close(scores[query, passage], (best * asked.shares[query, :, 0]).sum())
    torch.testing.assert_close(asked.shares.sum(1), torch.ones(len(batch.right), 2))


def test_the_readers_loss_is_that_of_the_formula(draw: JointDraw) -> None:
    model, batch = _model().eval(), draw(np.random.default_rng(4))
    asked, said = read_words(model, batch.queries), read_words(model, batch.passages)
    scores = sentence_scores(model, asked, said, batch=batch)
    assert not scores[:, -1].any()
    chances = scores.softmax(1)
    missed = -(chances * torch.from_numpy(batch.answers)).sum(1).log()
    found = joint_loss(model, batch, plan=PLAN)
    torch.testing.assert_close(found.near, missed[torch.from_numpy(batch.near)].mean())
    torch.testing.assert_close(found.answered, missed[torch.from_numpy(~batch.near)].mean())
    torch.testing.assert_close(found.total(PLAN), found.text + found.late + found.answered + 0.25 * found.near)


def test_a_question_has_the_same_scores_however_long_its_row_is() -> None:
    model = _model().eval()
    torch.manual_seed(2)
    question, passage = torch.randn(1, 5, 16), torch.randn(1, 9, 16)
    asked, real, sentence = torch.ones(1, 5) > 0, torch.ones(1, 9) > 0, torch.arange(9)[None] // 3
    member = (sentence[:, None] == torch.arange(3)[:, None]).float()
    weights = torch.full((1, 5, 2), 0.2)
    plain = model.reader(question, asked, weights, passage, real, sentence, member)
    pad = torch.nn.functional.pad
    wide = (pad(part, (0, 0, 0, 4)) for part in (question, weights, passage))
    wide_question, wide_weights, wide_passage = wide
    masks, sentence, member = (pad(asked, (0, 4)), pad(real, (0, 4))), pad(sentence, (0, 4)), pad(member, (0, 4))
    long = model.reader(wide_question, masks[0], wide_weights, wide_passage, masks[1], sentence, member)
    torch.testing.assert_close(plain, long)


def test_the_mean_is_of_every_tenth_step_at_the_end() -> None:
    plan = JointPlan()
    kept = [step for step in range(plan.steps) if plan.is_kept(step)]
    assert kept[0] > 0.71 * plan.steps
    assert kept[-1] == plan.steps - 1
    assert set(np.diff(kept)) == {10}


def test_losses_fall_and_near_misses_come_to_be_answered_less_likely(draw: JointDraw) -> None:
    model, judged = _model(), draw(np.random.default_rng(99))
    before, near = _odds(model.eval(), judged)
    losses = fit_joint(model, _batches(draw, PLAN.steps), plan=PLAN, seed=1)
    assert losses[-1] < 0.6 * losses[0]
    odds, _ = _odds(model.eval(), judged)
    assert odds[~near].mean() - odds[near].mean() > 2 > before[~near].mean() - before[near].mean()
    assert odds[near].mean() < 0 < odds[~near].mean()  # none is the likelier answer to a near miss
    assert (odds[~near][:, None] > odds[near]).float().mean() > 0.9


def _batches(draw: JointDraw, steps: int) -> list[JointBatch]:
    return [draw(np.random.default_rng((1, step))) for step in range(steps)]


@torch.no_grad()
def _odds(model: JointModel, batch: JointBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """Of every question, the log-odds that its own passage answers it, and which are near misses."""
    asked, said = read_words(model, batch.queries), read_words(model, batch.passages)
    scores = sentence_scores(model, asked, said, batch=batch)[:, : READ.sentences]
    return scores.logsumexp(1), torch.from_numpy(batch.near)
