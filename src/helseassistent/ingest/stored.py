"""The pages of a corpus while a round changes them: by file, by address and by their words."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from helseassistent import durable
from helseassistent.corpus import load_corpus, write_page
from helseassistent.ingest.history import keep_former
from helseassistent.ingest.names import page_file
from helseassistent.types import Page


class Stored:
    """What the corpus holds now; nothing is written over or taken out without a copy in the history."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._pages: dict[str, Page] = {}
        self._file_of: dict[str, str] = {}
        self._file_with: dict[str, str] = {}
        for page in load_corpus(corpus).pages.values():
            self._remember(page)

    def page(self, file: str | None) -> Page | None:
        """The page with that file, if the corpus has it."""
        return self._pages.get(file) if file else None

    def file_of(self, url: str) -> str | None:
        """The file of the page with that address."""
        return self._file_of.get(url)

    def addresses(self) -> tuple[str, ...]:
        """The address of every page."""
        return tuple(self._file_of)

    def new_file(self, url: str, *, publisher: str, taken: Container[str]) -> str:
        """A name that no page has and that is not among `taken`."""
        file = page_file(url, publisher=publisher, taken=taken)
        if (self._corpus / file).exists():
            return page_file(url, publisher=publisher, taken={file})
        return file

    def twin(self, page: Page) -> Page | None:
        """Another page that says the same word for word."""
        found = self.page(self._file_with.get(words_digest(page.body)))
        return found if found and found.file != page.file else None

    def put(self, page: Page) -> None:
        """Write the page, unless the file says the same already."""
        former = self._pages.get(page.file)
        if former and same(former, page):
            return
        if former:
            keep_former(former, corpus=self._corpus)
            self._forget(former)
        write_page(page, folder=self._corpus)
        self._remember(page)

    def withdraw(self, file: str) -> None:
        """Take the page out of the corpus; its history has it from then on."""
        former = self._pages.get(file)
        if former:
            keep_former(former, corpus=self._corpus)
            durable.remove_file(self._corpus / file)
            self._forget(former)

    def _remember(self, page: Page) -> None:
        self._pages[page.file] = page
        self._file_of.setdefault(page.url, page.file)
        self._file_with.setdefault(words_digest(page.body), page.file)

    def _forget(self, page: Page) -> None:
        del self._pages[page.file]
        for files, key in ((self._file_of, page.url), (self._file_with, words_digest(page.body))):
            if files.get(key) == page.file:
                del files[key]


def same(page: Page, other: Page) -> bool:
    """Whether the pages say the same, whenever they were fetched."""
    return replace(page, fetched_at=other.fetched_at) == other


def page_digest(page: Page) -> str:
    """SHA-256 of everything that a reader sees of the page."""
    told = (page.title, page.url, page.publisher, page.language, str(page.last_updated), page.body)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def words_digest(body: str) -> str:
    """SHA-256 of the words of a page in their order."""
    return hashlib.sha256(" ".join(body.split()).encode()).hexdigest()
