"""Rows I1 and D8 for sources: 160 hostile pages in a real index, asked about in a browser, are shown as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from selenium import webdriver

from chat.browser import Browser
from chat.conftest import served
from chat.test_payloads import KINDS, STRANGE
from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.chat.view import build_app
from helseassistent.settings import Settings
from helseassistent.wiring import build_parts
from helseassistent.wiring.live import edition_of
from needed import AXE

# A name of its own for every kind of payload, and one for every place that it can stand in.
TOWNS = (
    *("Askeladden", "Brattvika", "Dyrskarlia", "Eikanger", "Fjellvang", "Granheim", "Hestvika", "Ingerslette"),
    *("Jarfjordet", "Kvernmo", "Langesund", "Myrdalen", "Nordstrand", "Ospelund", "Perlehaugen", "Rognlia"),
    *("Solbakken", "Tverrelva", "Ulvika", "Vassenden"),
)
# What is written in each place; {p} is the payload, {t} the town.
PLACES: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "title": ("sykehjem", lambda p, t: f"{t} sykehjem har 27 plasser til pasienter fra sykehuset."),
    "publisher": ("helsestasjon", lambda p, t: f"{t} helsestasjon har 27 plasser på kurset for nye foreldre."),
    "url": ("legevakt", lambda p, t: f"{t} legevakt har 27 plasser på venterommet."),
    "quote": (
        "rehabilitering",
        lambda p, t: f"{t} rehabilitering har 27 plasser til rehabilitering {p} av pasienter fra sykehuset.",
    ),
    "heading": ("dagsenter", lambda p, t: f"## Plasser {p}\n\n{t} dagsenter har 27 plasser til eldre i kommunen."),
    "table": (
        "poliklinikk",
        lambda p, t: f"{t} poliklinikk har 27 plasser til dagpasienter.\n\n| Dag | Tid |\n|---|---|\n| mandag | {p} |",
    ),
    "link_text": (
        "omsorgsbolig",
        lambda p, t: f"{t} omsorgsbolig har 27 plasser til eldre.\n\n[{p}](https://ond.example/a)",
    ),
    "alt_text": (
        "frisklivssentral",
        lambda p, t: f"{t} frisklivssentral har 27 plasser.\n\n![{p}](https://ond.example/b)",
    ),
}


def write_page(folder: Path, *, payload: str, town: str, place: str) -> None:
    service, body = PLACES[place]
    fields = {
        "title": f"{town} {service} {payload}" if place == "title" else f"{town} {service}",
        "url": f"https://{town.lower()}.example/{service}" + (f'?a="{payload}' if place == "url" else ""),
        "publisher": f"{town} kommune {payload}" if place == "publisher" else f"{town} kommune",
        "language": "nb",
        "last_updated": None,
        "fetched_at": None,
    }
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    content = f"---\n{front}---\n# {town} {service}\n\n{body(payload, town)}\n"
    (folder / f"{town.lower()}-{service}.md").write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    corpus, index = tmp_path_factory.mktemp("onde-sider"), tmp_path_factory.mktemp("onde-sider-indeks")
    for payload, town in zip(KINDS, TOWNS, strict=True):
        for place in PLACES:
            write_page(corpus, payload=payload, town=town, place=place)
    assert len(list(corpus.iterdir())) == 160
    parts = build_parts(Settings(corpus=corpus, index=index))
    # However uncertain, it answers: what is asked here is whether the page is shown as text.
    sure = replace(parts.assistant, confidence=replace(parts.assistant.confidence, threshold=0.0))
    edition = edition_of(replace(parts, assistant=sure))
    yield from served(build_app(lambda: edition, load_numbers()))


@pytest.fixture
def hostile(chrome: webdriver.Chrome, hostile_site: str) -> Iterator[Browser]:
    opened = Browser(chrome, hostile_site, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    yield opened
    opened.reset()


def flat(text: str) -> str:
    return " ".join(text.split())


def check_harmless(browser: Browser) -> None:
    """Nothing ran, nothing was built from the text of the page, nobody else was asked for anything."""
    assert browser.run("return window.__xss") is None
    assert not browser.all(STRANGE)
    assert browser.run("return location.origin") == browser.site
    assert browser.hosts() == {urlsplit(browser.site).netloc}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "town"), list(zip(KINDS, TOWNS, strict=True)), ids=TOWNS)
def test_a_hostile_page_is_quoted_as_text(hostile: Browser, kind: str, town: str) -> None:
    hostile.open()
    for place, (service, _) in PLACES.items():
        reply = hostile.ask(f"Hvor mange plasser har {town} {service}?")
        shown = flat(str(hostile.run("return arguments[0].textContent", reply)))
        assert "27 plasser" in shown, (place, shown)
        links: list[str] = hostile.run(
            "return [...arguments[0].querySelectorAll('a')].map((a) => a.getAttribute('href'))", reply
        )
        assert all(link.startswith(("https://", "#", "tel:")) for link in links)
        if place == "url":
            assert any(flat(kind) in flat(link) for link in links), links
        else:
            assert flat(kind) in shown, (place, shown)
        assert not hostile.all(STRANGE)
        hostile.click("#ha-clear")  # so that the next question is not read as leaning on this one
    check_harmless(hostile)


@pytest.mark.slow
def test_hostile_titles_among_the_links_without_javascript_are_text(hostile: Browser) -> None:
    hostile.command("Emulation.setScriptExecutionDisabled", value=True)
    hostile.driver.get(hostile.site)
    listed = hostile.find(".ha-noscript").text
    assert KINDS[0] in listed or "sykehjem" in listed
    hostile.command("Emulation.setScriptExecutionDisabled", value=False)
    assert not hostile.all(".ha-noscript :is(img, script, iframe, svg, style, meta, base, form, object, video)")
    assert hostile.hosts() == {urlsplit(hostile.site).netloc}
