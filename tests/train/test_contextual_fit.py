"""The transformer learns: what it is asked to guess, what a batch is, and that a loss falls."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")

import torch
from tokenizers import Tokenizer

from helseassistent.errors import HelseassistentError
from helseassistent.train.contextual_batches import PaddedBatch, batches, grouped
from helseassistent.train.contextual_fit import contrast, fit_lesson
from helseassistent.train.contextual_masked import Hiding, fit_masked
from helseassistent.train.contextual_model import ContextualEncoder, Pooled, encoder_from, weights_of
from helseassistent.train.contextual_recipe import (
    TEXT_SHARES,
    Architecture,
    ContextualRecipe,
    Lesson,
    MaskedPlan,
    StartPlan,
    rising_and_falling,
)
from helseassistent.train.contextual_start import first_encoder
from helseassistent.train.pairs import Batch, Matched, Mixture
from helseassistent.train.tokenizer import train_tokenizer
from helseassistent.train.tokens import Ids, Tokens, tokenise_documents

SIZE = Architecture(layers=2, width=32, heads=2, inner=64, pieces=300, window=24)
RECIPE = ContextualRecipe(architecture=SIZE, query_tokens=6, passage_tokens=20)
DOCUMENTS = [[f"Legevakten på sted {n} har åpent. Ring legevakten først. Fastlegen har stengt."] for n in range(60)]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer((text for texts in DOCUMENTS for text in texts), size=60)  # most words in pieces


def _encoder() -> ContextualEncoder:
    torch.manual_seed(1)
    return ContextualEncoder(SIZE)


def _ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int32)


def _pairs(count: int = 30) -> Matched:
    """Pair i has token 10 + i on both sides, among others that say nothing."""
    generator = np.random.default_rng(1)
    rows = [np.append(generator.integers(100, 120, 4), 10 + number).astype(np.int32) for number in range(count)]
    tokens = Tokens(np.concatenate(rows), np.arange(count + 1, dtype=np.int64) * 5)
    return Matched(tokens, Tokens(tokens.flat[::-1].copy(), tokens.offsets), either_way=False)


def test_whole_words_are_hidden_as_many_in_every_step(tokenizer: Tokenizer) -> None:
    plan = MaskedPlan(hidden=0.5, guessed=0.5, masked=1.0, replaced=0.0)
    text = tokenise_documents(DOCUMENTS, tokenizer=tokenizer).flat[:24].astype(np.int64)
    ids = torch.from_numpy(np.tile(text, (4, 1)))
    hidden = Hiding(_encoder(), tokenizer, plan, 3)(ids)
    assert len(hidden.at) == ids.numel() // 2
    is_masked = (hidden.ids == SIZE.mask).flatten()
    assert is_masked.nonzero()[:, 0].tolist() == sorted(hidden.at.tolist())
    torch.testing.assert_close(ids.flatten()[hidden.at], hidden.right)
    torch.testing.assert_close(hidden.ids.flatten()[~is_masked], ids.flatten()[~is_masked])
    pieces = [tokenizer.id_to_token(int(number)) for number in ids.flatten()]
    split = [place for place in range(1, len(pieces)) if pieces[place].startswith("##") and place % 24]
    assert split
    assert sum(bool(is_masked[place] != is_masked[place - 1]) for place in split) <= 1  # the last word may be cut


@pytest.mark.slow
def test_guessing_hidden_words_gets_better(tokenizer: Tokenizer) -> None:
    sentences = tokenise_documents(DOCUMENTS, tokenizer=tokenizer)
    known = tokenizer.get_vocab_size()
    encoder = first_encoder(sentences, size=SIZE, plan=StartPlan(), known=known, seed=1)
    plan = MaskedPlan(steps=61, batch=8, rate=3e-3)
    losses = fit_masked(encoder, sentences.flat, tokenizer=tokenizer, plan=plan, seed=1)
    assert losses[-1] < 0.6 * losses[0]


def test_too_little_text_is_said_in_one_sentence(tokenizer: Tokenizer) -> None:
    with pytest.raises(HelseassistentError, match="Legg til flere tekster"):
        fit_masked(_encoder(), _ids(1, 2, 3), tokenizer=tokenizer, plan=MaskedPlan(steps=1, batch=8), seed=1)


def test_rows_of_tokens_with_the_same_neighbours_begin_near_each_other(tokenizer: Tokenizer) -> None:
    texts = [[f"ring {word} i dag"] for word in ("legen", "tannlegen") * 40] + [["mange gode hus og store trær"]] * 40
    pieces = train_tokenizer((text for (text,) in texts), size=SIZE.pieces)
    sentences = tokenise_documents(texts, tokenizer=pieces)
    known = pieces.get_vocab_size()
    rows = first_encoder(sentences, size=SIZE, plan=StartPlan(), known=known, seed=1).tokens.weight.detach()
    legen, tannlegen, hus = (rows[pieces.token_to_id(word)] for word in ("legen", "tannlegen", "hus"))
    cosine = torch.nn.functional.cosine_similarity
    assert cosine(legen, tannlegen, dim=0) > cosine(legen, hus, dim=0) + 0.3
    assert not rows[SIZE.mask].any()


@pytest.mark.slow
def test_a_query_comes_to_lie_near_its_passage() -> None:
    lesson = Lesson(41, 3e-3, TEXT_SHARES, dropout=0.0, batch=16)
    draw = Mixture([(_pairs(), 1.0)], lesson.batch, sampled=None)
    encoder = _encoder()
    made = batches(draw, recipe=RECIPE, steps=lesson.steps, seed=1, workers=0)
    losses = fit_lesson(encoder, made, lesson=lesson, seed=1, name="prøve")
    assert losses[-1] < 0.6 * losses[0]


def test_batches_are_the_same_however_many_processes_make_them() -> None:
    draw = Mixture([(_pairs(), 1.0)], 8, sampled=None)
    alone, together = (list(batches(draw, recipe=RECIPE, steps=3, seed=5, workers=workers)) for workers in (0, 2))
    assert len(alone) == len(together) == 3
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.contents, other.contents)
        for left, right in zip((*one.queries, *one.passages), (*other.queries, *other.passages), strict=True):
            np.testing.assert_array_equal(left.ids, right.ids)


def test_a_batch_holds_every_text_once_cut_and_with_its_tokens_marked() -> None:
    texts = [np.arange(1, length + 1, dtype=np.int32) for length in (3, 30, 0, 17, 5)]
    groups = grouped(texts, groups=2, longest=20)
    assert sorted(row for group in groups for row in group.rows.tolist()) == [0, 1, 2, 3, 4]
    for group in groups:
        for row, ids, real in zip(group.rows, group.ids, group.real, strict=True):
            length = min(20, len(texts[row]))
            assert ids[:length].tolist() == texts[row][:20].tolist()
            assert not ids[length:].any()
            assert real.sum() == max(1, length)


def _batch(passages: list[Ids]) -> PaddedBatch:
    def draw(_: np.random.Generator) -> Batch:
        return Batch([_ids(1, 2), _ids(3, 4)], passages[:2], passages[2:])

    (batch,) = batches(draw, recipe=RECIPE, steps=1, seed=1, workers=0)
    return batch


def test_a_copy_of_the_right_passage_is_not_counted_as_wrong() -> None:
    encoder = _encoder().eval()
    plain = contrast(encoder, _batch([_ids(5, 6), _ids(7, 8)]), scale=20.0)
    copied = contrast(encoder, _batch([_ids(5, 6), _ids(7, 8), _ids(9)]), scale=20.0)
    assert copied > plain
    same = contrast(encoder, _batch([_ids(5, 6), _ids(5, 6)]), scale=20.0)
    assert same.item() == pytest.approx(0, abs=1e-6)


def test_the_loss_is_that_of_the_formula() -> None:
    encoder, batch = _encoder().eval(), _batch([_ids(5, 6), _ids(7, 8, 9), _ids(9, 10)])
    rows = [torch.tensor([[1, 2]]), torch.tensor([[3, 4]])], [torch.tensor([[5, 6]]), torch.tensor([[7, 8, 9]])]
    asked, said = (torch.cat([Pooled(encoder)(ids, torch.ones_like(ids)) for ids in side]) for side in rows)
    wrong = Pooled(encoder)(torch.tensor([[9, 10]]), torch.ones(1, 2))
    scores = asked @ torch.cat([said, wrong]).T * 20
    right = torch.arange(2)
    entropy = torch.nn.functional.cross_entropy
    expected = entropy(scores, right) + 0.5 * entropy(scores[:, :2].T, right)
    torch.testing.assert_close(contrast(encoder, batch, scale=20.0), expected)


def test_the_rate_rises_from_nothing_and_falls_to_a_hundredth() -> None:
    rates = [rising_and_falling(step, steps=1000) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == pytest.approx(1.0) == rates[60]
    assert rates[-1] == pytest.approx(0.01)


def test_weights_go_to_arrays_and_back() -> None:
    encoder, cpu = _encoder(), torch.device("cpu")
    weights = weights_of(encoder)
    again = weights_of(encoder_from(weights, size=SIZE, device=cpu))
    for name, part in weights.items():
        np.testing.assert_array_equal(part, again[name])


def test_the_shipped_sizes_make_a_model_of_24_megabytes_in_8_bits() -> None:
    size = ContextualRecipe().architecture
    count = sum(part.numel() for part in ContextualEncoder(size).parameters())
    assert 22e6 < count < 24e6
    assert size.weights < count
