"""Other ways a question may be spelt: in nynorsk, word by word, and with typing errors."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from helseassistent.train.data import Pair

_WORD = re.compile(r"[a-zæøåéèêôò]+", re.IGNORECASE)
_LONGEST = 40  # words of a sentence that are aligned
_ROUNDS = 8
_LEAST_PROBABILITY = 0.4
_LEAST_COUNT = 2.0
_SAME_WORD = 3.0  # a word kept as it is starts out that much likelier
_MISSPELT_SHARE = 0.25  # of the words long enough
_SHORTEST_TO_MISSPELL = 5
_SOUNDS_ALIKE = (("hv", "v"), ("kj", "sj"), ("ss", "s"), ("mm", "m"), ("ll", "l"), ("nd", "n"))


def nynorsk_words(pairs: Sequence[Pair]) -> dict[str, str]:
    """Nynorsk for each bokmål word that is written otherwise, learned from aligned sentences (IBM model 1, 1993)."""
    sources: dict[str, int] = {}
    targets: dict[str, int] = {}
    sides = [(_numbers(pair.query, known=sources), _numbers(pair.passage, known=targets)) for pair in pairs]
    sides = [side for side in sides if len(side[0]) and len(side[1])]
    left = np.concatenate([np.tile(source, len(target)) for source, target in sides])
    right = np.concatenate([np.repeat(target, len(source)) for source, target in sides])
    lengths = np.concatenate([np.full(len(target), len(source)) for source, target in sides])
    links, link = np.unique(left * len(targets) + right, return_inverse=True)
    first, second = links // len(targets), links % len(targets)
    bokmaal, nynorsk = list(sources), list(targets)
    same = [bokmaal[a] == nynorsk[b] for a, b in zip(first, second, strict=True)]
    counts = _expected(np.where(same, _SAME_WORD, 1.0), source=first, link=link, lengths=lengths)
    return _likeliest(counts, source=first, target=second, words=(bokmaal, nynorsk))


def in_nynorsk(text: str, *, words: Mapping[str, str]) -> str:
    """`text` with every word replaced that `words` has another spelling for."""
    return _WORD.sub(lambda found: words.get(found.group().lower(), found.group()), text)


def misspelt(text: str, *, generator: random.Random) -> str:
    """`text` with a quarter of its longer words misspelt: a letter lost, swapped or doubled, or written by ear."""
    return " ".join(
        _misspelt_word(word, generator=generator)
        if len(word) >= _SHORTEST_TO_MISSPELL and generator.random() < _MISSPELT_SHARE
        else word
        for word in text.split()
    )


def _misspelt_word(word: str, *, generator: random.Random) -> str:
    at, kind = generator.randrange(1, len(word) - 1), generator.random()
    if kind < 0.3:
        return word[:at] + word[at + 1 :]
    if kind < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.7:
        return word[:at] + word[at] + word[at:]
    for written, heard in _SOUNDS_ALIKE:
        word = word.replace(written, heard)
    return word


def _numbers(text: str, *, known: dict[str, int]) -> NDArray[np.int64]:
    words = _WORD.findall(text.lower())[:_LONGEST]
    return np.array([known.setdefault(word, len(known)) for word in words], np.int64)


def _expected(
    counts: NDArray[np.float64], *, source: NDArray[np.int64], link: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How often each link is expected to be a translation; `link` numbers them, target word by target word."""
    word = np.repeat(np.arange(len(lengths)), lengths)
    for _ in range(_ROUNDS):
        probability = (counts / np.bincount(source, counts)[source])[link]
        share = probability / np.bincount(word, probability)[word]
        counts = np.bincount(link, share).astype(np.float64)
    return counts


def _likeliest(
    counts: NDArray[np.float64],
    *,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    words: tuple[Sequence[str], Sequence[str]],
) -> dict[str, str]:
    probability = counts / np.bincount(source, counts)[source]
    found: dict[str, str] = {}
    seen: set[int] = set()
    for at in _best_first(probability, source=source):
        number = int(source[at])
        if number in seen:
            continue
        seen.add(number)
        bokmaal, nynorsk = words[0][number], words[1][int(target[at])]
        if probability[at] > _LEAST_PROBABILITY and counts[at] >= _LEAST_COUNT and bokmaal != nynorsk:
            found[bokmaal] = nynorsk
    return found


def _best_first(probability: NDArray[np.float64], *, source: NDArray[np.int64]) -> Iterable[int]:
    order: list[int] = np.lexsort((-probability, source)).tolist()
    return order
