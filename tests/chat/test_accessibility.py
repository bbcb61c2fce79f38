"""Every state of the page held against WCAG by axe-core, and what axe cannot see: zoom, spacing, forced colours."""

from __future__ import annotations

import pytest

from chat.browser import Browser

ANSWERED = "Hvilke prøver kan legevakten analysere?"
SPACED = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
# Text that its own box cuts off: what only a screen reader meets is meant to be.
CLIPPED = (
    "return [...document.querySelectorAll('p, li, a, button, h1, h2, h3, h4, q, summary, label, textarea, span')]"
    ".filter((e) => e.offsetParent && !e.closest('.ha-unseen, .ha-skip') && getComputedStyle(e).display !== 'inline'"
    " && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)"
    " && getComputedStyle(e).overflow !== 'visible').map((e) => e.outerHTML.slice(0, 90))"
)


def through_all_states(browser: Browser) -> dict[str, list[str]]:
    """What axe holds against each state of one visit."""
    browser.open()
    found = {"empty": browser.violations()}
    browser.click("#ha-send")
    found["hint"] = browser.violations()
    browser.run("const f = document.querySelector('#ha-question'); f.focus(); f.value = 'vent litt: prøver'")
    browser.click("#ha-send")
    browser.until("document.querySelector('.ha-pending')")
    found["waiting"] = browser.violations()
    browser.until("!document.querySelector('.ha-pending')")
    browser.ask(ANSWERED)
    found["answered"] = browser.violations()
    browser.click("summary")
    found["unfolded"] = browser.violations()
    browser.click("[data-helpful=false]:not([data-reason])")
    browser.until("[...document.querySelectorAll('.ha-why')].some((e) => !e.hidden)")
    browser.click("[data-reason=outdated]")
    browser.until("[...document.querySelectorAll('.ha-thanks')].some((e) => !e.hidden)")
    found["judged"] = browser.violations()
    browser.ask("Hva med sykehuset da")
    found["no answer"] = browser.violations()
    browser.ask("jeg vil ikke lenger leve")
    found["danger"] = browser.violations()
    browser.ask("krasj")
    found["failed"] = browser.violations()
    browser.click("#ha-clear")
    found["deleted"] = browser.violations()
    return found


@pytest.mark.parametrize(
    ("width", "zoom", "scheme", "forced"),
    [
        (1280, 1, "light", False),
        pytest.param(1280, 1, "dark", False, marks=pytest.mark.slow),
        pytest.param(320, 1, "light", False, marks=pytest.mark.slow),
        (320, 1, "dark", False),
        pytest.param(1280, 2, "light", False, marks=pytest.mark.slow),
        pytest.param(1280, 1, "light", True, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_in_ten_states(browser: Browser, width: int, zoom: int, scheme: str, forced: bool) -> None:
    browser.size(width, 844, zoom=zoom)
    browser.media(scheme=scheme, forced=forced)
    found = through_all_states(browser)

    assert len(found) == 10
    assert {state: violations for state, violations in found.items() if violations} == {}


@pytest.mark.parametrize("zoom", [2, 4])
def test_a_page_set_larger_neither_scrolls_sideways_nor_cuts_its_text(browser: Browser, zoom: int) -> None:
    browser.size(1280, 1024, zoom=zoom)
    browser.open()
    browser.ask(ANSWERED)
    browser.ask("jeg vil ikke lenger leve")

    assert browser.run("return document.documentElement.scrollWidth") == 1280 // zoom
    assert browser.run(CLIPPED) == []


def test_wider_spacing_of_text_cuts_nothing(browser: Browser) -> None:
    browser.size(320, 844)
    browser.open()
    browser.run(
        "const s = document.createElement('style'); s.textContent = arguments[0]; document.head.append(s)", SPACED
    )
    browser.ask(ANSWERED)
    browser.ask("jeg vil ikke lenger leve")

    assert browser.run("return document.documentElement.scrollWidth") == 320
    assert browser.run(CLIPPED) == []


def test_the_numbers_stay_in_sight_while_a_long_conversation_scrolls(browser: Browser) -> None:
    for width, height in ((390, 844), (320, 640), (844, 390)):
        browser.size(width, height)
        browser.open()
        browser.ask(ANSWERED)
        browser.ask(ANSWERED)
        for place in ("0", "document.body.scrollHeight"):
            browser.run(f"window.scrollTo({{top: {place}, behavior: 'instant'}})")
            top = browser.run("return document.querySelector('.ha-emergency').getBoundingClientRect().top")
            assert top == 0, (width, place)


def test_forced_colours_keep_borders_and_the_pressed_button_apart(browser: Browser) -> None:
    browser.media(forced=True)
    browser.open()
    browser.ask(ANSWERED)
    browser.click("[data-helpful=true]")
    browser.until("document.querySelector('[aria-pressed=true]')")
    style = "getComputedStyle(document.querySelector(arguments[0]))"

    assert browser.run(f"return {style}.borderTopWidth", ".ha-reply .ha-body") != "0px"
    pressed = browser.run(f"return {style}.backgroundColor", "[data-helpful=true]")
    assert pressed != browser.run(f"return {style}.backgroundColor", "[data-helpful=false]")


def test_letters_are_sixteen_pixels_or_more(browser: Browser) -> None:
    browser.size(390, 844)
    browser.open()
    browser.ask(ANSWERED)
    browser.ask("jeg vil ikke lenger leve")
    small = browser.run(
        "return [...document.querySelectorAll('body *')].filter((e) => e.offsetParent && !e.closest('.ha-unseen') && "
        "[...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && "
        "parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.outerHTML.slice(0, 80))"
    )

    assert small == []


def spoken(browser: Browser) -> list[tuple[str, str]]:
    """Role and name of all that a screen reader meets, in its order."""
    nodes = {
        node["nodeId"]: node for node in browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    }
    met: list[tuple[str, str]] = []
    waiting = [next(iter(nodes))]
    while waiting:
        node = nodes[waiting.pop()]
        waiting.extend(child for child in reversed(node["childIds"]) if child in nodes)
        if not node["ignored"]:
            met.append((node["role"]["value"], node.get("name", {}).get("value", "")))
    return met


def test_a_screen_reader_meets_heading_question_answer_and_sources_in_that_order(browser: Browser) -> None:
    browser.open()
    browser.ask(ANSWERED)
    met = spoken(browser)
    wanted = [
        ("link", "113"),
        ("link", "116117"),
        ("heading", "Helseassistent"),
        ("heading", "Samtalen"),
        ("log", "Samtalen"),
        ("article", "Du"),
        ("article", "Helseassistent"),
        ("link", "Kilde 1: Medisinsk senter ved legevakten"),
        ("heading", "Kilder"),
        ("list", "Kilder"),
        ("link", "Åpne siden ved sitatet (åpnes i ny fane)"),
        ("button", "Slett samtalen"),
        ("textbox", "Hva lurer du på?"),
    ]

    places = [met.index(node) for node in wanted]
    assert places == sorted(places)
