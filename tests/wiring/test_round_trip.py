"""54 acts and regulations, served as a site would serve them, come back as they were, and are found as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from conftest import HEALTH_LAW
from helseassistent.corpus import Corpus, load_corpus
from helseassistent.evaluate.questions import read_questions
from helseassistent.evaluate.scoring import gold_spans, rank_measures
from helseassistent.index.build import build
from helseassistent.index.generation import open_generation
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.report import Report
from helseassistent.ingest.sources import Source
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.settings import Settings
from helseassistent.types import Encoder, Page
from helseassistent.wiring import NO_CONTEXTUAL, build_parts, encoder_of
from helseassistent.wiring.ingesting import Web, ingest_source
from ingest.as_html import as_html
from ingest.loopback import AGENT, LOOPBACK, StoppedClock, serve
from ingest.public_site import html, sitemap

pytestmark = pytest.mark.slow
QUESTIONS = HEALTH_LAW.parent / "sporsmal.jsonl"


@dataclass
class ThereAndBack:
    """The pages as they were and as they came back, the latter by the file they were made from."""

    originals: Corpus
    report: Report
    returned: Mapping[str, Page]
    corpus: Path


WORDS_ALONE = Settings(contextual=NO_CONTEXTUAL)  # the same texts have the same vectors by either encoder


@pytest.fixture(scope="module")
def round_trip(health_law: Corpus, tmp_path_factory: pytest.TempPathFactory) -> ThereAndBack:
    corpus = tmp_path_factory.mktemp("tilbake")
    with serve() as site:
        paths = {f"/{file.removesuffix('.md')}": file for file in health_law.pages}
        site.pages = {path: html(as_html(health_law.pages[file])) for path, file in paths.items()}
        site.pages["/sitemap.xml"] = sitemap(site.root, list(paths))
        source = Source("lover", "Lovdata", (site.host,), sitemaps=(f"{site.root}/sitemap.xml",), delay=0.0)
        web = Web(Client(agent=AGENT, permitted=LOOPBACK), StoppedClock())
        report = ingest_source(Settings(corpus=corpus), source, web=web)
        pages = load_corpus(corpus).pages.values()
        returned = {paths[page.url.removeprefix(site.root)]: page for page in pages}
    return ThereAndBack(health_law, report, returned, corpus)


def test_every_page_comes_back_with_the_same_text(round_trip: ThereAndBack) -> None:
    originals = round_trip.originals.pages
    assert len(originals) == 54
    assert len(round_trip.report.new) == 54
    assert [loss.url.rpartition("/")[2] for loss in round_trip.report.refused] == ["", "hjelp"]  # of the menu
    assert set(round_trip.returned) == set(originals)
    for file, page in originals.items():
        back = round_trip.returned[file]
        assert back.body.strip() == page.body.strip(), file
        assert (back.language, back.last_updated) == (page.language, page.last_updated), file


def test_questions_find_their_passages_as_in_the_originals(round_trip: ThereAndBack, tmp_path: Path) -> None:
    encoder = encoder_of(WORDS_ALONE)
    originals = round_trip.originals
    file_of = {page.file: file for file, page in round_trip.returned.items()}
    there = figures(originals, {file: file for file in originals.pages}, originals.pages, tmp_path / "a", encoder)
    back = figures(load_corpus(round_trip.corpus), file_of, originals.pages, tmp_path / "b", encoder)
    assert there["recall@10"] > 0.5
    assert back == there


def figures(
    corpus: Corpus, file_of: Mapping[str, str], originals: Mapping[str, Page], index: Path, encoder: Encoder
) -> dict[str, float]:
    """The mean of each measure of the ranking over the questions that a page answers."""
    build(corpus, index, encoder=encoder)
    retriever = build_parts(replace(WORDS_ALONE, index=index), encoder=encoder).assistant.retriever
    assert isinstance(retriever, HybridRetriever)
    assert len(open_generation(index).pages) == 54
    questions = [one for one in read_questions(QUESTIONS, pages=originals) if one.kind == "answerable"]
    sums: dict[str, float] = {}
    for question in questions:
        found = [scored.passage for scored in retriever.search(question.question, top_k=10)]
        spans = [(file_of[passage.file], passage.start, passage.end) for passage in found]
        for name, value in rank_measures(spans, gold=gold_spans(question, originals)).items():
            sums[name] = sums.get(name, 0.0) + value / len(questions)
    return {name: round(value, 6) for name, value in sums.items()}
