"""Remembering the tokens of words changes no token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from helseassistent.corpus import Corpus
from helseassistent.index import word_tokens
from helseassistent.index.encode import SHIPPED_MODEL
from helseassistent.index.passages import cut
from helseassistent.index.word_tokens import Tokens, WordTokens, distinct

ODD = [
    "",
    "  ",
    "\u00a0hei\u00a0du\u2003der\n\nny",
    "A\u030ase på Sørøya, kl. 08.30 (§ 2-1 a) «nei»…",
    "x" * 300,
    "[PAD [PAD ]x [PAD",
    "[UNK] ord[PAD] a👩‍⚕️b 1234567 e-post@example.no",
]


@pytest.fixture
def tokenizer() -> Tokenizer:
    made = Tokenizer.from_file(str(SHIPPED_MODEL / "tokenizer.json"))
    made.no_truncation()
    return made


def listed(tokens: Tokens) -> list[list[int]]:
    return [ids.tolist() for ids in np.split(tokens.ids, tokens.bounds[1:-1])]


@pytest.mark.parametrize("most", [0, 100, 400_000])
def test_tokens_are_those_of_the_tokenizer(
    most: int, tokenizer: Tokenizer, shipped: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_tokens, "_MOST_WORDS", most)
    texts = [passage.text for page in shipped.pages.values() for passage in cut(page)] + ODD
    expected = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokens = WordTokens(tokenizer)
    assert listed(tokens.of(texts)) == expected
    assert listed(tokens.of(texts)) == expected
    assert [listed(tokens.of([text]))[0] for text in texts] == expected


def test_threads_that_share_a_full_memory_get_the_tokens_of_their_own_texts(
    tokenizer: Tokenizer, shipped: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_tokens, "_MOST_WORDS", 300)
    texts = [page.body[:2000] for page in shipped.pages.values()]
    expected = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokens = WordTokens(tokenizer)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: listed(tokens.of([text]))[0], texts * 3))
    assert found == expected * 3


def test_no_texts_have_no_tokens(tokenizer: Tokenizer) -> None:
    none = WordTokens(tokenizer).of([])
    assert (len(none), len(none.ids)) == (0, 0)


def test_some_texts_are_taken_in_any_order(tokenizer: Tokenizer) -> None:
    found = WordTokens(tokenizer).of(["en lege", "", "to leger"])
    assert listed(found.take(np.array([2, 1, 0, 2]))) == [listed(found)[row] for row in (2, 1, 0, 2)]
    assert len(found.take(np.empty(0, np.int64))) == 0


def test_a_tokenizer_whose_words_depend_on_others_is_asked_for_whole_texts() -> None:
    vocabulary = {"[UNK]": 0, "a": 1, "b": 2, "a_b": 3}
    whole = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    whole.normalizer = normalizers.Replace(" ", "_")
    assert listed(WordTokens(whole).of(["a b", "a"])) == [[3], [1]]
    whole.pre_tokenizer = pre_tokenizers.Metaspace()
    assert listed(WordTokens(whole).of(["a b"])) == [whole.encode("a b").ids]


@pytest.mark.parametrize("ids", [[3, 1, 3, 0], [], [9]])
def test_distinct_numbers_are_those_that_numpy_finds(ids: list[int]) -> None:
    given = np.array(ids, np.int32)
    found, places = distinct(given, below=10)
    np.testing.assert_array_equal(found, np.unique(given))
    np.testing.assert_array_equal(found[places], given)
