"""What each part of the analyser is worth to BM25 alone: leave it out, index again, and print the row.

nDCG@10 on the development sets below ../shared/bench, whole texts as documents (helserett: passages), and the mean over
the sets with the questions as they are, in nynorsk word by word, and misspelt (train.spelling makes both). The last
column looks at the training texts only: of the words that stand there with an ending too, how often their stems differ.
"""

from __future__ import annotations

import lzma
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import numpy as np

from helseassistent.corpus import load_corpus
from helseassistent.evaluate.metrics import ndcg
from helseassistent.evaluate.questions import read_questions, read_retrieval_set
from helseassistent.evaluate.scoring import ENOUGH, covered, gold_spans
from helseassistent.index import bm25
from helseassistent.index.passages import cut, embedded_text
from helseassistent.index.spelling import Spelling
from helseassistent.text import terms
from helseassistent.text.terms import search_terms
from helseassistent.text.words import tokens
from helseassistent.train.data import pairs
from helseassistent.train.spelling import in_nynorsk, misspelt, nynorsk_words

SHARED = Path(__file__).parents[2] / "shared"
SETS = ("noreg_faq_nob", "health_law_sections", "nav_skrivestotte", "norquad_test_chunks")
TEXTS = ("laws", "public-service", "nav", "government-nb", "government-nn")
MOST_LINES = 150_000  # of each text
OFTEN = 5  # times; what stands there less often may be no word
INFLECTION = ("en", "et", "er", "ene", "a", "ens", "ar", "ane", "s", "ets", "enes", "t")
SEED = 7
DEPTH = 10
CACHES = (terms.stem, terms.terms_of, terms._known_stems)


@dataclass(frozen=True)
class Case:
    """A set: its documents, its questions in three spellings, and the rows that answer each."""

    name: str
    texts: Sequence[str]
    questions: Mapping[str, Sequence[str]]
    relevant: Sequence[frozenset[int]]
    any_of: bool  # one relevant document is enough


def same(word: str) -> str:
    """Leave `word` as it is."""
    return word


def whole(word: str) -> tuple[str, ...]:
    """Take `word` for a simple one."""
    return (word,)


def kept(_: Spelling, question: str) -> tuple[list[str], list[float]]:
    """The terms of `question` as written."""
    found = search_terms(question)
    return found, [1.0] * len(found)


VARIANTS: Mapping[str, Sequence[tuple[object, str, object]]] = {
    "all": (),
    "without forms and nynorsk": ((terms, "common_form", same),),
    "without compounds": ((terms, "meaningful_parts", whole),),
    "without derivation": ((terms, "_underived", same),),
    "without spelling": ((Spelling, "terms", kept),),
    "stems alone": (
        (terms, "common_form", same),
        (terms, "meaningful_parts", whole),
        (terms, "_underived", same),
        (Spelling, "terms", kept),
    ),
    "one ending": ((terms, "_INNER", ()),),
    "without final t": ((terms, "_without_t", terms._contract),),
    "endings after any letter": (
        (terms, "_PART_AFTER", {}),
        (terms, "_NO_S_AFTER", "iouyæøås"),
    ),
    "k1 1.2": ((bm25, "K1", 1.2),),
    "b 0.6": ((bm25, "B", 0.6),),
    "b 0.9": ((bm25, "B", 0.9),),
}


def main() -> int:
    """Print the table as Markdown."""
    words = nynorsk_words(pairs(SHARED / "training", name="nob_nno"))
    cases = [_helserett(words), *(_retrieval(name, words) for name in SETS)]
    inflected = _inflected()
    names = " | ".join(case.name for case in cases)
    print(f"| analyser | {names} | mean | nynorsk | misspelt | apart |\n|{'---|' * (len(cases) + 5)}")
    for label, changes in VARIANTS.items():
        with _changed(changes):
            rows = np.array([_measured(case) for case in cases])
            apart = sum(times for word, form, times in inflected if terms.stem(word) != terms.stem(form))
        share = apart / sum(times for *_, times in inflected)
        cells = " | ".join(f"{value:.3f}" for value in (*rows[:, 0], *rows.mean(axis=0), share))
        print(f"| {label} | {cells} |", flush=True)
    return 0


def _inflected() -> list[tuple[str, str, int]]:
    """Words of the training texts, the same with an ending, and how often the rarer of the two stands there."""
    times: Counter[str] = Counter()
    for name in TEXTS:
        with lzma.open(SHARED / "training" / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            times.update(token for line in islice(lines, MOST_LINES) for token in tokens(line))
    words = {word: count for word, count in times.items() if count >= OFTEN and len(word) > 3 and word.isalpha()}
    pairs = ((word, word + ending) for word in words for ending in INFLECTION)
    return [(word, form, min(words[word], words[form])) for word, form in pairs if form in words]


def _spellings(questions: Sequence[str], words: Mapping[str, str]) -> dict[str, Sequence[str]]:
    generator = random.Random(SEED)
    return {
        "": questions,
        "nynorsk": [in_nynorsk(question, words=words) for question in questions],
        "misspelt": [misspelt(question, generator=generator) for question in questions],
    }


def _helserett(words: Mapping[str, str]) -> Case:
    folder = SHARED / "bench" / "helserett"
    pages = load_corpus(folder / "pages").pages
    passages = [passage for page in pages.values() for passage in cut(page)]
    asked = [q for q in read_questions(folder / "sporsmal.jsonl", pages=pages) if q.kind == "answerable"]
    relevant = []
    for question in asked:
        gold = gold_spans(question, pages)
        held = [any(covered(span, [(p.file, p.start, p.end)]) >= ENOUGH for span in gold) for p in passages]
        relevant.append(frozenset(np.flatnonzero(held).tolist()))
    questions = _spellings([question.question for question in asked], words)
    return Case("helserett", [embedded_text(passage) for passage in passages], questions, relevant, True)


def _retrieval(name: str, words: Mapping[str, str]) -> Case:
    data = read_retrieval_set(SHARED / "bench" / "retrieval" / name)
    row = {id_: at for at, id_ in enumerate(data.ids)}
    relevant = [frozenset(row[id_] for id_ in query.relevant) for query in data.queries]
    return Case(name, data.texts, _spellings([query.query for query in data.queries], words), relevant, False)


def _measured(case: Case) -> list[float]:
    """Mean nDCG@10 of the questions in each spelling."""
    index = bm25.Bm25.build([search_terms(text) for text in case.texts])
    spelling = Spelling(index.vocabulary)
    means = []
    for questions in case.questions.values():
        gains = [
            _gain(index.scores(*spelling.terms(question)), relevant, any_of=case.any_of)
            for question, relevant in zip(questions, case.relevant, strict=True)
        ]
        means.append(float(np.mean(gains)))
    return means


def _gain(scores: np.ndarray, relevant: frozenset[int], *, any_of: bool) -> float:
    found = [int(row) for row in np.argsort(-scores, kind="stable")[:DEPTH] if scores[row] > 0]
    if any_of:
        first = next((row for row in found if row in relevant), -1)
        relevant = frozenset({first})
    return ndcg([str(row) for row in found], dict.fromkeys(map(str, relevant), 1.0), k=DEPTH)


@contextmanager
def _changed(changes: Sequence[tuple[object, str, object]]) -> Iterator[None]:
    """Each (owner, attribute, value) in place for as long as the block runs, and nothing remembered from before."""
    with ExitStack() as stack:
        for owner, attribute, value in changes:
            stack.enter_context(patch.object(owner, attribute, value))
        _forget()
        yield
    _forget()


def _forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


if __name__ == "__main__":
    sys.exit(main())
