"""Makes practice pairs of claim and quote, true and false, and fits the bar that a claim must pass."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.agreement import fault_of
from helseassistent.answer.backing import NAMES, Bar, chance, compared
from helseassistent.answer.reading import WordVectors
from helseassistent.text.terms import stem
from helseassistent.text.words import content_words, tokens
from helseassistent.types import Encoder

_SEED = 5
_YES_OR_NO = re.compile(r"^(?:ja|nei|jo)[,.]?\s+", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<=[,;])\s+|\s+(?=(?:og|eller) )")
_MOST_FALSE = 0.01  # of the false pairs fitted on that may pass
_FALSE_EACH = 6  # false claims of each kind for each true one


@dataclass(frozen=True, slots=True)
class Source:
    """A true statement, the quote that carries it, and the title and headings over the quote."""

    claim: str
    quote: str
    context: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the quote it names, what stands over the quote, and whether the quote says it."""

    claim: str
    quote: str
    context: str
    true: bool


def practice_pairs(sources: Sequence[Source], *, seed: int = _SEED) -> list[Pair]:
    """True claims and false ones that keep every rule of `agreement`, so that only the bar can tell them apart."""
    chosen = random.Random(seed)
    pairs = [pair for source in sources for pair in (*_true(source), *_false(source, sources, chosen))]
    return [pair for pair in dict.fromkeys(pairs) if _keeps_the_rules(pair)]


def _keeps_the_rules(pair: Pair) -> bool:
    return fault_of(pair.claim, quote=pair.quote, sentence=pair.quote, context=pair.context, host="") is None


def _true(source: Source) -> Iterator[Pair]:
    said = _YES_OR_NO.sub("", source.claim)
    for claim in (said, source.quote, *_CLAUSE.split(source.quote)[:1]):
        yield Pair(claim[:1].upper() + claim[1:], source.quote, source.context, True)


def _false(source: Source, sources: Sequence[Source], chosen: random.Random) -> Iterator[Pair]:
    true = _YES_OR_NO.sub("", source.claim)
    others = [other for other in sources if other.quote != source.quote]
    words = sorted({word for other in others for word in content_words(other.claim)} - set(tokens(source.quote)))
    for claim in (true, source.quote):
        for _ in range(_FALSE_EACH):
            yield Pair(_with_another_word(claim, words, chosen), source.quote, source.context, False)
            yield Pair(_with_two_swapped(claim, chosen), source.quote, source.context, False)
        for other in chosen.sample(others, min(2, len(others))):
            added = _YES_OR_NO.sub("", other.claim).rstrip(".")
            yield Pair(f"{claim.rstrip('.')}, og {added[:1].lower()}{added[1:]}.", source.quote, source.context, False)
    for other in chosen.sample(others, min(_FALSE_EACH, len(others))):
        yield Pair(_YES_OR_NO.sub("", other.claim), source.quote, source.context, False)


def _with_another_word(claim: str, words: Sequence[str], chosen: random.Random) -> str:
    old = chosen.choice(content_words(claim) or tokens(claim))
    new = chosen.choice([word for word in words if stem(word) != stem(old)])
    return re.sub(rf"\b{re.escape(old)}\b", new, claim, count=1, flags=re.IGNORECASE)


def _with_two_swapped(claim: str, chosen: random.Random) -> str:
    words = [word for word in content_words(claim) if len(word) > 3]
    if len(set(words)) < 2:
        return ""
    one, two = chosen.sample(sorted(set(words)), 2)
    change = {one: two, two: one}
    pattern = re.compile(rf"\b(?:{re.escape(one)}|{re.escape(two)})\b", re.IGNORECASE)
    return pattern.sub(lambda match: change[match.group().lower()], claim)


def fit_bar(fitted: Sequence[Pair], held_out: Sequence[Pair], *, encoder: Encoder, made_by: str) -> Bar:
    """The regression over `fitted`, the bar that lets through few false ones of them, and how it does on `held_out`."""
    from sklearn.linear_model import LogisticRegression

    vectors = WordVectors(encoder)
    table = _table(fitted, vectors=vectors)
    truth = np.array([pair.true for pair in fitted])
    model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(table, truth)
    weights = tuple(round(float(weight), 4) for weight in model.coef_[0])
    loose = Bar(weights, round(float(model.intercept_[0]), 4), 0.0, encoder.fingerprint, len(held_out), 0, 0, made_by)
    wrong = np.sort(_chances(fitted, loose, vectors=vectors)[~truth])[::-1]
    itself = chance({"weakest": 1.0, "foreign_words": 0.0, "disorder": 0.0}, loose)  # a claim that is its quote
    bar = round(min(float(wrong[int(len(wrong) * _MOST_FALSE)]), itself - 1e-3) + 1e-4, 4)
    chances = _chances(held_out, loose, vectors=vectors)
    right = np.array([pair.true for pair in held_out])
    passed = chances >= bar
    return Bar(
        weights,
        loose.intercept,
        bar,
        encoder.fingerprint,
        len(held_out),
        round(float(passed[~right].mean()), 4),
        round(float(passed[right].mean()), 4),
        made_by,
    )


def bar_record(bar: Bar) -> Mapping[str, object]:
    """The bar as it is stored, each weight by its name."""
    return {
        "weights": dict(zip(NAMES, bar.weights, strict=True)),
        "intercept": bar.intercept,
        "bar": bar.bar,
        "encoder": bar.encoder,
        "n": bar.n,
        "false_passed": bar.false_passed,
        "true_passed": bar.true_passed,
        "made_by": bar.made_by,
    }


def _table(pairs: Sequence[Pair], *, vectors: WordVectors) -> NDArray[np.float64]:
    rows = [compared(p.claim, quote=p.quote, context=f"{p.quote} {p.context}", vectors=vectors) for p in pairs]
    return np.array([[row[name] for name in NAMES] for row in rows])


def _chances(pairs: Sequence[Pair], bar: Bar, *, vectors: WordVectors) -> NDArray[np.float64]:
    table = _table(pairs, vectors=vectors)
    return np.array([chance(dict(zip(NAMES, row, strict=True)), bar) for row in table.tolist()])
