"""Read in pieces, a passage and its sentences have the tokens that each has by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import corpus
from helseassistent.corpus import Corpus
from helseassistent.index.embed import sentence_spans_of
from helseassistent.index.late import shipped_late
from helseassistent.index.passage_tokens import PassageTokens, joined, passage_tokens
from helseassistent.index.passages import cut, embedded_text
from helseassistent.index.word_tokens import Tokens

PIECES = [
    "Hei.",
    " ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "# ",
    "kl. 08.30",
    "Ja!»",
    "?",
    "\u00a0",
    "\u2028",
    "\x85",
    "§ 2-1 a",
    "x:",
]


def listed(tokens: Tokens) -> list[list[int]]:
    return [ids.tolist() for ids in np.split(tokens.ids, tokens.bounds[1:-1])] if len(tokens) else []


def read(pages: Corpus) -> tuple[PassageTokens, list[str], list[str]]:
    """The tokens of all passages, read two passages at a time; the passages; their sentences."""
    passages = [passage for page in pages.pages.values() for passage in cut(page)]
    bodies = [pages.pages[passage.file].body for passage in passages]
    spans = [sentence_spans_of(body, passage) for body, passage in zip(bodies, passages, strict=True)]
    words = shipped_late().words
    parts = [
        passage_tokens(passages[first : first + 2], spans=spans[first : first + 2], words=words)
        for first in range(0, len(passages), 2)
    ]
    sentences = [body[start:end] for body, own in zip(bodies, spans, strict=True) for start, end in own]
    return joined(parts), [embedded_text(passage) for passage in passages], sentences


def test_the_shipped_pages_have_the_tokens_of_whole_texts(shipped: Corpus) -> None:
    found, passages, sentences = read(shipped)
    words = shipped_late().words
    assert listed(found.passages) == listed(words.of(passages))
    assert listed(found.of_sentences(slice(None))) == listed(words.of(sentences))
    assert found.passages.ids.dtype == np.uint16


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_so_do_odd_pages(body: str) -> None:
    found, passages, sentences = read(corpus(side=body))
    words = shipped_late().words
    assert listed(found.passages) == listed(words.of(passages))
    assert listed(found.of_sentences(slice(None))) == listed(words.of(sentences))


@pytest.mark.parametrize("rows", [[1, 0], [0], []])
def test_sentences_are_taken_in_any_order(rows: list[int], shipped: Corpus) -> None:
    found, _, sentences = read(shipped)
    expected = listed(shipped_late().words.of([sentences[row] for row in rows]))
    assert listed(found.of_sentences(np.array(rows, np.int64))) == expected


def test_no_passages_have_no_tokens() -> None:
    found = joined([])
    assert (len(found.passages), found.sentences.shape) == (0, (0, 2))
