"""Hard negatives look right, are not, and are found without touching what they are found in."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from helseassistent.train.merge import merge  # noqa: E402
from helseassistent.train.mine import hard_negatives, means  # noqa: E402
from helseassistent.train.tokens import Tokens  # noqa: E402


def _tokens(rows: list[list[int]]) -> Tokens:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Tokens(np.array([number for row in rows for number in row], np.int32), offsets)


PASSAGES = _tokens([[1, 2, 9, 1], [3, 4], [5, 6], [1, 9, 7], [8]])
QUESTIONS = _tokens([[1, 2], [5]])


def _found(*, allowed: list[bool]) -> np.ndarray:
    table = torch.randn(10, 8, generator=torch.Generator().manual_seed(1))
    right = np.array([0, 2], np.int64)
    mask = np.array(allowed, bool)
    vectors = means(table, QUESTIONS), means(table, PASSAGES)
    return hard_negatives(
        *vectors, questions=QUESTIONS, passages=PASSAGES, right=right, allowed=mask, by_model=2, by_words=2
    )


def test_the_right_passage_and_barred_ones_are_never_negatives() -> None:
    found = _found(allowed=[True, True, True, False, True])
    assert not {0, 3} & set(found[0].tolist())
    assert not {2, 3} & set(found[1].tolist())


def test_a_passage_with_the_question_s_words_is_found_and_the_texts_are_left_as_they_were() -> None:
    before = PASSAGES.flat.copy()
    found = _found(allowed=[True] * 5)
    assert 3 in found[0, 2:]
    assert found[1, 2:].tolist() == [-1, -1]
    np.testing.assert_array_equal(PASSAGES.flat, before)


def test_merged_tables_rank_as_their_members_agree() -> None:
    generator = torch.Generator().manual_seed(2)
    first, second = (torch.randn(10, 6, generator=generator) for _ in range(2))
    merged = merge([first, second], weights=[1, 1], texts=PASSAGES, dimensions=12)
    assert merged.shape == (10, 12)
    same = merge([first, first], weights=[1, 1], texts=_tokens([[number] for number in range(10)]), dimensions=6)
    torch.testing.assert_close(
        means(same, QUESTIONS) @ means(same, PASSAGES).T, means(first, QUESTIONS) @ means(first, PASSAGES).T
    )
