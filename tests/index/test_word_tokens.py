"""Remembering the tokens of words changes no token."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from helseassistent.corpus import Corpus
from helseassistent.index import word_tokens
from helseassistent.index.encode import SHIPPED_MODEL
from helseassistent.index.passages import cut
from helseassistent.index.word_tokens import WordTokens

ODD = [
    "",
    "  ",
    "\u00a0hei\u00a0du\u2003der\n\nny",
    "A\u030ase på Sørøya, kl. 08.30 (§ 2-1 a) «nei»…",
    "x" * 300,
    "[UNK] ord[PAD] a👩‍⚕️b 1234567 e-post@example.no",
]


@pytest.fixture
def tokenizer() -> Tokenizer:
    made = Tokenizer.from_file(str(SHIPPED_MODEL / "tokenizer.json"))
    made.no_truncation()
    return made


@pytest.mark.parametrize("most", [0, 200_000])
def test_tokens_are_those_of_the_tokenizer(
    most: int, tokenizer: Tokenizer, shipped: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_tokens, "_MOST_WORDS", most)
    texts = [passage.text for page in shipped.pages.values() for passage in cut(page)] + ODD
    expected = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokens = WordTokens(tokenizer)
    assert tokens.of(texts) == expected
    assert tokens.of(texts) == expected
    assert [tokens.of([text])[0] for text in texts] == expected


def test_a_tokenizer_whose_words_depend_on_others_is_asked_for_whole_texts() -> None:
    vocabulary = {"[UNK]": 0, "a": 1, "b": 2, "a_b": 3}
    whole = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    whole.normalizer = normalizers.Replace(" ", "_")
    assert WordTokens(whole).of(["a b", "a"]) == [[3], [1]]
    whole.pre_tokenizer = pre_tokenizers.Metaspace()
    assert WordTokens(whole).of(["a b"]) == [whole.encode("a b").ids]
