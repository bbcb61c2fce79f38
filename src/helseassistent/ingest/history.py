"""The former texts of a page: kept beside the corpus in `.history`, where no index looks, and compared word by word."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from helseassistent import durable
from helseassistent.corpus import PageProblem, parse_page
from helseassistent.types import Page

HISTORY = ".history"
_UNDATED = "0000-00-00"  # sorts before every text whose day is known
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of words that stayed, went or came."""

    kind: Literal["same", "old", "new"]
    text: str


def keep_former(page: Page, *, corpus: Path) -> None:
    """Copy the file of `page` into its history, before something else takes its place; twice is as once."""
    content = (corpus / page.file).read_bytes()
    stamp = page.fetched_at.strftime("%Y-%m-%dT%H%M%S") if page.fetched_at else _UNDATED
    folder = _folder(page.file, corpus=corpus)
    kept = folder / f"{stamp}-{hashlib.sha256(content).hexdigest()[:8]}.md"
    if not kept.exists():
        durable.make_folders(folder)
        durable.replace_file(kept, content)


def former_texts(file: str, *, corpus: Path) -> tuple[Page, ...]:
    """What the page said before, oldest first; a file that can no longer be read is passed over."""
    found = (
        parse_page(path.read_text(encoding="utf-8-sig", errors="replace"), file=file)
        for path in sorted(_folder(file, corpus=corpus).glob("[!.]*.md"))
    )
    return tuple(page for page in found if not isinstance(page, PageProblem))


def differences(before: str, after: str) -> Iterator[Difference]:
    """What became of the words of `before`, in reading order; white space alone is no difference.

    Lines are compared first, and words within the lines that differ, so that long pages take no long time.
    """
    stayed: list[str] = []
    for found in _stretches(before, after):
        if found.kind == "same":
            stayed.append(found.text.strip())
            continue
        if stayed:
            yield Difference("same", "\n".join(stayed))
            stayed = []
        yield found
    if stayed:
        yield Difference("same", "\n".join(stayed))


def _stretches(before: str, after: str) -> Iterator[Difference]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    compared = difflib.SequenceMatcher(
        None, [" ".join(line.split()) for line in old], [" ".join(line.split()) for line in new], False
    )
    for operation, first, last, begin, end in compared.get_opcodes():
        if operation == "equal":
            yield Difference("same", "".join(new[begin:end]))
        else:
            yield from _words("".join(old[first:last]), "".join(new[begin:end]))


def _folder(file: str, *, corpus: Path) -> Path:
    return corpus / HISTORY / file.removesuffix(".md")


def _words(before: str, after: str) -> Iterator[Difference]:
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    compared = difflib.SequenceMatcher(None, [word[0] for word in old], [word[0] for word in new], autojunk=False)
    for operation, first, last, begin, end in compared.get_opcodes():
        if operation == "equal":
            yield Difference("same", _stretch(after, new[begin:end]))
            continue
        if first < last:
            yield Difference("old", _stretch(before, old[first:last]))
        if begin < end:
            yield Difference("new", _stretch(after, new[begin:end]))


def _stretch(text: str, words: Sequence[re.Match[str]]) -> str:
    return text[words[0].start() : words[-1].end()]
