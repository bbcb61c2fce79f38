"""Pictures of the page for staff over the shipped pages, for docs/gjennomgang.md. `make screenshots` makes them."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from selenium import webdriver

from chat.browser import Browser
from chat.conftest import served
from helseassistent.index.encode import load_encoder
from helseassistent.reply import reply_record
from helseassistent.review.approvals import NewApproval, all_approved, approve, flag
from helseassistent.review.cases import Change, NewExchange, NewFeedback
from helseassistent.review.exchanges import quotes_of, write
from helseassistent.review.reports import Reporter
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store, open_store
from helseassistent.review.view import build_review
from helseassistent.types import Abstention, Answer
from helseassistent.wiring import Parts
from review.desk import parts as review_parts
from review.desk import reviewer

TODAY = date(2026, 3, 18)
ARM = "Kan legevakten ta røntgen av en brukket arm?"
ASKED = {  # how many times each was asked
    ARM: 4,
    "Hvilke prøver kan legevakten i Bergen ta?": 9,
    "Hva er et helsefellesskap?": 6,
    "Hva koster det å ligge på Storetveit sykehjem?": 7,
    "Hvem kan få plass på medisinsk senter?": 2,
}
PHONE, DESKTOP = (390, 844), (1280, 900)


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: which view, and how it was looked at."""

    name: str
    path: str
    size: tuple[int, int] = DESKTOP


PICTURES = (
    Picture("gjennomgang-ko-1280", "/"),
    Picture("gjennomgang-sak-1280", "/sak/arm-case-0"),
    Picture("gjennomgang-sak-390", "/sak/arm-case-0", PHONE),
    Picture("gjennomgang-godkjente-1280", "/godkjente"),
    Picture("gjennomgang-rapporter-1280", "/rapporter"),
)


@pytest.fixture(scope="module")
def store(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(str(tmp_path_factory.mktemp("log") / "log.sqlite"))
    for number, (question, times) in enumerate(ASKED.items()):
        name = "arm" if question == ARM else f"nr{number}"
        entries = [
            _entry(parts, question, id=f"{name}-case-{n}", day=TODAY - timedelta(days=9 + n)) for n in range(times)
        ]
        write(opened, entries)
    write(opened, [NewFeedback("arm-case-0", False, "missing", TODAY), NewFeedback("nr3-case-1", False, None, TODAY)])
    _approve(opened, "nr1-case-0", name="en")
    _approve(opened, "nr2-case-0", name="to")
    yield opened
    opened.close()


def _entry(parts: Parts, question: str, *, id: str, day: date) -> NewExchange:
    given = parts.ask([question])
    reply = given.reply
    assert isinstance(reply, Answer | Abstention)
    entry = NewExchange(
        id,
        day,
        question,
        "nb",
        "answer",
        None,
        None,
        reply.confidence,
        parts.assistant.confidence.threshold,
        given.generation,
        "extractive",
        1,
        reply_record(given, parts.text(given)),
    )
    if isinstance(reply, Abstention):
        return replace(entry, kind="abstention", reason=reply.reason, notice=reply.notice)
    return entry


def _approve(store: Store, exchange: str, *, name: str) -> None:
    rests = quotes_of(store, exchange)
    question = list(ASKED)[int(exchange[2])]
    with store.writing() as connection:
        approve(connection, NewApproval(name, question, "nb", rests, "kari", TODAY, "g1"))
    if name == "to":
        (seen,) = (kept for kept in all_approved(store) if kept.id == name)
        words = rests[0].quote
        flag(store, seen, changes=(Change(rests[0].file, words, words.replace("skal", "kan")),))


@pytest.fixture(scope="module")
def address(store: Store, parts: Parts) -> Iterator[str]:
    generation = parts.assistant.retriever.generation
    sources = Sources(generation.manifest.generation, generation.pages)
    joined = replace(
        review_parts(store, user=reviewer("kari"), sources=sources),
        reporter=Reporter(store, lambda: sources, load_encoder(None), 90),
        names=lambda: {"kari": "Kari Nes"},
        today=lambda: TODAY,
    )
    yield from served(build_review(joined))


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_of_the_page_for_staff_is_taken(
    chrome: webdriver.Chrome, address: str, picture: Picture, tmp_path: Path
) -> None:
    staff = Browser(chrome, address, axe="")
    staff.reset()
    staff.size(*picture.size)
    staff.media()
    staff.driver.get(address + picture.path)
    assert staff.run("return document.documentElement.scrollWidth") == picture.size[0]
    taken = base64.b64decode(staff.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])
    staff.reset()
    image = Image.open(io.BytesIO(taken)).convert("RGB")
    grey = image.convert("L")
    assert grey.getpixel((2, grey.height // 2)) > 210
    assert len(grey.getcolors(256) or []) > 60, "letters are there"
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    image.quantize(128).save(folder / f"{picture.name}.png", optimize=True)
