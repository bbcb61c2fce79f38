"""The page with the assistant that is shipped behind it: from a question to the words of its source."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urldefrag

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from chat.browser import Browser
from chat.conftest import served
from conftest import SHIPPED
from helseassistent.corpus import Corpus
from helseassistent.settings import Settings
from helseassistent.types import Page
from helseassistent.wiring.serving import build_chat
from needed import AXE

QUESTION = "Kan legevakten ta røntgen av en brukket arm?"
NYNORSK = "Kva pasientgrupper skal helsefellesskapet prioritere?"


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(build_chat(Settings(corpus=SHIPPED, index=tmp_path_factory.mktemp("nettside-indeks"))))


@pytest.fixture
def real(chrome: webdriver.Chrome, real_site: str) -> Iterator[Browser]:
    opened = Browser(chrome, real_site, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    opened.open("/?sprak=auto")
    yield opened
    opened.reset()


def words(element: WebElement) -> str:
    return " ".join(element.text.split())


def cited(reply: WebElement, pages: Corpus) -> Page:
    """The one page that a reply cites, after its link and its quotes have been held against the stored page."""
    links = [link.get_attribute("href") or "" for link in reply.find_elements(By.CSS_SELECTOR, ".ha-card .ha-open a")]
    (address,) = {urldefrag(link).url for link in links}
    page = next(page for page in pages.pages.values() if page.url == address)
    body = " ".join(page.body.split())
    quotes = [words(quote) for quote in reply.find_elements(By.CSS_SELECTOR, "blockquote .ha-words")]
    assert quotes
    assert all(quote in body for quote in quotes)
    for link in links:
        directive = urldefrag(link).fragment
        assert directive.startswith(":~:text=")
        start, *end = (unquote(part) for part in directive.removeprefix(":~:text=").split("&")[0].split(","))
        assert any(quote.startswith(start) for quote in quotes)
        assert all(any(quote.endswith(part) for quote in quotes) for part in end)
    return page


def test_the_question_of_the_readme_gets_the_words_of_the_source(real: Browser, shipped: Corpus) -> None:
    reply = real.ask(QUESTION)
    page = cited(reply, shipped)
    assert page.file == "bergen-kommune/vare-satsinger.md"
    assert "brudd" in words(reply)
    assert f"Dette står på nettsidene til {page.publisher}" in words(reply)


def test_a_question_in_nynorsk_is_met_in_nynorsk_with_the_words_of_the_source(real: Browser, shipped: Corpus) -> None:
    reply = real.ask(NYNORSK)
    page = cited(reply, shipped)
    assert page.file == "saman/helsefellesskap.md"
    assert f"Dette står på nettsidene til {page.publisher}" in words(reply)
    assert reply.get_attribute("lang") == "nn" or reply.find_elements(By.CSS_SELECTOR, "[lang=nn]")


def test_an_emergency_shows_113_before_anything_else(real: Browser) -> None:
    reply = real.ask("Faren min har falt om og puster ikke")
    alert = reply.find_element(By.CSS_SELECTOR, "[role=alert]")
    assert "113" in alert.text.split("\n")[0]
    assert "tel:113" in {link.get_attribute("href") for link in reply.find_elements(By.CSS_SELECTOR, "a")}
    assert not reply.find_elements(By.CSS_SELECTOR, ".ha-card")


def test_a_question_that_no_page_answers_is_not_answered(real: Browser) -> None:
    reply = real.ask("Hva koster bompengene til Oslo?")
    assert not reply.find_elements(By.CSS_SELECTOR, "blockquote")
    assert words(reply)


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_wrong_with_the_page(real: Browser) -> None:
    real.ask(QUESTION)
    real.ask("Faren min har falt om og puster ikke")
    assert real.violations() == []
    assert len(real.hosts()) == 1
    assert real.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_the_real_assistant_says(real: Browser, scheme: str) -> None:
    real.size(390, 844)
    real.media(scheme=scheme)
    real.ask(QUESTION)
    assert real.all(".ha-also")
    assert real.all(".ha-more .ha-next")
    real.ask("og hvilke prøver kan de ta?")
    assert real.all(".ha-understood")
    real.ask("Jeg heter Kari Nordmann og har telefon 41234567. Når åpner legevakten?")
    assert real.all(".ha-removed")
    real.ask("Where can I find a dentist for my children?")
    assert real.all("#ha-log [lang=en]")
    real.ask("Jeg har vondt i brystet og får ikke puste")
    assert real.all(".ha-urgent")

    assert real.violations() == []
