"""What a person writes about themselves never gets past the first step, and the page says what was taken out."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from chat.browser import Browser
from chat.conftest import served
from conftest import SHIPPED
from helseassistent.chat.strings import strings
from helseassistent.settings import Settings
from helseassistent.text.redact import PLACEHOLDERS
from helseassistent.types import Urgent
from helseassistent.wiring import Parts
from helseassistent.wiring.serving import build_chat
from needed import AXE

SECRET = "010185 12345"
ASKED = f"Jeg heter Kari Nordmann, fnr {SECRET}. Kan legevakten ta røntgen av en brukket arm?"
SEEN = "Jeg heter [navn], fnr [fødselsnummer]. Kan legevakten ta røntgen av en brukket arm?"


@pytest.fixture(scope="module")
def private_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(build_chat(Settings(corpus=SHIPPED, index=tmp_path_factory.mktemp("personvern-indeks"))))


@pytest.fixture
def private(chrome: webdriver.Chrome, private_site: str) -> Iterator[Browser]:
    opened = Browser(chrome, private_site, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    opened.open("/?sprak=auto")
    yield opened
    opened.reset()


def test_the_page_shows_the_masked_message_and_says_what_was_removed(private: Browser) -> None:
    reply = private.ask(ASKED)
    asked = private.find(".ha-asked")
    assert asked.find_element(By.CSS_SELECTOR, ".ha-body").text == SEEN
    assert asked.find_element(By.CSS_SELECTOR, ".ha-removed").text == (
        "Vi fjernet et navn og et fødselsnummer fra meldingen din før den ble brukt. Ikke skriv slike opplysninger her."
    )
    assert "brudd" in reply.text
    assert SECRET not in str(private.run("return document.documentElement.outerHTML"))
    assert "et fødselsnummer" in private.find("#ha-status").get_attribute("textContent")
    assert private.violations() == []


def test_a_message_in_nynorsk_is_told_in_nynorsk(private: Browser) -> None:
    private.ask("Eg heiter Solveig Bø. Kva pasientgrupper skal helsefellesskapet prioritere?")
    assert private.find(".ha-removed").text.startswith("Vi fjerna eit namn frå meldinga di før ho vart brukt.")
    assert private.find(".ha-asked .ha-body").text.startswith("Eg heiter [namn]. Kva pasientgrupper")
    private.ask("Og kva kommunar?")  # what was masked is sent again, and is no part of the question
    assert "namn" not in private.all(".ha-reply")[-1].text


def test_a_message_without_personal_data_is_left_alone(private: Browser) -> None:
    private.ask("Når skal jeg ringe 116 117 og ikke 113?")
    assert not private.all(".ha-removed")
    assert private.find(".ha-asked .ha-body").text == "Når skal jeg ringe 116 117 og ikke 113?"


def test_the_next_message_is_sent_with_what_was_masked(private: Browser) -> None:
    private.ask(ASKED)
    private.ask("Og hvor ligger den?")
    sent = [
        entry["message"] for entry in private.driver.get_log("performance") if "Og hvor ligger den?" in entry["message"]
    ]
    assert sent
    assert not [message for message in sent if SECRET in message]


def test_the_api_gives_the_masked_question_and_the_kinds(private_site: str) -> None:
    response = httpx.post(f"{private_site}/api/ask", json={"question": ASKED}, timeout=30)
    record = response.json()
    assert record["question"] == SEEN
    assert record["removed"] == ["name", "national_id"]
    assert "Vi fjernet et navn og et fødselsnummer" in record["text"]
    assert SECRET not in response.text


@pytest.mark.parametrize(
    "message",
    [
        "Jeg heter Kari Nordmann og mannen min Ola puster ikke. Vi bor i Storgata 5, 5003 Bergen, tlf 90 12 34 56",
        "Far min, fødd 010145 12345, pustar ikkje. Adressa er Fjellvegen 3",
        f"{SECRET} jeg vil ikke leve mer. Mvh Per",
    ],
)
def test_danger_is_seen_in_a_masked_message_and_its_number_comes_first(message: str, parts: Parts) -> None:
    exchange = parts.ask([message])
    assert isinstance(exchange.reply, Urgent)
    assert exchange.removed
    assert "113" in parts.text(exchange).split("\n\n")[0]
    assert all(piece not in exchange.question for piece in ("Kari", "Storgata", "90 12", "12345"))


def test_earlier_turns_are_masked_before_they_are_used(parts: Parts) -> None:
    exchange = parts.ask([f"Jeg er født {SECRET}. Har Storetveit sykehjem plasser?", "Og hvor mange da?"])
    assert exchange.removed == ()
    assert SECRET not in str(parts.record([f"{SECRET} Har Storetveit sykehjem plasser?", "Og hvor mange da?"]))


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_kind_has_its_word(language: str) -> None:
    assert set(strings(language).removed_kinds) == set(PLACEHOLDERS)  # type: ignore[arg-type]
