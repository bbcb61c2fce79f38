"""The whole story in a browser, from an empty log: asked, found wrong, put right, given again, changed, explained."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver import Keys

from chat.browser import Browser
from chat.process import free_port, line, running
from conftest import ROOT, SHIPPED
from needed import AXE

ASKED = "Kan legevakten behandle et brudd i armen?"
RIGHT = "Her behandles alle typer brudd og forstuinger i armer og bein, og dette avlaster sykehuset"
NEW = "Her behandles bare brudd i armer, og dette avlaster sykehuset"
GATES = str(ROOT / "benchmarks" / "gates.toml")
PASSWORD = "fire tilfeldige ord her"


@dataclass(frozen=True, slots=True)
class Town:
    """A corpus of its own, both sites over one log, and the command line beside them."""

    folder: Path
    settings: Mapping[str, str]
    chat: str
    review: str

    @property
    def page(self) -> Path:
        return self.folder / "corpus" / "bergen-kommune" / "vare-satsinger.md"

    def run(self, *command: str, typed: str = "") -> str:
        """What `helseassistent` says to that."""
        environment = {**PATHS, **self.settings}
        done = subprocess.run(
            [sys.executable, "-m", "helseassistent.cli", *command],
            env=environment,
            cwd=self.folder,
            input=typed,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


PATHS = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}


@pytest.fixture
def town(place: str, tmp_path: Path) -> Iterator[Town]:
    shutil.copytree(SHIPPED, tmp_path / "corpus")
    ports = free_port(), free_port()
    settings = {
        "HELSEASSISTENT_LOG": place,
        "HELSEASSISTENT_GOLD": str(tmp_path / "gold.jsonl"),
        "HELSEASSISTENT_CORPUS": str(tmp_path / "corpus"),
        "HELSEASSISTENT_INDEX": str(tmp_path / "index"),
        "HELSEASSISTENT_PORT": str(ports[0]),
        "HELSEASSISTENT_REVIEW_PORT": str(ports[1]),
    }
    made = Town(tmp_path, settings, *(f"http://127.0.0.1:{port}" for port in ports))
    made.run("index")
    made.run("review", "user", "add", "kari", "--role", "fagperson", "--display-name", "Kari Nes", typed=PASSWORD)
    start = ("-m", "helseassistent.cli")
    with (
        running(*start, "chat", folder=tmp_path, settings=settings) as chat,
        running(*start, "review", folder=tmp_path, settings=settings) as review,
    ):
        line(chat, "svarer på")
        line(review, "svarer på")
        yield made


@pytest.mark.slow
def test_the_story_of_an_answer_that_was_wrong(chrome: webdriver.Chrome, town: Town) -> None:
    citizen = Browser(chrome, town.chat, AXE.read_text(encoding="utf-8"))
    staff = Browser(chrome, town.review, citizen.axe)
    citizen.reset()
    citizen.open()
    citizen.ask(ASKED)
    citizen.click("[data-helpful=false]:not([data-reason])")
    citizen.until("[...document.querySelectorAll('.ha-why')].some((e) => !e.hidden)")
    citizen.click("[data-reason=wrong]")
    citizen.until("[...document.querySelectorAll('.ha-thanks')].some((e) => !e.hidden)")

    log_in(staff)
    case = pick_the_right_words(staff)
    assert gold_questions(town) == [ASKED]
    assert "1" in town.run("evaluate", str(town.folder / "gold.jsonl"), "--out", "run", "--gates", GATES)

    reply = ask_until(citizen, lambda said: "kontrollert" in said)
    assert RIGHT in reply

    text = town.page.read_text(encoding="utf-8")
    assert RIGHT in text
    town.page.write_text(text.replace(RIGHT, NEW), encoding="utf-8")
    town.run("index")
    staff.driver.get(f"{town.review}/godkjente")
    shown = staff.find("section[aria-labelledby=ra-flagged]").text
    assert RIGHT in shown
    assert NEW in shown
    assert staff.violations() == []
    # As soon as the chat has taken over the new index.
    ask_until(citizen, lambda said: "kontrollert" not in said)
    told = town.run("review", "replay", case)
    assert NEW in told
    citizen.reset()


def log_in(staff: Browser) -> None:
    staff.driver.get(staff.site)
    staff.until("document.querySelector('#password')")
    assert staff.violations() == []
    staff.find("#name").send_keys("kari")
    staff.find("#password").send_keys(PASSWORD, Keys.ENTER)
    staff.until("document.querySelector('.ra-queue')")


def pick_the_right_words(staff: Browser) -> str:
    """By keyboard alone: open the first case, find the sentence, save; the case's id."""
    assert staff.violations() == []
    staff.press("j", Keys.ENTER)
    staff.until("document.querySelector('#ra-page mark')")
    assert staff.violations() == []
    case: str = staff.run("return location.pathname.split('/').at(-1)")
    assert staff.find("h1").text == ASKED
    assert "Tommel ned" in staff.find(".ra-thumb").text
    marked = staff.run("return [...document.querySelectorAll('#ra-page mark')].map((e) => e.textContent).join(' ')")
    assert "røntgenavdeling" in marked
    staff.press("s")
    for _ in range(60):
        if staff.run("return document.querySelector('.ra-now')?.textContent.startsWith(arguments[0])", RIGHT[:40]):
            break
        staff.press(Keys.ARROW_DOWN)
    staff.press(Keys.ENTER)
    assert RIGHT in staff.find("#ra-picked-list q").text
    assert staff.run("return document.querySelector('input[name=judgement]:checked').value") == "corrected"
    staff.press("n")
    staff.press("Setningen etter svarer på det.")
    staff.press(Keys.CONTROL + Keys.ENTER)
    staff.until("document.querySelector('.ra-saved')")
    return case


def gold_questions(town: Town) -> list[str]:
    """What the gold set asks."""
    lines = [json.loads(row) for row in (town.folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in lines]


def ask_until(citizen: Browser, holds: Callable[[str], bool]) -> str:
    """The first reply that is so, in small letters; what has changed is looked at every five seconds."""
    citizen.open()
    for _ in range(12):
        reply = citizen.ask(ASKED).text
        if holds(reply.lower()):
            return reply
        time.sleep(1.5)
    raise AssertionError(reply)
