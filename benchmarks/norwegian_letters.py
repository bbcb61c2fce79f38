"""Write the words that have æ, ø or å and how surely they are meant by their form without, from the training texts.

Reviews are left out: they are the one source whose terms exclude commercial use.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from compound_parts import LEFT_OUT, TARGET, TRAINING, texts_of

WORD = re.compile(r"(?<!\w)[a-zæøå]{2,}(?!\w)")  # in lower case as written: no names
LETTERS = re.compile("[æøå]")
PAIRS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
PAIR = re.compile("ae|oe|aa")
BARE = str.maketrans("æøå", "aoa")
LEAST_COUNT = 10
LEAST_COUNT_AMBIGUOUS = 500  # of a word that the word after it may tell from a commoner one
LEAST_PAIR, SURER = 30, 3
# Counted together: the texts are laws and reports, in which people do not speak for themselves.
SUBJECTS = frozenset(("jeg", "eg", "du", "vi", "me", "man", "han", "hun", "ho"))

# What people say of themselves and the texts hardly ever: cough, bathe, awake, father, grandmother. Counted a third
# of the words with letters.
SAID = frozenset(["bade", "bader", "badet", "besta", "far", "fars", "hoste", "hosten", "maten", "vaken"])


def main() -> int:
    """Count, weigh and write the list, the commonest word first."""
    counts, pairs = _counted()
    shares = _shares(counts)
    rows = [f"{word}\t{shares[word]}" for word in sorted(shares, key=lambda word: (-counts[word], word))]
    rows += [f"{word}\t0" for word in _with_pairs_of_their_own(counts, shares)]
    rows += [f"{word} {following}\t1000" for word, following in _told_by_the_next(counts, shares, pairs)]
    remark = (
        "# Made by benchmarks/norwegian_letters.py: of the uses of its form without letters, per mille that mean it.\n"
    )
    (TARGET / "letters.tsv").write_text(remark + "\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows))
    return 0


def _counted() -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each word stands in the texts, and each two words in a row."""
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for words in _sources():
        for line in words:
            counts.update(line)
            pairs.update(pairwise("+" if word in SUBJECTS else word for word in line))
    return counts, pairs


def _sources() -> Iterator[Iterator[list[str]]]:
    files = [path for path in sorted((TRAINING / "text").glob("*.xz")) if path.name not in LEFT_OUT]
    for path in [*files, TRAINING / "pairs" / "citizen_questions.jsonl.xz"]:
        yield (WORD.findall(line) for line in texts_of(path))


def _shares(counts: Mapping[str, int]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(lambda: 1)  # as if each form had been seen once more: a rare one proves little
    for word, count in counts.items():
        total[word.translate(BARE)] += count
    for form in SAID & total.keys():
        total[form] += total[form] // 3
    chosen = [word for word, count in counts.items() if count >= LEAST_COUNT and LETTERS.search(word)]
    return {word: 1000 * counts[word] // total[word.translate(BARE)] for word in chosen}


def _with_pairs_of_their_own(counts: Mapping[str, int], shares: Mapping[str, int]) -> list[str]:
    """Words in which ae, oe or aa is no letter typed as two, such as noen and samboer."""
    typed = {word.translate(PAIRS) for word in shares}
    return sorted(w for w, n in counts.items() if n >= LEAST_COUNT and PAIR.search(w) and w not in typed)


def _told_by_the_next(
    counts: Mapping[str, int], shares: Mapping[str, int], pairs: Mapping[tuple[str, str], int]
) -> list[tuple[str, str]]:
    """The rarer words that are surely meant before certain words, with those."""
    ambiguous = {
        word.translate(BARE): word
        for word, share in shares.items()
        if share <= 500 and counts[word] >= LEAST_COUNT_AMBIGUOUS
    }
    meant: dict[tuple[str, str], int] = {}
    other: Counter[tuple[str, str]] = Counter()
    for (word, following), count in pairs.items():
        form = word.translate(BARE)
        if ambiguous.get(form) == word:
            meant[form, following.translate(BARE)] = count
        elif form in ambiguous:
            other[form, following.translate(BARE)] += count
    sure = [pair for pair, count in meant.items() if count >= LEAST_PAIR and count > SURER * other[pair]]
    found = {(ambiguous[form], word) for form, word in sure if word != "+"}
    found |= {(ambiguous[form], word) for form, plus in sure if plus == "+" for word in SUBJECTS}
    return sorted(found)


if __name__ == "__main__":
    sys.exit(main())
