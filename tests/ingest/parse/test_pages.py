"""What is read from the hand-labelled pages, and from pages whose text is known since it was written from it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from statistics import mean

import pytest

from helseassistent.corpus import Corpus
from helseassistent.ingest.found import Document
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.worker import Worker
from ingest.parse.labels import TODAY, Labelled, Score, labelled_pages, score
from ingest.parse.markup import as_html

Read = Callable[..., Document]
LABELLED = labelled_pages()


def _read(page: Labelled, worker: Worker) -> Document:
    found = worker.parse(page.fetched, limits=Limits(), today=TODAY)
    assert isinstance(found, Document), found
    return found


@pytest.fixture(scope="module")
def scores(worker: Worker) -> list[Score]:
    return [score(page, _read(page, worker)) for page in LABELLED]


def test_the_words_of_every_kind_of_page_are_read(scores: list[Score]) -> None:
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for found in scores:
        kinds[found.kind].append(found.f1)
    assert len(scores) >= 20
    assert mean(found.f1 for found in scores) >= 0.95
    assert {kind: round(mean(values), 3) for kind, values in kinds.items() if mean(values) < 0.95} == {}


def test_no_line_of_a_menu_or_banner_is_read(scores: list[Score]) -> None:
    assert {found.name: found.foreign for found in scores if found.foreign} == {}


def test_every_heading_stands_in_its_place(scores: list[Score]) -> None:
    assert [found.name for found in scores if not found.headings] == []


def test_the_date_that_a_page_states_is_found(scores: list[Score]) -> None:
    wrong = [found.name for found in scores if not found.dated]
    assert len(wrong) <= len(scores) // 20, wrong


@pytest.mark.parametrize("page", LABELLED, ids=lambda page: page.name)
def test_title_language_and_publisher_are_what_the_page_says(page: Labelled, worker: Worker) -> None:
    found = _read(page, worker)
    assert (found.title, found.language, found.publisher) == (page.title, page.language, page.publisher)


@pytest.mark.parametrize("page", LABELLED, ids=lambda page: page.name)
def test_reading_twice_gives_the_same_document(page: Labelled, worker: Worker) -> None:
    assert _read(page, worker) == _read(page, worker)


def test_the_pages_of_the_corpus_come_back_from_html_as_they_are_stored(shipped: Corpus, read: Read) -> None:
    for page in shipped.pages.values():
        found = read(as_html(page), url=page.url)
        # A paragraph of one no-break space says nothing, and white space at the end of a paragraph is not shown.
        assert found.body == re.sub(
            r"\s+\n", lambda space: "\n\n" if space.group().count("\n") > 1 else "\n", page.body
        )
        stored = (page.title, page.language, page.last_updated)
        assert (found.title, found.language, found.last_updated) == stored


def test_acts_and_regulations_come_back_from_html_with_the_same_text(health_law: Corpus, read: Read) -> None:
    assert len(health_law.pages) == 54
    for page in health_law.pages.values():
        found = read(as_html(page), url=page.url)
        assert found.body == page.body, page.file
        assert (found.title, found.language) == (page.title, page.language)
