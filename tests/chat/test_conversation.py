"""What a person does around an answer, in a real browser: follow the numbers, unfold, copy, keep, print, judge."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from chat import fakes
from chat.browser import Browser

ANSWERED = "Hvilke prøver kan legevakten analysere?"
QUOTE = "Legevakten har eget laboratorium, og der kan man analysere enklere prøver."
TAB_STOPS = 40  # more than one conversation has


def tab_to(browser: Browser, selector: str, *, backwards: bool = False) -> None:
    """Moves the focus by Tab alone until it stands on the last element that matches."""
    for _ in range(TAB_STOPS):
        if browser.run(
            "return document.activeElement === [...document.querySelectorAll(arguments[0])].at(-1)", selector
        ):
            return
        browser.press(Keys.SHIFT + Keys.TAB if backwards else Keys.TAB)
    pytest.fail(f"Tab never came to {selector}")


def status(browser: Browser) -> str:
    return str(browser.run("return document.querySelector('#ha-status').textContent"))


def test_what_is_being_done_stands_where_the_answer_will_come(browser: Browser) -> None:
    browser.open()
    browser.run(
        "window.steps = []; new MutationObserver(() => { const step = document.querySelector('.ha-pending .ha-body');"
        " if (step) window.steps.push(step.textContent) }).observe(document.querySelector('#ha-log'),"
        " {childList: true, characterData: true, subtree: true})"
    )
    browser.ask("vent litt: " + ANSWERED)
    steps = list(dict.fromkeys(browser.run("return window.steps")))

    assert steps == ["Søker i kildene …", "Leser …", "Sjekker kildene …"]
    assert not browser.all(".ha-pending")


def test_nothing_of_an_answer_is_shown_before_it_is_whole(browser: Browser) -> None:
    browser.open()
    browser.run(
        "window.seen = []; new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) =>"
        " { if (node.matches?.('.ha-reply')) window.seen.push(node.querySelectorAll('.ha-words, .ha-card').length) })))"
        ".observe(document.querySelector('#ha-log'), {childList: true, subtree: true})"
    )
    browser.ask(ANSWERED)

    assert browser.run("return window.seen") == [2]


def test_a_question_that_is_offered_fills_the_field_and_is_asked_alone(browser: Browser) -> None:
    browser.open()
    reply = browser.ask("Får barn og unge gratis tannlege?")
    offered = reply.find_elements(By.CSS_SELECTOR, "button.ha-next")
    assert [button.text for button in offered] == list(fakes.NEXT)
    assert all(button.size["height"] >= 24 for button in offered)
    browser.click("button.ha-next")

    assert browser.focused() == "ha-question"
    assert browser.find("#ha-question").get_attribute("value") == fakes.NEXT[-1]
    assert len(browser.all(".ha-reply")) == 1, "nothing was sent"
    browser.driver.get_log("performance")
    browser.press(Keys.ENTER)
    browser.until("document.querySelectorAll('.ha-reply').length === 2")
    (sent,) = (body for body in browser.posted() if "turns" in body)
    assert "røntgenavdelingen" in sent
    assert "tannlege" not in sent, "the conversation before it was not sent along"


def test_the_card_leads_back_to_the_number_it_was_reached_from(browser: Browser) -> None:
    browser.open()
    reply = browser.ask(ANSWERED)
    mark = reply.find_element(By.CSS_SELECTOR, ".ha-mark")
    mark.click()
    back = reply.find_element(By.CSS_SELECTOR, ".ha-back")
    assert back.accessible_name == "Tilbake til svaret fra kilde 1"
    browser.click(".ha-back")

    assert browser.focused() == mark.get_attribute("id") == "ha-1-mention-1"


def test_the_surroundings_are_those_of_the_stored_page_with_only_the_quote_marked(browser: Browser) -> None:
    browser.open()
    reply = browser.ask(ANSWERED)
    browser.click("summary")
    context = reply.find_element(By.CSS_SELECTOR, ".ha-context")

    assert [mark.text for mark in context.find_elements(By.CSS_SELECTOR, "mark")] == [QUOTE]
    assert context.find_element(By.CSS_SELECTOR, ".ha-context-heading").text == "Laboratorium"
    assert "#" not in context.text
    assert "Røntgenavdelingen tar imot" in context.text


def test_an_answer_is_copied_with_its_sources_as_text(browser: Browser) -> None:
    browser.open()
    browser.command(
        "Browser.grantPermissions", origin=browser.site, permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    browser.ask(ANSWERED)
    browser.click(".ha-copy")
    browser.until("document.querySelector('#ha-status').textContent.includes('kopiert')")
    copied = browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")

    assert f"«{QUOTE}» [1]" in copied
    assert "[1] Medisinsk senter ved legevakten. Byen kommune. Ukjent dato." in copied
    assert "https://by.example/legevakt#:~:text=Legevakten" in copied
    assert browser.run("return document.activeElement.className") == "ha-copy"


def test_an_answer_is_copied_where_the_clipboard_is_kept_from_the_page(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.run(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});"
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value })"
    )
    browser.click(".ha-copy")
    browser.until("document.querySelector('#ha-status').textContent.includes('kopiert')")

    assert f"«{QUOTE}» [1]" in browser.run("return window.copied")
    assert browser.run("return document.activeElement.className") == "ha-copy"


def test_the_conversation_is_kept_as_a_file_with_questions_answers_and_addresses(
    browser: Browser, tmp_path: Path
) -> None:
    browser.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.open()
    browser.ask(ANSWERED)
    browser.ask("krasj")
    browser.ask("Får barn og unge gratis tannlege?")
    browser.click("#ha-download")
    file = tmp_path / "helseassistent.txt"
    deadline = time.monotonic() + 10
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = file.read_text(encoding="utf-8-sig")

    assert text.startswith("Samtale med Helseassistent, ")
    assert "Fare for liv: ring 113\nLegevakt: ring 116117" in text
    assert f"Du:\n{ANSWERED}\n\nHelseassistent:\nDette står på nettsidene til Byen kommune:" in text
    assert "https://by.example/legevakt#:~:text=Legevakten" in text
    assert "Sist oppdatert 24.02.2023, over tre år siden" in text
    assert "krasj" not in text, "a question without a reply is left out"
    assert browser.hosts() == {browser.site.removeprefix("http://")}


def test_a_print_holds_the_whole_quote_in_its_surroundings_and_the_full_address(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    browser.media(medium="print")

    assert browser.find(".ha-context mark").is_displayed()
    assert not browser.all("#ha-form")[0].is_displayed()
    assert not browser.find(".ha-reactions").is_displayed()
    assert browser.find(".ha-emergency").is_displayed()
    shown = browser.run("return getComputedStyle(document.querySelector('.ha-open a'), '::after').content")
    assert "https://by.example/legevakt#:~:text=Legevakten" in shown
    pages = browser.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert base64.b64decode(pages["data"]).startswith(b"%PDF-")
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert browser.find("details").get_attribute("open") is None


def test_a_reply_is_judged_with_a_reason_and_the_mind_may_change(browser: Browser) -> None:
    browser.open()
    reply = browser.ask(ANSWERED)
    browser.click("[data-helpful=false]:not([data-reason])")
    browser.until("!document.querySelector('.ha-why').hidden")
    reasons = [button.text for button in reply.find_elements(By.CSS_SELECTOR, ".ha-why button")]
    assert reasons == [
        "Feil svar",
        "Mangler noe",
        "Feil kilde",
        "Finner ikke sitatet",
        "Gammelt",
        "Forstod ikke spørsmålet",
        "Annet",
    ]
    browser.click("[data-reason=wrong_source]")
    browser.until("!document.querySelector('.ha-thanks').hidden")
    pressed = [button.text for button in reply.find_elements(By.CSS_SELECTOR, "[aria-pressed=true]")]
    assert pressed == ["Nei", "Feil kilde"]
    assert status(browser) == "Takk for tilbakemeldingen."

    browser.click("[data-helpful=true]")
    browser.until("document.querySelector('.ha-why').hidden")
    assert [button.text for button in reply.find_elements(By.CSS_SELECTOR, "[aria-pressed=true]")] == ["Ja"]


def test_feedback_that_does_not_arrive_is_told_and_not_shown_as_given(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    browser.command("Network.enable")
    browser.command("Network.setBlockedURLs", urls=["*/api/feedback"])
    browser.click("[data-helpful=true]")
    browser.until("document.querySelector('#ha-status').textContent")
    browser.command("Network.setBlockedURLs", urls=[])

    assert status(browser) == "Tilbakemeldingen kom ikke fram. Prøv igjen om litt."
    assert not browser.all("[aria-pressed=true]")


def test_words_about_danger_and_greetings_are_not_put_to_the_vote(browser: Browser) -> None:
    browser.open()
    browser.ask("jeg vil ikke lenger leve")
    browser.ask("hei")

    assert not browser.all(".ha-reactions")


def test_all_of_it_is_done_by_keyboard_alone(browser: Browser) -> None:
    browser.open()
    browser.run("document.body.focus()")
    tab_to(browser, ".ha-skip")
    browser.press(Keys.ENTER)
    browser.press(ANSWERED, Keys.ENTER)
    browser.until("document.querySelector('.ha-reply') && document.activeElement.id === 'ha-question'")
    browser.press("Får barn og unge gratis tannlege?", Keys.ENTER)
    browser.until("document.querySelectorAll('.ha-reply').length === 2 && !document.querySelector('.ha-pending')")

    tab_to(browser, ".ha-mark", backwards=True)
    browser.press(Keys.ENTER)
    assert browser.focused() == "ha-2-source-1"
    tab_to(browser, "summary")
    browser.press(Keys.ENTER)
    assert browser.all("details[open] mark")
    tab_to(browser, ".ha-open a")
    tab_to(browser, ".ha-back")
    browser.press(Keys.ENTER)
    assert browser.focused() == "ha-2-mention-1"
    tab_to(browser, ".ha-copy")
    browser.press(Keys.ENTER)
    browser.until("document.querySelector('#ha-status').textContent.includes('kopiert')")
    tab_to(browser, "[data-helpful=false]:not([data-reason])")
    browser.press(Keys.SPACE)
    browser.until("!([...document.querySelectorAll('.ha-why')].at(-1).hidden)")
    tab_to(browser, "[data-reason=outdated]")
    browser.press(Keys.SPACE)
    browser.until("document.querySelector('#ha-status').textContent.startsWith('Takk')")
    tab_to(browser, "#ha-download")
    tab_to(browser, "#ha-print")
    tab_to(browser, "#ha-clear")
    browser.press(Keys.ENTER)
    assert browser.focused() == "ha-question"
    assert not browser.all(".ha-message")
    tab_to(browser, "[data-language=nn]", backwards=True)
    browser.press(Keys.ENTER)
    assert browser.find("html").get_attribute("lang") == "nn"


def test_every_stop_of_the_keyboard_shows_where_it_is(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    unseen = []
    browser.run("document.activeElement.blur()")
    for _ in range(TAB_STOPS):
        browser.press(Keys.TAB)
        found = browser.run(
            "const a = document.activeElement, s = getComputedStyle(a), r = a.getBoundingClientRect();"
            "if (a === document.body) return null;"
            "const under = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);"
            "return [a.outerHTML.slice(0, 80), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,"
            " a.contains(under) || under?.contains(a)]"
        )
        if found and not (found[1] and found[2]):
            unseen.append(found)

    assert unseen == []
