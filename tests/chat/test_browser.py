"""The page in a real browser: ask, read, follow, by mouse, by keyboard, without scripts, small and dark."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from chat.browser import Browser
from chat.fakes import HOSTILE

ANSWERED = "Hvilke prøver kan legevakten analysere?"
ENGLISH = re.compile(
    r"\b(the|and|your|copy|clear|submit|loading|error|undo|retry|built with|settings|use via api|processing|queue)\b",
    re.IGNORECASE,
)
PAYLOADS = [
    HOSTILE,
    "<svg onload=window.__xss=1>",
    "<iframe src='javascript:parent.__xss=1'></iframe>",
    "<a href='javascript:window.__xss=1' id=x>klikk</a>",
    "![bilde](https://ond.example/x.png) [lenke](https://ond.example)",
    "<style>@import 'https://ond.example/x.css'</style><link rel=stylesheet href=https://ond.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://ond.example'><base href=https://ond.example>",
    "<video src=https://ond.example/v poster=https://ond.example/p></video><a ping=https://ond.example>",
    "${window.__xss=1} {{constructor.constructor('window.__xss=1')()}} <%= 1 %> `${1}`",
    "'; DROP TABLE svar; -- \\u003cscript\\u003e &lt;b&gt; \x00 \x1b[31m \u202eakepo",
    "<form action=https://ond.example><button>Send</button></form>",
    "<math><mtext></form><mglyph><style></math><img src onerror=window.__xss=1>",
]


def test_a_question_is_answered_with_the_words_of_the_source_and_a_link_to_them(browser: Browser) -> None:
    browser.open()
    reply = browser.ask(ANSWERED)

    assert "Dette står på nettsidene til Byen kommune:" in reply.text
    claim = reply.find_element(By.CSS_SELECTOR, "blockquote .ha-words")
    assert claim.text == "Legevakten har eget laboratorium, og der kan man analysere enklere prøver."
    card = reply.find_element(By.CSS_SELECTOR, ".ha-card")
    assert "Medisinsk senter ved legevakten" in card.text
    assert "Byen kommune" in card.text
    assert "Ukjent dato" in card.text
    link = card.find_element(By.CSS_SELECTOR, ".ha-open a")
    assert link.get_attribute("href") == "https://by.example/legevakt#:~:text=Legevakten"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.text == "Åpne siden ved sitatet (åpnes i ny fane)"


def test_the_number_at_the_sentence_leads_to_its_card(browser: Browser) -> None:
    browser.open("/?sprak=nb")
    reply = browser.ask(ANSWERED)
    mark = reply.find_element(By.CSS_SELECTOR, ".ha-mark")

    assert mark.accessible_name == "Kilde 1: Medisinsk senter ved legevakten"
    mark.click()
    assert browser.focused() == reply.find_element(By.CSS_SELECTOR, ".ha-card").get_attribute("id")
    assert browser.all(".ha-reply"), "the page was not left"


def test_the_quote_unfolds_in_its_surroundings_with_the_words_marked(browser: Browser) -> None:
    browser.open()
    reply = browser.ask(ANSWERED)
    browser.click("summary")

    assert reply.find_element(By.CSS_SELECTOR, "mark").text.startswith("Legevakten har eget laboratorium")
    assert "Røntgenavdelingen" in reply.find_element(By.CSS_SELECTOR, ".ha-context").text


def test_the_age_of_a_page_and_that_it_is_being_updated_are_said(browser: Browser) -> None:
    browser.open()
    text = browser.ask("Får barn og unge gratis tannlege?").text

    assert "Sist oppdatert 24.02.2023, over tre år siden" in text
    assert "Siden sier selv at den er under oppdatering" in text


def test_no_answer_says_so_and_offers_pages(browser: Browser) -> None:
    browser.open()
    text = browser.ask("Hva med sykehuset da").text

    assert "Jeg fant ikke svar på akkurat dette." in text
    assert "Sider som kan handle om dette" in text
    assert not browser.all(".ha-card")


def test_an_emergency_is_an_alert_with_numbers_that_dial(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    reply = browser.ask("jeg vil ikke lenger leve")

    assert reply.find_element(By.CSS_SELECTOR, "[role=alert]").text.startswith("Ring 113 nå.")
    links = {link.get_attribute("href") for link in reply.find_elements(By.CSS_SELECTOR, "a")}
    assert links == {"tel:113", "tel:116123"}


def test_focus_is_back_in_the_field_and_one_message_tells_that_the_answer_came(browser: Browser) -> None:
    browser.open()
    browser.run(
        "window.told = []; const line = document.querySelector('#ha-status');"
        "new MutationObserver(() => window.told.push(line.textContent))"
        ".observe(line, {childList: true, characterData: true, subtree: true})"
    )
    browser.ask(ANSWERED)
    told = [text for text in browser.run("return window.told") if text]

    assert browser.focused() == "ha-question"
    assert told[0] == "Søker i kildene …"
    assert len(told) == 2
    assert told[1].startswith("Svaret er klart, med én kilde. Dette står på nettsidene til Byen kommune:")
    assert browser.find("#ha-log").get_attribute("aria-live") == "off"


def test_an_example_fills_the_field_and_does_not_send(browser: Browser) -> None:
    browser.open()
    example = browser.all(".ha-example")[1]
    text = example.text
    example.click()

    assert browser.find("#ha-question").get_attribute("value") == text
    assert browser.focused() == "ha-question"
    assert not browser.all(".ha-message")


def test_enter_sends_and_shift_enter_makes_a_new_line(browser: Browser) -> None:
    browser.open()
    browser.click("#ha-question")
    browser.press("Hvilke prøver kan", Keys.SHIFT + Keys.ENTER + Keys.NULL, "legevakten analysere?")
    assert browser.find("#ha-question").get_attribute("value") == "Hvilke prøver kan\nlegevakten analysere?"

    browser.press(Keys.ENTER)
    browser.until("document.querySelector('.ha-reply')")
    assert browser.find("#ha-question").get_attribute("value") == ""


def test_everything_can_be_done_by_keyboard(browser: Browser) -> None:
    browser.open()
    browser.find("body").send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.className") == "ha-skip"
    browser.press(Keys.ENTER)
    assert browser.focused() == "ha-question"
    browser.press(ANSWERED, Keys.ENTER)
    browser.until("document.querySelector('.ha-reply') && document.activeElement.id == 'ha-question'")
    reached = set()
    for _ in range(14):
        browser.press(Keys.SHIFT + Keys.TAB)
        reached.add(browser.run("const a = document.activeElement; return a.id || a.className || a.tagName"))
    assert {"ha-clear", "ha-print", "ha-download", "ha-copy", "ha-back", "SUMMARY", "ha-1-mention-1"} <= reached


def test_an_empty_question_gets_a_hint_and_no_answer(browser: Browser) -> None:
    browser.open()
    browser.click("#ha-send")

    assert browser.find("#ha-error").text == "Skriv et spørsmål, så leter jeg etter svaret."
    assert not browser.all(".ha-message")


def test_a_long_question_is_kept_and_its_excess_is_told(browser: Browser) -> None:
    browser.open()
    browser.run("document.querySelector('#ha-question').value = 'a'.repeat(1234)")
    browser.click("#ha-send")

    field = browser.find("#ha-question")
    assert (
        browser.find("#ha-error").text
        == "Spørsmålet er 234 tegn for langt. Grensen er 1000 tegn. Kort det ned, og send på nytt."
    )
    assert field.get_attribute("aria-invalid") == "true"
    assert "ha-error" in str(field.get_attribute("aria-describedby"))
    assert len(str(field.get_attribute("value"))) == 1234


def test_deleting_empties_the_conversation_and_can_be_undone(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.click("#ha-clear")
    assert not browser.all(".ha-message")
    assert browser.find("#ha-status").text == "Samtalen er slettet."
    assert browser.focused() == "ha-question"

    browser.click("#ha-undo button")
    assert len(browser.all(".ha-message")) == 2


def test_nynorsk_is_chosen_without_losing_the_conversation(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.click("[data-language=nn]")

    assert browser.find("html").get_attribute("lang") == "nn"
    assert browser.find("label").text == "Kva lurer du på?"
    assert browser.find("[data-language=nn]").get_attribute("aria-current") == "true"
    assert browser.all(".ha-reply")[0].get_attribute("lang") == "nb"
    reply = browser.ask("Får barn og unge gratis tannlege?")
    assert reply.get_attribute("lang") == "nn"
    assert "over tre år sidan" in reply.text


def test_a_nynorsk_question_is_answered_in_nynorsk_without_choosing(browser: Browser) -> None:
    browser.open()
    reply = browser.ask("Kva prøver kan legevakten analysere?")

    assert reply.get_attribute("lang") == "nn"
    assert "Kjelder" in reply.text


def test_an_error_of_ours_is_told_in_norwegian_with_the_numbers_and_the_question_kept(browser: Browser) -> None:
    browser.open()
    reply = browser.ask("krasj")

    assert "Noe gikk galt" in reply.text
    assert "hemmelig" not in browser.find("body").text
    assert {link.get_attribute("href") for link in reply.find_elements(By.CSS_SELECTOR, "a")} == {
        "tel:113",
        "tel:116117",
    }
    assert browser.find("#ha-question").get_attribute("value") == "krasj"
    assert not ENGLISH.search(browser.find("body").text)


@pytest.mark.parametrize("path", ["/", "/?sprak=nn"])
def test_no_english_is_seen_or_named(browser: Browser, path: str) -> None:
    browser.open(path)
    browser.ask(ANSWERED)
    names = [element.accessible_name for element in browser.all("a, button, textarea, section, nav, article, [role]")]

    assert not ENGLISH.search(browser.find("body").text)
    assert not [name for name in names if ENGLISH.search(name)]
    assert browser.driver.title == "Helseassistent"


def test_the_numbers_and_the_pages_are_there_without_scripts(browser: Browser) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.driver.get(browser.site)

    links = [link.get_attribute("href") for link in browser.all(".ha-emergency a")]
    assert links == ["tel:113", "tel:116117"]
    assert browser.find(".ha-emergency").is_displayed()
    assert browser.find(".ha-noscript").is_displayed()
    assert "JavaScript" in browser.find(".ha-noscript").text
    assert browser.find(".ha-noscript a").get_attribute("href") == "https://by.example/legevakt"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_questions_are_shown_as_they_were_written(browser: Browser, payload: str) -> None:
    browser.open()
    browser.ask(payload)
    shown = browser.run("return document.querySelector('.ha-asked .ha-body').textContent")

    assert shown == payload.strip()
    assert browser.run("return window.__xss") is None
    assert not browser.all("#ha-log :is(img, script, iframe, svg, style, link, meta, base, video, form, math, object)")
    assert browser.hosts() == {urlsplit(browser.site).netloc}


def test_hostile_text_of_a_page_is_shown_as_it_was_written(browser: Browser) -> None:
    browser.open()
    reply = browser.ask("ondsinnet innhold")
    browser.click("summary")

    assert HOSTILE in str(reply.find_element(By.CSS_SELECTOR, ".ha-words").get_property("textContent"))
    assert HOSTILE in str(reply.find_element(By.CSS_SELECTOR, ".ha-card-title").get_property("textContent"))
    assert browser.run("return window.__xss") is None
    assert not reply.find_elements(By.CSS_SELECTOR, "img, script")


def test_the_page_asks_no_other_host_for_anything_and_the_console_is_clean(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.ask("jeg vil ikke lenger leve")
    browser.click("[data-language=nn]")

    assert browser.hosts() == {urlsplit(browser.site).netloc}
    assert browser.complaints() == []
    assert browser.driver.get_cookies() == []
    assert browser.run("return localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(browser: Browser, width: int) -> None:
    browser.size(width, 844)
    browser.open()
    browser.ask(ANSWERED)
    browser.ask("ondsinnet innhold")
    browser.ask("jeg vil ikke lenger leve")
    browser.ask("b" * 400)

    assert browser.run("return document.documentElement.scrollWidth") == width


def test_nothing_is_too_small_to_hit(browser: Browser) -> None:
    browser.size(390, 844)
    browser.open()
    browser.ask(ANSWERED)
    browser.click("[data-helpful=false]:not([data-reason])")
    browser.until("!document.querySelector('.ha-why').hidden")
    browser.ask("jeg vil ikke lenger leve")
    sizes = browser.run(
        "return [...document.querySelectorAll('a, button, summary, textarea')].filter((e) => e.offsetParent && "
        "!e.closest('p:not(.ha-open, .ha-return)')).map((e) => [e.textContent, e.offsetWidth, e.offsetHeight])"
    )

    assert not [name for name, width, height in sizes if width < 24 or height < 24]
    assert browser.find("#ha-send").size["height"] >= 44
