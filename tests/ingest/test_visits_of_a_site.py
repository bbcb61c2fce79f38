"""A site is visited, its editors change it, and it is visited again: exactly what they did is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import pytest

from helseassistent.corpus import load_corpus
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.history import former_texts
from helseassistent.ingest.report import Report
from helseassistent.ingest.visits import last_seen
from helseassistent.settings import Settings
from helseassistent.types import Page
from helseassistent.wiring.ingesting import Web, ingest_source
from ingest import public_site
from ingest.loopback import AGENT, LOOPBACK, Site, StoppedClock, serve
from ingest.parse.labels import word_f1


@dataclass
class Visited:
    """Two visits, with what was asked for and what lay in the corpus after each."""

    site: Site
    corpus: Path
    change: public_site.Change
    reports: tuple[Report, Report]
    asked: tuple[list[str], list[str]]
    files: tuple[dict[str, tuple[bytes, int]], dict[str, tuple[bytes, int]]]
    pages: tuple[dict[str, Page], dict[str, Page]]  # by path

    def paths(self, files: tuple[str, ...], *, visit: int) -> set[str]:
        by_file = {page.file: path for path, page in self.pages[visit].items()}
        return {by_file[file] for file in files}


def in_folder(corpus: Path) -> dict[str, tuple[bytes, int]]:
    found = sorted(corpus.glob("[!.]*/*.md"))
    return {path.relative_to(corpus).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def by_path(corpus: Path, *, root: str) -> dict[str, Page]:
    loaded = load_corpus(corpus, last_seen=last_seen(corpus))
    assert not loaded.problems
    return {page.url.removeprefix(root): page for page in loaded.pages.values()}


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visited]:
    corpus = tmp_path_factory.mktemp("korpus")
    with serve() as site:
        public_site.fill(site)
        web = Web(Client(agent=AGENT, permitted=LOOPBACK), StoppedClock())
        reports, asked, files, pages = [], [], [], []
        change = public_site.Change()
        for visit in range(2):
            site.log.clear()
            reports.append(ingest_source(Settings(corpus=corpus), public_site.source_at(site), web=web))
            asked.append([request.path for request in site.log])
            files.append(in_folder(corpus))
            pages.append(by_path(corpus, root=site.root))
            if visit == 0:
                change = public_site.edit(site)
                time.sleep(1)  # a page says to the second when it was seen
        yield Visited(site, corpus, change, *map(tuple, (reports, asked, files, pages)))  # type: ignore[arg-type]


CALENDAR = "/kalender"


def of_site(paths: Iterable[str]) -> set[str]:
    """The paths without those that the calendar makes."""
    return {path for path in paths if not path.startswith(CALENDAR)}


def test_every_page_of_the_site_is_there_and_nothing_else(visited: Visited) -> None:
    assert len(public_site.PAGES) >= 60
    assert of_site(visited.pages[0]) == set(public_site.PAGES)
    report = visited.reports[0]
    assert visited.paths(report.new, visit=0) == set(visited.pages[0])
    assert (report.changed, report.unchanged, report.gone, report.doubted) == ((), (), (), ())


@pytest.mark.parametrize("visit", [0, 1])
def test_what_is_no_page_is_told_with_why(visited: Visited, visit: int) -> None:
    """Row C12: a page that says it is none, a login, another language, a copy, a scanned attachment."""
    told = {loss.url.removeprefix(visited.site.root): loss.reason for loss in visited.reports[visit].refused}
    for path, word in public_site.refusals().items():
        assert word in told[path]
        assert path not in visited.pages[visit]
    expected = set(public_site.refusals()) | visited.change.standing
    served = {path for path in visited.site.pages if not path.startswith(public_site.FORBIDDEN)}
    assert set(told) & served <= expected  # what else is told are dead links, and what may not be asked for


@pytest.mark.parametrize("visit", [0, 1])
def test_forbidden_paths_are_never_asked_for(visited: Visited, visit: int) -> None:
    assert "/robots.txt" in visited.asked[visit]
    assert [path for path in visited.asked[visit] if path.startswith(public_site.FORBIDDEN)] == []


@pytest.mark.parametrize("visit", [0, 1])
def test_a_calendar_without_end_comes_to_one(visited: Visited, visit: int) -> None:
    assert 1 <= sum(path.startswith(CALENDAR) for path in visited.asked[visit]) <= 40
    assert any(loss.url.partition(CALENDAR)[1] for loss in visited.reports[visit].refused)


@pytest.mark.parametrize("visit", [0, 1])
def test_an_address_is_asked_for_once_and_where_a_redirect_leads_to_it(visited: Visited, visit: int) -> None:
    often = [path for path, times in Counter(visited.asked[visit]).items() if times > 1]
    assert often == [public_site.ARTICLES[0]]


def test_the_second_visit_tells_exactly_what_the_editors_did(visited: Visited) -> None:
    report, change = visited.reports[1], visited.change
    assert visited.paths(report.new, visit=1) == change.new
    assert visited.paths(report.changed, visit=1) == change.changed
    assert {loss.url.removeprefix(visited.site.root) for loss in report.gone} == change.gone
    still = set(visited.pages[0]) - change.changed - change.gone - change.standing
    assert visited.paths(report.unchanged, visit=1) == still
    assert report.doubted == ()


def test_only_pages_that_changed_are_touched(visited: Visited) -> None:
    """Rows A17, C15 and F5: gone pages are out, cut ones stand as they were, and the rest is the same to the byte."""
    before, after = visited.files
    of = {page.file: path for pages in visited.pages for path, page in pages.items()}
    change = visited.change
    assert {of[file] for file in after if file not in before} == change.new
    assert {of[file] for file in before if file not in after} == change.gone
    assert {of[file] for file in before if file in after and before[file] != after[file]} == change.changed
    assert change.standing <= set(visited.pages[1])


def test_what_changed_or_went_is_kept_in_the_history(visited: Visited) -> None:
    for path in visited.change.changed | visited.change.gone:
        page = visited.pages[0][path]
        assert [former.body for former in former_texts(page.file, corpus=visited.corpus)] == [page.body]
    for path in visited.change.standing:
        assert former_texts(visited.pages[0][path].file, corpus=visited.corpus) == ()


def test_pages_say_when_they_were_last_seen(visited: Visited) -> None:
    first, second = visited.pages
    assert all(page.fetched_at is not None for page in second.values())
    for path in set(first) & set(second):
        later = second[path].fetched_at != first[path].fetched_at
        assert later == (path not in visited.change.standing), path


def test_the_words_of_a_page_are_those_of_its_main_part(visited: Visited) -> None:
    pages = visited.pages[0]
    for number, (path, subject) in enumerate(zip(public_site.ARTICLES, public_site.SUBJECTS, strict=True)):
        page = pages[path]
        first, second, third, fourth = public_site.sentences(subject, amount=number)
        asked = "## Hva koster det?"
        stated = f"{number + 1:02d}.03.2024" if number % 3 else None
        assert page.body.startswith(f"# {subject.capitalize()}\n\n{first} {second}\n\n{asked}\n\n{third}\n\n{fourth}\n")
        assert (page.last_updated and page.last_updated.strftime("%d.%m.%Y")) == stated
    for path in public_site.NYNORSK:
        assert pages[path].language == "nn"
    for path in (*public_site.OLD, *public_site.PDFS, *public_site.WORDS):
        assert "egenandel for barn under 18 år" in " ".join(pages[path].body.split()), path
    everything = "\n".join(page.body for path, page in pages.items())
    for line in ("informasjonskapsler", "Godta alle", "Fant du det", "55 00 00 00", "Forside"):
        assert line not in everything


def test_the_labelled_pages_say_what_a_person_read_on_them(visited: Visited) -> None:
    pages = {path: (label, visited.pages[0][path]) for path, label in public_site.LABELLED.items()}
    assert all((page.title, page.language) == (label.title, label.language) for label, page in pages.values())
    assert fmean(word_f1(label.body, page.body) for label, page in pages.values()) >= 0.95


def test_a_host_is_asked_no_faster_than_the_source_allows(tmp_path: Path) -> None:
    with serve() as site:
        public_site.fill(site)
        web = Web(Client(agent=AGENT, permitted=LOOPBACK))
        ingest_source(Settings(corpus=tmp_path), public_site.source_at(site, delay=0.03, most=20), web=web)
        moments = [request.moment for request in site.log]
    assert len(moments) >= 20
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.029
    assert all(request.headers["User-Agent"] == AGENT for request in site.log)


def test_most_of_a_site_that_vanishes_is_not_believed(tmp_path: Path) -> None:
    """Row A18."""
    with serve() as site:
        public_site.fill(site)
        web = Web(Client(agent=AGENT, permitted=LOOPBACK), StoppedClock())
        source = public_site.source_at(site, most=40)
        first = ingest_source(Settings(corpus=tmp_path), source, web=web)
        before = in_folder(tmp_path)
        for path in public_site.ARTICLES:
            del site.pages[path]
        doubted = ingest_source(Settings(corpus=tmp_path), source, web=web)
        assert len(doubted.doubted) == len(public_site.ARTICLES) > len(first.new) * 0.2
        assert set(before) <= set(in_folder(tmp_path))
        believed = ingest_source(Settings(corpus=tmp_path), source, web=web, force=True)
        assert len(believed.gone) == len(public_site.ARTICLES)
    assert not [page for page in load_corpus(tmp_path).pages.values() if "/tjenester/" in page.url]
