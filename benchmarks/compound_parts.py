"""Write the parts of Norwegian compounds that the analyser knows, from the words of the training texts.

A part counts if it stands before, or after, at least three other known words. Reviews are left out: they are the one
source whose terms exclude commercial use.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from helseassistent.text.words import FUNCTION_WORDS

ROOT = Path(__file__).parents[1]
TRAINING = ROOT.parent / "shared" / "training"
TARGET = ROOT / "src" / "helseassistent" / "text"
WORD = re.compile(r"(?<!\w)[a-zæøåéèêòôó]{2,}(?!\w)")  # in lower case as written: no names
LEAST_COUNT, LEAST_SOURCES, LEAST_PARTNERS = 10, 2, 3
LEFT_OUT = {"reviews.txt.xz"}
KNOWN = {
    name: frozenset(words.split())
    for name, words in tomllib.loads((ROOT / "benchmarks" / "compound_parts.toml").read_text(encoding="utf-8")).items()
}
DOCTORS = ("lege", "legen", "leger", "legene")


def main() -> int:
    """Count, choose and write both lists, the most productive part first."""
    counts, sources = _counted()
    base = {
        word
        for word, count in counts.items()
        if count >= LEAST_COUNT and sources[word] >= LEAST_SOURCES and re.search("[aeiouyæøå]", word)
    }
    first, last = _partners(counts, base=base)
    for name, partners in (("compound_first", first), ("compound_last", last)):
        words = sorted(partners, key=lambda word: (-len(partners[word]), word))
        words = [word for word in words if len(partners[word]) >= LEAST_PARTNERS]
        remark = "# Made by benchmarks/compound_parts.py: parts of compounds, those with most partners first.\n"
        (TARGET / f"{name}.txt").write_text(remark + "\n".join(words) + "\n", encoding="utf-8")
        print(name, len(words))
    return 0


def _counted() -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    files = [path for path in sorted((TRAINING / "text").glob("*.xz")) if path.name not in LEFT_OUT]
    for path in [*files, TRAINING / "pairs" / "citizen_questions.jsonl.xz"]:
        found: Counter[str] = Counter()
        for line in texts_of(path):
            found.update(WORD.findall(line))
        counts.update(found)
        sources.update(found.keys())
    return counts, sources


def texts_of(path: Path) -> Iterator[str]:
    """The texts in a file of the training folder, a line or a field at a time."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if path.name.endswith(".jsonl.xz"):
                row = json.loads(line)
                yield from (row["title"], row["section"] or "", row["text"])
            else:
                yield line


def _partners(
    counts: Mapping[str, int], *, base: Collection[str]
) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """For each first part the last parts it stands before, and the other way round."""
    heads = set(base) - KNOWN["endings"] - KNOWN["not_parts"]
    closed = KNOWN["particles"] | KNOWN["not_parts"] | FUNCTION_WORDS
    first: dict[str, set[str]] = defaultdict(set)
    last: dict[str, set[str]] = defaultdict(set)
    for word, count in counts.items():
        for at in range(2, len(word) - 1) if count > 1 and len(word) >= 6 else ():
            before, after = word[:at], word[at:]
            if (at < 4 and before not in KNOWN["short_first"]) or (len(after) < 4 and after not in KNOWN["short_last"]):
                continue
            bound = len(before) >= 4 and before[-1] in "se" and before[:-1] in base
            if after in heads and before not in closed and (before in base or bound):
                first[before].add(after)
                last[after].add(before)
    for doctor in DOCTORS:
        last[doctor].update(before for before in first if before + doctor in counts)
    return first, last


if __name__ == "__main__":
    sys.exit(main())
