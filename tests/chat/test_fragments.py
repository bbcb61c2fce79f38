"""Links to quotes, opened in a real browser: the words are in view, and they are the ones that are marked."""

from __future__ import annotations

import io
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import pytest
from PIL import Image
from selenium import webdriver

from chat.public_site import MARKED, page, public_site
from helseassistent.answer.fragments import link_to
from helseassistent.corpus import Corpus
from helseassistent.index.passages import cut
from helseassistent.text.sentences import sentence_spans
from helseassistent.types import Page, Passage

RECTANGLES = """
return ["first", "last"].map((id) => {
  const all = [...document.getElementById(id).getClientRects()];
  const box = all[id === "first" ? 0 : all.length - 1];
  return [box.left, box.top, box.right, box.bottom];
});
"""
WIDTH, HEIGHT = 1000, 900
PATIENCE = 2.0  # seconds; the search for the words goes on after the page has loaded


@dataclass(frozen=True, slots=True)
class Quote:
    page: Page
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.page.body[self.start : self.end]


@dataclass
class Reader:
    """Opens links to quotes and looks at what the browser did."""

    driver: webdriver.Chrome
    pages: dict[str, str]
    site: str
    names: Iterator[int]

    def fault(self, quote: Quote, *, typeset: bool) -> str | None:
        """What is wrong with the link to `quote`; None when its first and last words are marked and one is in view."""
        name = str(next(self.names))
        self.pages[name] = page(quote.page.body, quote=(quote.start, quote.end), typeset=typeset)
        link = link_to(f"{self.site}/{name}", body=quote.page.body, start=quote.start, end=quote.end)
        self.driver.get(link)
        deadline = time.monotonic() + PATIENCE
        while found := self._fault():
            if time.monotonic() > deadline:
                return f"{found}: {link}: {quote.text!r}"
            time.sleep(0.05)
        return None

    def _fault(self) -> str | None:
        first, last = self.driver.execute_script(RECTANGLES)
        seen = [box for box in (first, last) if box[1] >= 0 and box[3] <= HEIGHT]
        if not seen:
            return "not in view"
        shot = Image.open(io.BytesIO(self.driver.get_screenshot_as_png())).convert("RGB")
        return None if all(is_marked(shot, box) for box in seen) else "not marked"


def is_marked(shot: Image.Image, box: Sequence[float]) -> bool:
    """Whether most of what `box` holds, the letters aside, has the colour of marked text."""
    left, top, right, bottom = box
    within = shot.crop((int(left), int(top) + 2, int(right) + 1, int(bottom) - 2))
    pixels = within.tobytes()
    marked = sum(pixels[at : at + 3] == bytes(MARKED) for at in range(0, len(pixels), 3))
    return marked > len(pixels) / 3 * 0.2


@pytest.fixture(scope="module")
def reader(chrome: webdriver.Chrome) -> Iterator[Reader]:
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False},
    )
    pages: dict[str, str] = {}
    with public_site(pages) as site:
        yield Reader(chrome, pages, site, count())
    chrome.get("about:blank")


def sentences(corpus_page: Page, passage: Passage) -> list[Quote]:
    spans = sentence_spans(corpus_page.body, start=passage.start, end=passage.end)
    return [Quote(corpus_page, start, end) for start, end in spans]


def passages(corpus: Corpus) -> list[tuple[Page, Passage]]:
    return [(found, passage) for found in corpus.pages.values() for passage in cut(found)]


@pytest.mark.slow
@pytest.mark.parametrize("typeset", [False, True], ids=["as_stored", "typeset"])
def test_every_quote_of_the_shipped_pages_is_found(reader: Reader, shipped: Corpus, typeset: bool) -> None:
    quotes = []
    for corpus_page, passage in passages(shipped):
        quotes += [*sentences(corpus_page, passage), Quote(corpus_page, passage.start, passage.end)]
    faults = [fault for quote in quotes if (fault := reader.fault(quote, typeset=typeset))]

    assert len(quotes) > 30
    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("typeset", [False, True], ids=["as_stored", "typeset"])
def test_quotes_of_two_hundred_passages_of_the_acts_are_found(
    reader: Reader, health_law: Corpus, typeset: bool
) -> None:
    chance = random.Random(5)
    chosen = chance.sample(passages(health_law), 200)
    quotes = [chance.choice(sentences(*found)) for found in chosen]
    faults = [fault for quote in quotes if (fault := reader.fault(quote, typeset=typeset))]

    print(*faults, sep="\n")
    assert len(faults) <= 4, "98 per cent"


def repeated(corpus: Corpus) -> list[Quote]:
    """Every place of each line that stands more than once on its page, but for those with the same lines around."""
    found = []
    for corpus_page in corpus.pages.values():
        lines = [line for line in re.finditer(r"^(?:- )?(\S.*)$", corpus_page.body, re.MULTILINE) if line[0].strip()]
        texts = [line[1].rstrip() for line in lines]
        around = list(zip(["", *texts], texts, [*texts[1:], ""], strict=False))
        for line, text, context in zip(lines, texts, around, strict=True):
            if len(text) > 15 and text[0] not in "#|" and texts.count(text) > 1 and around.count(context) == 1:
                found.append(Quote(corpus_page, line.start(1), line.start(1) + len(text)))
    return found


@pytest.mark.slow
def test_lines_that_stand_twice_on_a_page_are_told_apart(reader: Reader, health_law: Corpus) -> None:
    quotes = repeated(health_law)
    faults = [fault for quote in quotes if (fault := reader.fault(quote, typeset=True))]

    print(*faults, sep="\n")
    assert len(quotes) > 10
    assert faults == []
