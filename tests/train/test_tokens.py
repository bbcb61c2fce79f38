"""Texts as token numbers keep their order and their documents."""

from __future__ import annotations

import numpy as np

from helseassistent.train.tokenizer import UNKNOWN, train_tokenizer
from helseassistent.train.tokens import tokenise, tokenise_documents

DOCUMENTS = [
    ["Legevakten er åpen hele døgnet. Ring før du kommer.", "Ta med legitimasjon."],
    ["Sykehjemmet har ledige plasser nå, og du kan søke. Vi svarer om fire uker."],
]
TOKENIZER = train_tokenizer([paragraph for document in DOCUMENTS for paragraph in document] * 4, size=300)


def test_case_and_composition_do_not_matter_and_digits_stand_alone() -> None:
    composed, decomposed = TOKENIZER.encode("ÅPEN"), TOKENIZER.encode("a\u030apen")
    assert composed.ids == decomposed.ids
    tokenizer = train_tokenizer(["ring 116117 nå", "ring 113 nå"] * 4, size=100)
    assert tokenizer.encode("113").tokens == ["1", "1", "3"]
    assert tokenizer.encode("🏥").tokens == [UNKNOWN]


def test_texts_come_back_in_order_with_empty_ones_in_place() -> None:
    tokens = tokenise(["legevakten", "", "sykehjemmet har"], tokenizer=TOKENIZER)
    assert len(tokens) == 3
    assert tokens[0].tolist() == TOKENIZER.encode("legevakten").ids
    assert tokens[1].tolist() == []
    assert tokens[2].tolist() == TOKENIZER.encode("sykehjemmet har").ids


def test_every_sentence_knows_its_document() -> None:
    sentences = tokenise_documents(DOCUMENTS, tokenizer=TOKENIZER)
    assert len(sentences.starts) == 5
    first = TOKENIZER.encode("Ring før du kommer.").ids
    assert sentences.flat[sentences.starts[1] : sentences.ends[1]].tolist() == first
    lengths = (sentences.document_ends - sentences.document_starts).tolist()
    assert lengths[0] == lengths[1] == lengths[2] == sentences.document_starts[3]
    assert sentences.document_ends[4] == len(sentences.flat)
    assert np.all(sentences.starts[sentences.usable] >= 0)
