"""Counting words and multiplying gives the indexes that counting the terms of every passage gives."""

from __future__ import annotations

import numpy as np
import pytest

from fakes import corpus
from helseassistent.corpus import Corpus
from helseassistent.index.bm25 import Bm25
from helseassistent.index.lexical import count, material
from helseassistent.index.passages import context_of, cut, embedded_text
from helseassistent.text.terms import gram_terms, search_terms

QUESTIONS = ["Kan legevakten ta røntgen av en brukket arm?", "sykehjemsplass", "§ 2-1 a, kl. 08.30", "xyzzy", ""]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_indexes_are_those_over_the_terms_of_every_passage(question: str, shipped: Corpus) -> None:
    passages = [passage for page in shipped.pages.values() for passage in cut(page)]
    texts = [embedded_text(passage) for passage in passages]
    made = count(material(passages))
    expected = Bm25.build([search_terms(text) for text in texts])
    pieces = Bm25.build([gram_terms(text) for text in texts])
    context = Bm25.build([search_terms(context_of(passage)) for passage in passages])
    for index, plain, terms in (
        (made.words, expected, search_terms(question)),
        (made.grams, pieces, gram_terms(question)),
        (made.context, context, search_terms(question)),
    ):
        np.testing.assert_allclose(index.scores(terms), plain.scores(terms), rtol=1e-5)
        assert index.ceiling(terms) == pytest.approx(plain.ceiling(terms))


def test_passages_without_a_word_and_no_passages_score_zero() -> None:
    silent = [passage for page in corpus(a="...", b="og en").pages.values() for passage in cut(page)]
    for passages in ([], silent):
        made = count(material(passages))
        np.testing.assert_array_equal(made.words.scores(["lege"]), np.zeros(len(passages)))
        np.testing.assert_array_equal(made.grams.scores(["lege"]), np.zeros(len(passages)))
