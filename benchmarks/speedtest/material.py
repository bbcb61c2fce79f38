"""Passages and questions of any number: Norwegian paragraphs where they are at hand, else made of the shipped pages."""

from __future__ import annotations

import hashlib
import json
import lzma
import random
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from helseassistent.corpus import Corpus, load_corpus
from helseassistent.index.passages import cut
from helseassistent.types import Page

ROOT = Path(__file__).parents[2]
TEXTS = ROOT.parent / "shared" / "training" / "text"
# In this order: law, and what is most like it, first.
FILES = ("laws", "laws-older", "government-nb", "government-nn", "public-service", "nav", "treebank", "reviews")
SEED = 20260101
_PARAGRAPHS = 60  # of one page
_NUMBER = re.compile(r"\d+")


def corpus_of(passages: int) -> tuple[Corpus, int]:
    """Pages that are cut into `passages` passages or a few more, and how many; the same for every call."""
    pages: dict[str, Page] = {}
    digest, found = hashlib.sha256(), 0
    for number, paragraphs in enumerate(_documents()):
        file = f"{number:07}.md"
        body = "\n\n".join(paragraphs)
        page = Page(file, paragraphs[0][:80], f"https://example.no/{number}", "Lovdata", "nb", None, None, body)
        pages[file] = page
        digest.update(body.encode())
        found += len(cut(page))
        if found >= passages:
            break
    return Corpus(pages, (), digest.hexdigest()), found


def questions_of(number: int) -> list[str]:
    """`number` of the questions written for this project, drawn with a fixed seed."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "benchmarks" / "questions").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            given = fields.get("questions") or fields.get("question") or []
            found |= dict.fromkeys([given] if isinstance(given, str) else given)
    drawn = list(found)
    random.Random(SEED).shuffle(drawn)
    return drawn[:number]


def origin() -> str:
    """Where the passages come from, in Norwegian."""
    return "norske lover og offentlige tekster" if TEXTS.is_dir() else "laget av ordene på sidene som følger med"


def _documents() -> Iterator[list[str]]:
    """Documents without end; the second time and later each paragraph has a number changed."""
    chance = random.Random(SEED)
    for turn in count():
        for paragraphs in _read() if TEXTS.is_dir() else _made(chance):
            yield paragraphs if turn == 0 else [_changed(paragraph, by=turn) for paragraph in paragraphs]


def _read() -> Iterator[list[str]]:
    for name in FILES:
        path = TEXTS / f"{name}.txt.xz"
        if not path.is_file():
            continue
        paragraphs: list[str] = []
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                ended = not line.strip()
                if not ended:
                    paragraphs.append(line.strip())
                if paragraphs and (ended or len(paragraphs) >= _PARAGRAPHS):
                    yield paragraphs
                    paragraphs = []
        if paragraphs:
            yield paragraphs


def _made(chance: random.Random) -> Iterator[list[str]]:
    """A thousand documents of sentences of the shipped pages' words; some words are put together, as Norwegian does."""
    words = " ".join(page.body for page in load_corpus(ROOT / "corpus").pages.values()).split()
    for number in range(1000):
        title = f"{chance.choice(words).capitalize()} {number}"
        yield [title, *(" ".join(_sentence(words, chance) for _ in range(4)) for _ in range(_PARAGRAPHS))]


def _sentence(words: list[str], chance: random.Random) -> str:
    drawn = chance.choices(words, k=chance.randint(8, 20))
    if chance.random() < 0.3:
        drawn.append((chance.choice(words) + chance.choice(words)).strip(".,").lower())
    return " ".join(drawn).capitalize().rstrip(".,") + "."


def _changed(paragraph: str, *, by: int) -> str:
    changed, times = _NUMBER.subn(lambda found: str(int(found.group()[:9]) + by), paragraph, count=1)
    return changed if times else f"{paragraph} ({by})"
