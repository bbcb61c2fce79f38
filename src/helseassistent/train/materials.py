"""Everything that batches are drawn from: the training folder as word pieces and token arrays, kept as stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer
from tqdm import tqdm

from helseassistent.train.data import documents
from helseassistent.train.pairs import Grouped, Matched
from helseassistent.train.prepare import (
    PAIR_FILES,
    Asked,
    barred_passages,
    labelled_pairs,
    prepare_groups,
    prepare_questions,
)
from helseassistent.train.stages import Arrays, Stages
from helseassistent.train.tokenizer import tokenizer_texts, train_tokenizer
from helseassistent.train.tokens import Sentences, tokenise, tokenise_documents

_EITHER_WAY = {"nob_nno", "words"}
_LONG_TEXT = 400  # characters
_HALVED = "reviews"  # in the name of a file: reviews are a third of the words and far from health services


@dataclass(frozen=True, slots=True)
class Materials:
    """Everything that batches are drawn from, and the word pieces it is written in."""

    tokenizer: Tokenizer
    sentences: Sentences
    matched: Mapping[str, Matched]
    asked: Asked
    grouped: Grouped

    @property
    def rows(self) -> dict[str, int]:
        """How much there is of each kind, for the card."""
        asked = self.asked
        trainable = int(asked.trainable[asked.right].sum())
        counts = {"setninger i løpende tekst": len(self.sentences.starts), "hverdagsspørsmål": trainable}
        pairs = {name: len(pair) for name, pair in self.matched.items()}
        return counts | pairs | {"synonymgrupper": len(self.grouped)}


def read_materials(
    texts: Path,
    *,
    questions: Sequence[Path],
    barred: Path | None,
    vocabulary: int,
    seed: int,
    stages: Stages,
    files: Sequence[str] = PAIR_FILES,
    halved: bool = False,
) -> Materials:
    """The folder `texts` with `questions`, without the passages of the sets below `barred` (by default `bench` beside).

    `files` names those of its files with pairs that are read. With `halved`, every second review and, for the word
    pieces, every second long text is left out.

    Raises:
        HelseassistentError: if there is nothing to train on, or a line cannot be read.
    """
    beside = texts.resolve().parent / "bench"
    out = barred_passages(barred or (beside if beside.is_dir() else None))
    tokenizer = _tokenizer(texts, questions=questions, size=vocabulary, stages=stages, halved=halved)
    return Materials(
        tokenizer,
        _sentences(texts, tokenizer=tokenizer, stages=stages, halved=halved),
        _matched(texts, files=files, barred=out, tokenizer=tokenizer),
        prepare_questions(texts, extra=questions, barred=out, tokenizer=tokenizer, seed=seed),
        Grouped(prepare_groups(texts, tokenizer=tokenizer)),
    )


def _tokenizer(texts: Path, *, questions: Sequence[Path], size: int, stages: Stages, halved: bool) -> Tokenizer:
    def drawn() -> Iterator[str]:
        for number, text in enumerate(tokenizer_texts(texts, extra=questions)):
            if not halved or len(text) < _LONG_TEXT or number % 2 == 0:
                yield text

    def make() -> str:
        serialised: str = train_tokenizer(drawn(), size=size).to_str()
        return serialised

    return Tokenizer.from_str(stages.text("tokenizer", make))


def _sentences(texts: Path, *, tokenizer: Tokenizer, stages: Stages, halved: bool) -> Sentences:
    def make() -> Arrays:
        read = documents(texts, halved=_HALVED if halved else None)
        found = tokenise_documents(tqdm(read, desc="Leser tekster", unit="dok"), tokenizer=tokenizer)
        return {name: getattr(found, name) for name in Sentences.__slots__}

    return Sentences(**stages.arrays("sentences", make))  # type: ignore[arg-type]


def _matched(texts: Path, *, files: Sequence[str], barred: frozenset[str], tokenizer: Tokenizer) -> dict[str, Matched]:
    found = {}
    for name in tqdm(files, desc="Leser par", unit="fil"):
        rows = labelled_pairs(texts, name=name, barred=barred)
        queries, passages = ([getattr(row, side) for row in rows] for side in ("query", "passage"))
        sides = (tokenise(queries, tokenizer=tokenizer), tokenise(passages, tokenizer=tokenizer))
        found[name] = Matched(*sides, either_way=name in _EITHER_WAY)
    return found
