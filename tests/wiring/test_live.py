"""A new generation of the index is taken over while people ask, and a broken one is not."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from conftest import SHIPPED
from helseassistent.index.generation import VECTORS, current_id
from helseassistent.index.manifest import CURRENT
from helseassistent.settings import Settings
from helseassistent.types import Answer
from helseassistent.wiring import build_index, build_parts, encoder_of
from helseassistent.wiring.live import NO_RULES, Live

QUESTION = ["Hvor mange plasser har Storetveit sykehjem til pasienter fra sykehuset?"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shutil.copytree(SHIPPED, tmp_path / "corpus")
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def live(settings: Settings) -> Live:
    return Live(index=settings.index, build=partial(build_parts, settings, encoder=encoder_of(settings)))


def publish(settings: Settings, places: int) -> str:
    """A new generation in which the nursing home has so many places; its id."""
    page = settings.corpus / "bergen-kommune" / "vare-satsinger.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("opprettet 27 plasser", f"opprettet {places} plasser"), encoding="utf-8")
    build_index(settings)
    return current_id(settings.index)


def answer(live: Live) -> str:
    reply = live.edition().ask(QUESTION, None).reply
    assert isinstance(reply, Answer)
    return " ".join(claim.text for claim in reply.claims)


def test_a_new_generation_is_taken_over_and_a_running_request_keeps_the_old_one(live: Live, settings: Settings) -> None:
    before = live.edition()
    assert "27 plasser" in answer(live)
    assert live.refresh() is False

    new = publish(settings, 31)
    assert live.refresh() is True
    assert "31 plasser" in answer(live)
    assert live.edition().ask(QUESTION, None).generation == new
    assert live.problem() is None
    assert before.ask(QUESTION, None).generation != new
    assert live.refresh() is False


def test_a_broken_generation_is_not_taken_over_and_the_reason_is_told(live: Live, settings: Settings) -> None:
    broken = publish(settings, 31)
    vectors = settings.index / broken / VECTORS
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    assert live.refresh() is False
    assert "27 plasser" in answer(live)
    assert VECTORS in str(live.problem())
    assert live.refresh() is False

    build_index(settings)
    assert live.refresh() is True
    assert "31 plasser" in answer(live)
    assert live.problem() is None


def test_an_index_that_has_gone_is_a_problem_and_the_old_one_goes_on(live: Live, settings: Settings) -> None:
    (settings.index / CURRENT).unlink()

    assert live.refresh() is False
    assert "27 plasser" in answer(live)
    assert str(settings.index) in str(live.problem())
    assert not (settings.index / CURRENT).exists()


def test_danger_is_told_from_questions_without_a_search(live: Live) -> None:
    edition = live.edition()
    assert edition.danger(QUESTION, None) is None
    told = edition.danger(["Hei", "Faren min har falt om og puster ikke"], "nn")
    assert told is not None
    assert told.reply == edition.ask(["Faren min har falt om og puster ikke"], "nn").reply
    assert told.language == "nn"
    sprain = ["Hva gjør legevakten med en forstuet ankel?"]
    assert edition.danger(sprain, None) is None


def test_a_watch_sees_a_new_generation_by_itself(live: Live, settings: Settings) -> None:
    live.watch(every=0.05)
    publish(settings, 33)
    deadline = time.monotonic() + 20
    while "33 plasser" not in answer(live) and time.monotonic() < deadline:
        time.sleep(0.05)
    live.stop()
    assert "33 plasser" in answer(live)


def test_a_service_without_its_rules_for_danger_says_that_it_is_not_whole(live: Live, settings: Settings) -> None:
    assert live.problem() is None
    parts = build_parts(settings)
    safety = replace(parts.assistant.safety, works=False)
    blind = replace(parts, assistant=replace(parts.assistant, safety=safety))
    assert Live(index=settings.index, build=lambda: blind).problem() == NO_RULES
