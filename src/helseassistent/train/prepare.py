"""From the training folder to token arrays: what `pairs` draws from, held-out and barred documents marked."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from helseassistent.train.data import Pair, Questioned, Synonyms, lines, pairs, questioned, thesaurus
from helseassistent.train.pairs import Group
from helseassistent.train.spelling import in_nynorsk, misspelt, nynorsk_words
from helseassistent.train.tokens import Ids, Tokens, tokenise

PAIR_FILES = ("law_heading", "law_title", "section_heading", "question_passage", "nob_nno", "words", "norec_title")
HELD_PAIRS = ("law_heading", "section_heading", "question_passage")  # a tenth of these is not learned from
BARE = ("law_heading",)  # headings that are learned from with the law's name in front and without it
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions in their three spellings, their passages, and which of them may be learned from."""

    questions: Tokens
    in_nynorsk: Tokens
    misspelt: Tokens
    passages: Tokens
    right: NDArray[np.int64]  # passage number of every question
    held_out: NDArray[np.bool_]  # by passage
    trainable: NDArray[np.bool_]  # by passage; neither held out nor in an evaluation set

    @property
    def questions_of(self) -> dict[int, list[int]]:
        """Question numbers of every trainable passage."""
        found: dict[int, list[int]] = defaultdict(list)
        for question, passage in enumerate(self.right.tolist()):
            if self.trainable[passage]:
                found[passage].append(question)
        return dict(found)

    def held_out_questions(self) -> tuple[Tokens, NDArray[np.int64]]:
        """The questions of held-out documents, and the passage number of each."""
        chosen = np.flatnonzero(self.held_out[self.right])
        texts = [self.questions[int(number)] for number in chosen]
        bounds = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)]).astype(np.int64)
        flat = np.concatenate(texts) if texts else np.zeros(0, np.int32)
        return Tokens(flat, bounds), self.right[chosen]


def barred_passages(folder: Path | None) -> frozenset[str]:
    """The passages of every `corpus.jsonl` below `folder`, as words alone; these may be in no labelled pair."""
    if folder is None:
        return frozenset()
    rows = (json.loads(line) for path in sorted(folder.rglob("corpus.jsonl")) for line in lines(path) if line)
    return frozenset(only_words(str(row["text"])) for row in rows)


def only_words(text: str) -> str:
    """Lower-cased words with single spaces: what two copies of a passage share however they were cut out."""
    return " ".join(_WORD.findall(text.lower()))


def labelled_pairs(folder: Path, *, name: str, barred: frozenset[str]) -> list[Pair]:
    """The pairs of one file whose passage is in no evaluation set, held-out ones left out of HELD_PAIRS."""
    rows = pairs(folder, name=name)
    if name in BARE:
        rows += pairs(folder, name=name, in_context=False)
    found = [pair for pair in rows if only_words(pair.passage) not in barred]
    return [pair for pair in found if not pair.held_out] if name in HELD_PAIRS else found


def prepare_questions(
    folder: Path, *, extra: Sequence[Path], barred: frozenset[str], tokenizer: Tokenizer, seed: int
) -> Asked:
    """All passages with questions as tokens, the questions also in nynorsk and misspelt."""
    rows = questioned(folder, extra=extra)
    texts = [question for row in rows for question in row.questions]
    nynorsk = nynorsk_words(pairs(folder, name="nob_nno"))
    generator = random.Random(seed)
    return Asked(
        tokenise(texts, tokenizer=tokenizer),
        tokenise([in_nynorsk(text, words=nynorsk) for text in texts], tokenizer=tokenizer),
        tokenise([misspelt(text, generator=generator) for text in texts], tokenizer=tokenizer),
        tokenise([row.passage for row in rows], tokenizer=tokenizer),
        np.array([number for number, row in enumerate(rows) for _ in row.questions], np.int64),
        np.array([row.held_out for row in rows], bool),
        trainable(rows, barred=barred),
    )


def prepare_groups(folder: Path, *, tokenizer: Tokenizer) -> list[Group]:
    """The thesaurus as tokens, groups without anything said otherwise left out."""

    def tokens(words: Sequence[str]) -> list[Ids]:
        found = tokenise(words, tokenizer=tokenizer)
        return [found[number] for number in range(len(found)) if len(found[number])]

    def group(synonyms: Synonyms) -> Group:
        spoken = synonyms.everyday + synonyms.nynorsk or synonyms.related
        return Group(tokens(synonyms.official), tokens(spoken), tokens(synonyms.misspelt))

    groups = [group(synonyms) for synonyms in thesaurus(folder)]
    return [group for group in groups if group.official and (group.spoken or group.misspelt)]


def trainable(rows: Sequence[Questioned], *, barred: frozenset[str]) -> NDArray[np.bool_]:
    """By row: neither held out nor in an evaluation set."""
    return np.array([not row.held_out and only_words(row.text) not in barred for row in rows], bool)
