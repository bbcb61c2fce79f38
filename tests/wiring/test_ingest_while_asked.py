"""Pages come, change and go while people ask: no question fails, and nobody is shown a page that their index lacks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest

from helseassistent.index.build import BuildReport
from helseassistent.index.generation import Generation, open_generation
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.report import Report
from helseassistent.settings import Settings
from helseassistent.types import Answer, Encoder
from helseassistent.wiring import build_index, build_parts, encoder_of
from helseassistent.wiring.ingesting import Web, ingest_source
from helseassistent.wiring.live import Live
from ingest import public_site
from ingest.loopback import AGENT, LOOPBACK, Site, StoppedClock, serve
from ingest.public_site import ARTICLES, SUBJECTS

QUESTIONS = [f"Hva koster {subject} i måneden?" for subject in SUBJECTS]
PEOPLE = 20
ROUNDS = 10


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return encoder_of(Settings())


@dataclass
class Readers:
    """People who ask one question after the other until they are told to stop."""

    live: Live
    asked: Counter[str] = field(default_factory=Counter)  # by generation
    cited: set[tuple[str, str]] = field(default_factory=set)  # generation and file
    wrong: list[str] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def read(self, first: int) -> None:
        try:
            for question in islice(cycle(QUESTIONS), first, None):
                if self.stop.is_set():
                    return
                self._ask(question)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test looks for
            self.failed.append(error)

    def _ask(self, question: str) -> None:
        edition = self.live.edition()
        exchange = edition.ask([question], None)
        self.asked[exchange.generation] += 1
        if not isinstance(exchange.reply, Answer):
            return
        for citation in (citation for claim in exchange.reply.claims for citation in claim.citations):
            self.cited.add((exchange.generation, citation.file))
            body = edition.bodies.get(citation.file)
            if body is None or body[citation.start : citation.end] != citation.quote:
                self.wrong.append(f"{exchange.generation}: {citation.file}: {citation.quote}")


@dataclass
class Town:
    """A site, its corpus and its index."""

    site: Site
    settings: Settings
    encoder: Encoder
    web: Web

    def bring_in(self) -> tuple[Report, BuildReport, Generation]:
        """What `ingest` and then `index` do."""
        report = ingest_source(self.settings, public_site.source_at(self.site, most=45), web=self.web)
        built = build_index(self.settings, encoder=self.encoder)
        return report, built, open_generation(self.settings.index)

    def edit(self, number: int) -> None:
        """Other prices on three pages, one page gone and the one that went before it back again."""
        for which in range(3):
            place = (number * 3 + which) % 12
            changed = public_site.article(SUBJECTS[place], amount=1000 + number)
            self.site.pages[ARTICLES[place]] = public_site.html(changed)
        gone, back = 12 + number % 12, 12 + (number - 1) % 12
        self.site.pages.pop(ARTICLES[gone], None)
        if number > 1:
            self.site.pages[ARTICLES[back]] = public_site.html(public_site.article(SUBJECTS[back], amount=number))


@pytest.fixture
def town(tmp_path: Path, encoder: Encoder) -> Iterator[Town]:
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    with serve() as site:
        public_site.fill(site)
        yield Town(site, settings, encoder, Web(Client(agent=AGENT, permitted=LOOPBACK), StoppedClock()))


@pytest.mark.slow
def test_people_ask_while_pages_are_brought_in(town: Town) -> None:
    """Rows A17 and F5: what has gone is out of the next generation, and cited in none after it."""
    town.bring_in()
    live = Live(index=town.settings.index, build=partial(build_parts, town.settings, encoder=town.encoder))
    readers = Readers(live)
    threads = [threading.Thread(target=readers.read, args=(first,)) for first in range(PEOPLE)]
    live.watch(every=0.05)
    for thread in threads:
        thread.start()
    gone: dict[str, set[str]] = {}  # by generation
    try:
        for number in range(1, ROUNDS + 1):
            before = open_generation(town.settings.index)
            town.edit(number)
            report, built, after = town.bring_in()
            assert (len(report.changed), len(report.gone), len(report.new)) == (3, 1, number > 1)
            gone[built.generation] = {loss.file for loss in report.gone if loss.file}
            assert not gone[built.generation] & set(after.pages)
            fresh = {passage.id for passage in after.passages} - {passage.id for passage in before.passages}
            assert built.embedded == len(fresh)
            assert {passage.file for passage in after.passages if passage.id in fresh} <= {*report.changed, *report.new}
            _wait_until_asked(readers, built.generation)
    finally:
        readers.stop.set()
        live.stop()
        for thread in threads:
            thread.join()
    assert readers.failed == []
    assert readers.wrong == []
    assert live.problem() is None
    assert set(gone) <= set(readers.asked)
    assert not [file for generation, file in readers.cited if file in gone.get(generation, set())]
    assert len(readers.cited) > ROUNDS


def _wait_until_asked(readers: Readers, generation: str) -> None:
    """Until people have been answered from the new generation."""
    enough = readers.asked[generation] + 8
    for _ in range(6_000):
        if readers.asked[generation] >= enough or readers.failed:
            return
        readers.stop.wait(0.02)
    pytest.fail("the new generation was not taken over")


def test_pages_that_were_only_seen_again_are_not_embedded_and_say_so(town: Town) -> None:
    town.bring_in()
    before = open_generation(town.settings.index)
    time.sleep(1)  # a page says to the second when it was seen
    report, built, after = town.bring_in()
    assert (report.new, report.changed, report.gone) == ((), (), ())
    assert (built.embedded, built.changed, built.rebuilt) == (0, (), True)
    times = [{page.fetched_at for page in generation.pages.values()} for generation in (before, after)]
    assert all(None not in each for each in times)
    assert max(filter(None, times[0])) <= min(filter(None, times[1]))
