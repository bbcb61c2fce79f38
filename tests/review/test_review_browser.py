"""The page for staff in a browser: nothing stored runs, keys do it all, axe finds nothing, picked words are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys

from chat.browser import Browser
from chat.conftest import served
from chat.test_payloads import AROUND, KINDS
from helseassistent.index.encode import load_encoder
from helseassistent.review.approvals import NewApproval, approve, flag
from helseassistent.review.cases import Approved, Change, NewExchange, Quote
from helseassistent.review.exchanges import write
from helseassistent.review.reports import Reporter
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import history, judge
from helseassistent.review.view import build_review
from helseassistent.types import Answer, Claim, Page
from needed import AXE
from review.desk import BODY, PAGES, SOURCES, logged, parts, quote, small_log
from review.fakes import DAY, verdict

STRANGE = (
    "main :is(img, iframe, object, embed, video, style, link, meta, base, math, template, script),"
    " main form:not([action^='/sak/'], [action^='/godkjente/'], [action='/'], [method=dialog])"
)
VIEWS = (
    "/",
    "/?tilstand=judged&grunn=unanswered&q=finnesikke",
    "/sak/case-down-1",
    "/sak/case-none-1",
    "/sak/case-near-1?sok=sykehjem&fil=by/c.md",
    "/godkjente",
    "/rapporter",
    "/finnes-ikke",
)
LOOKS = [(1280, "light", False), (1280, "dark", False), (320, "light", False), (320, "light", True)]

LONG = "ord" * 40  # wider than a phone
WIDER = (  # what makes the page wider than the window, if anything does
    "return document.documentElement.scrollWidth <= arguments[0] ? [] : [...document.querySelectorAll('body *')]"
    ".filter((e) => e.getBoundingClientRect().right > arguments[0] + 1).map((e) => e.outerHTML.slice(0, 90))"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(str(tmp_path_factory.mktemp("log") / "log.sqlite"))
    small_log(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(store: Store) -> Iterator[str]:
    reporter = Reporter(store, lambda: SOURCES, load_encoder(None), 90)
    yield from served(build_review(replace(parts(store), reporter=reporter)))


@pytest.fixture
def staff(chrome: webdriver.Chrome, address: str) -> Iterator[Browser]:
    opened = Browser(chrome, address, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    yield opened
    opened.reset()


def go(staff: Browser, path: str) -> None:
    staff.driver.get(staff.site + path)


@pytest.mark.slow
def test_the_keyboard_alone_finds_judges_and_leaves_a_case(staff: Browser, store: Store) -> None:
    write(store, [logged("case-keys-1", "Tar dere blodprøver på tastaturet?")])
    go(staff, "/")
    staff.press("/")
    staff.press("tastaturet", Keys.ENTER)
    staff.until("document.querySelectorAll('.ra-question').length === 1")
    staff.press("j", Keys.ENTER)
    staff.until("document.querySelector('#ra-page')")
    staff.press("g", Keys.SHIFT + Keys.ARROW_DOWN + Keys.NULL, Keys.ENTER)
    assert "Valgt som riktig sitat" in staff.find("#ra-status").text
    staff.press("6")
    staff.press("v", Keys.ARROW_RIGHT)
    staff.press("n")
    staff.press("Skrevet med 1 og 2 i teksten?", Keys.CONTROL + Keys.ENTER)
    staff.until("document.querySelector('.ra-saved')")
    (kept,) = history(store, "case-keys-1")
    assert (kept.said.judgement, kept.said.importance) == ("dangerous", "high")
    assert kept.said.note == "Skrevet med 1 og 2 i teksten?"
    assert [q.quote for q in kept.said.right] == [f"{quote().quote} Den er åpen hver dag fra kl. 9 til 15."]


@pytest.mark.slow
def test_words_marked_by_mouse_are_the_words_that_are_kept_also_after_characters_of_two_units(
    staff: Browser, store: Store
) -> None:
    write(store, [logged("case-mouse-1", "Når kommer svaret?")])
    go(staff, "/sak/case-mouse-1")
    staff.run(
        "const s = [...document.querySelectorAll('.ra-sentence')].find((e) => e.textContent.startsWith('🩸'));"
        "const r = document.createRange(); const t = s.firstChild;"
        "r.setStart(t, t.data.indexOf('kommer') + 2); r.setEnd(t, t.data.indexOf('dag') + 3);"
        "const g = getSelection(); g.removeAllRanges(); g.addRange(r);"
    )
    staff.until("!document.querySelector('#ra-pick').disabled")
    staff.click("#ra-pick")
    staff.click("#ra-save")
    staff.until("document.querySelector('.ra-saved')")
    (kept,) = history(store, "case-mouse-1")
    assert [q.quote for q in kept.said.right] == ["kommer samme dag"]
    assert BODY[kept.said.right[0].start :].startswith("kommer samme dag")


@pytest.mark.slow
def test_a_sentence_is_chosen_by_a_click_and_another_page_keeps_the_note(staff: Browser, store: Store) -> None:
    write(store, [logged("case-other-1", "Hvor mange rom?")])
    go(staff, "/sak/case-other-1")
    staff.find("#ra-note").send_keys("Ble stående")
    staff.find("#ra-find input[type=search]").send_keys("sykehjem", Keys.ENTER)
    staff.until("document.querySelector('[aria-label=\"Sider som ble funnet\"] a')")
    staff.find('[aria-label="Sider som ble funnet"] a').click()
    staff.until("document.querySelector('#ra-source').dataset.file === 'by/b.md'")
    ActionChains(staff.driver).click(staff.find("#ra-page .ra-sentence")).perform()
    staff.click("#ra-pick")
    assert staff.run("return document.querySelector('#ra-note').value") == "Ble stående"
    staff.click("#ra-save")
    staff.until("document.querySelector('.ra-saved')")
    (kept,) = history(store, "case-other-1")
    assert [(q.file, q.quote) for q in kept.said.right] == [("by/b.md", "Det er seks rom.")]


@pytest.mark.slow
def test_single_keys_can_be_switched_off_and_do_nothing_while_one_writes(staff: Browser) -> None:
    go(staff, "/sak/case-near-1")
    staff.find("#ra-note").send_keys("126nsq?")
    assert not staff.all("input[name=judgement]:checked")
    assert not staff.all("dialog[open]")
    staff.run("document.activeElement.blur()")
    staff.find("body").send_keys("?")
    staff.until("document.querySelector('dialog[open]')")
    staff.click("#ra-keys-on")
    staff.press(Keys.ESCAPE)
    staff.find("body").send_keys("1")
    assert not staff.all("input[name=judgement]:checked")
    staff.run("localStorage.clear()")


@pytest.mark.slow
def test_two_hundred_stored_payloads_are_text_wherever_they_are_shown(chrome: webdriver.Chrome, store: Store) -> None:
    payloads = [around.replace("{}", kind) for kind in KINDS for around in AROUND]
    assert len(payloads) == 200
    pages = {f"by/{n}.md": _hostile_page(n, payload) for n, payload in enumerate(payloads)}
    sources = Sources("g1", {**PAGES, **pages})
    write(store, [_hostile(n, payload) for n, payload in enumerate(payloads)])
    for n, payload in enumerate(payloads):
        said = replace(verdict(f"hostile-{n}", note=payload), question=payload, category=payload[:60])
        judge(store, replace(said, right=(Quote(f"by/{n}.md", 0, len(payload), payload),)), seen=0)
    with store.writing() as connection:
        for n, payload in enumerate(payloads):
            rests = (Quote(f"by/{n}.md", 0, len(payload), payload, title=payload, page_url=payload),)
            approve(connection, NewApproval(f"gull-{n}", payload, "nb", rests, payload[:40], DAY, "g1"))
    hostile = build_review(parts(store, sources=sources))
    for site in served(hostile):
        staff = Browser(chrome, site, axe="")
        staff.reset()
        for n, payload in enumerate(payloads):
            staff.driver.get(f"{site}/sak/hostile-{n}")
            shown = staff.run(
                "return [document.querySelector('h1').textContent, document.querySelector('#ra-page').textContent]"
            )
            assert shown == [payload.strip() and payload, pages[f"by/{n}.md"].body]
            _unharmed(staff, site)
        for path in ["/godkjente", *(f"/?tilstand=judged&side={page}" for page in range(1, 10))]:
            staff.driver.get(site + path)
            _unharmed(staff, site)
        assert staff.hosts() == {site.removeprefix("http://")}
        staff.reset()


def _unharmed(staff: Browser, site: str) -> None:
    assert staff.run("return [window.__xss === undefined, location.origin]") == [True, site]
    assert not staff.all(STRANGE)


def _hostile_page(number: int, payload: str) -> Page:
    return Page(f"by/{number}.md", payload, "javascript:window.__xss=1", payload, "nb", None, None, payload)


def _hostile(number: int, payload: str) -> NewExchange:
    words = replace(quote(), file=f"by/{number}.md", quote=payload, start=0, end=len(payload), title=payload)
    entry = logged(f"hostile-{number}", payload, Answer((Claim(payload, (words,)),), 0.9))
    entry.reply["text"] = payload
    entry.reply["understood"] = f"{payload} "
    entry.reply["evidence"] = [{"file": f"by/{number}.md", "start": 0, "end": len(payload), "score": 0.5}]
    return entry


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "forced"),
    [(1280, "light", False), (1280, "dark", False), (320, "light", False), (320, "light", True)],
)
def test_axe_finds_nothing_in_any_view_and_nothing_scrolls_sideways(
    staff: Browser, store: Store, width: int, scheme: str, forced: bool
) -> None:
    _approved_of_each_state(store)
    write(store, [logged("case-long-1", LONG)])
    staff.size(width, 900)
    staff.media(scheme=scheme, forced=forced)
    views = (
        "/",
        "/?tilstand=judged&grunn=unanswered&q=finnesikke",
        "/sak/case-down-1",
        "/sak/case-none-1",
        "/sak/case-long-1",
        "/godkjente",
    )
    for path in (*views, "/rapporter", "/sak/case-near-1?sok=sykehjem&fil=by/c.md", "/finnes-ikke"):
        go(staff, path)
        assert (path, staff.violations()) == (path, [])
        assert (path, staff.run(WIDER, width)) == (path, [])
    go(staff, "/sak/case-near-1")
    staff.press("s", Keys.ENTER)
    assert staff.violations() == []
    staff.find("body").send_keys("?")
    staff.until("document.querySelector('dialog[open]')")
    assert staff.violations() == []
    staff.press(Keys.ESCAPE)
    staff.run("document.querySelectorAll('[name=right]').forEach((e) => { e.value = 'x'; })")
    staff.press("2")
    staff.click("#ra-save")
    staff.until("document.querySelector('#ra-error')")
    assert staff.violations() == []
    assert staff.complaints() == [] or all("422" in told for told in staff.complaints())


@pytest.mark.slow
def test_who_was_too_late_sees_both_verdicts_and_chooses_by_keyboard(staff: Browser, store: Store) -> None:
    write(store, [logged("case-late-1", "Hvem kom først?")])
    go(staff, "/sak/case-late-1")
    judge(store, verdict("case-late-1", reviewer="ola", note="Olas notat"), seen=0)
    staff.find("body").send_keys("4")
    staff.press("n")
    staff.press("Mitt notat", Keys.CONTROL + Keys.ENTER)
    staff.until("document.querySelector('#ra-conflict')")
    assert "ola vurderte saken mens du så på den" in staff.find("#ra-conflict").text
    assert "Olas notat" in staff.find("#ra-conflict").text
    assert "Mitt notat" in staff.find("#ra-conflict").text
    assert staff.violations() == []
    assert len(history(store, "case-late-1")) == 1
    staff.find("body").send_keys(Keys.CONTROL + Keys.ENTER)
    staff.until("document.querySelector('.ra-saved')")
    assert [kept.said.reviewer for kept in history(store, "case-late-1")] == ["ola", "kari"]


def _approved_of_each_state(store: Store) -> None:
    words = quote()
    rests = (Quote(words.file, words.start, words.end, words.quote, words.page_url, words.title, words.publisher, DAY),)
    with store.writing() as connection:
        for name in ("en", "to"):
            approve(connection, NewApproval(f"gull-{name}", f"Spørsmål {name}? {LONG}", "nb", rests, "kari", DAY, "g1"))
    seen = Approved("gull-to", f"Spørsmål to? {LONG}", "nb", rests, "kari", DAY, "g1")
    flag(store, seen, changes=(Change("by/a.md", words.quote, "Røntgen er stengt."),))
