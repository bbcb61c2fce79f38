"""The word pieces: which texts they are learned from, and how a text is cut into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from helseassistent.train.data import documents, pairs, questioned, thesaurus

PADDING, UNKNOWN = "[PAD]", "[UNK]"
_LONGEST_WORD = 60
# Everyday words are rare in laws and budgets, so the texts that hold them count several times.
_QUESTION_WEIGHT = 4
_THESAURUS_WEIGHT = 6
_NYNORSK_WEIGHT = 2


def train_tokenizer(texts: Iterable[str], *, size: int) -> Tokenizer:
    """WordPiece over lower-cased NFC, punctuation and digits apart; at most `size` pieces."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=_LONGEST_WORD))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]
    )
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=[PADDING, UNKNOWN], min_frequency=3, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def tokenizer_texts(folder: Path, *, extra: Sequence[Path] = ()) -> Iterator[str]:
    """All running text, then headings, questions, word lists and nynorsk pairs, the last ones repeated."""
    for paragraphs in documents(folder):
        yield from paragraphs
    for pair in pairs(folder, name="section_heading"):
        yield pair.query
    for pair in (*pairs(folder, name="nob_nno"), *pairs(folder, name="words")):
        yield from (pair.query, pair.passage) * _NYNORSK_WEIGHT
    for row in questioned(folder, extra=extra):
        yield row.text
        yield from (" ".join([row.title, row.section, *row.questions]),) * _QUESTION_WEIGHT
    for group in thesaurus(folder):
        yield from (" ".join(group.all_words),) * _THESAURUS_WEIGHT
