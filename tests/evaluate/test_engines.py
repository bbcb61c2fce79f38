"""Both engines over one set, side by side, with what became of every drafted claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from answer.model_server import drafts, served
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing
from helseassistent.cli import main
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.engines import engines_markdown
from helseassistent.evaluate.questions import Question, read_questions
from helseassistent.types import Page
from helseassistent.wiring import Parts
from helseassistent.wiring.evaluation import both_engines

pytestmark = pytest.mark.slow
SET = Path(__file__).parents[2] / "benchmarks" / "questions" / "kilder-utvikling.jsonl"
QUOTE = "På Storetveit sykehjem har kommunen opprettet 27 plasser ved en mottaksavdeling"


@pytest.fixture(scope="module")
def pages(parts: Parts) -> Mapping[str, Page]:
    return parts.assistant.retriever.generation.pages


@pytest.fixture(scope="module")
def few(pages: Mapping[str, Page]) -> list[Question]:
    """Three questions on the ward, and one that no page answers."""
    found = read_questions(SET, pages=pages)
    ward = [question for question in found if any("27 plasser" in right.quote for right in question.relevant)]
    return [*ward[:3], next(question for question in found if question.kind == "out_of_scope")]


def claims(told: dict[str, Any]) -> list[dict[str, str]]:
    """A true claim, one with another number and one from nowhere."""
    place = next(passage["id"] for passage in told["passages"] if QUOTE in passage["text"])
    texts = {QUOTE: place, QUOTE.replace("27", "72"): place, "Alt er gratis": "K9"}
    return [{"text": text, "passage": passage, "quote": QUOTE} for text, passage in texts.items()]


def test_two_engines_and_the_fate_of_every_claim_stand_in_one_table(
    parts: Parts, few: list[Question], pages: Mapping[str, Page]
) -> None:
    own = parts.assistant
    with served(drafts(claims)) as server:
        backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
        phrasing = Phrasing(LanguageModel(Server(server.url, "prøvemodell")), backing)
        engines = both_engines(replace(parts, assistant=replace(own, phrasing=phrasing)), few, pages=pages)
        asked = len(server.asked)
    assert asked > 0
    assert engines.claims == {"kept": asked, "number": asked, "passage": asked}
    assert not engines.troubles
    shown = engines_markdown(engines)
    assert f"| Formulert av modellen, av svarene | 0 av {asked} | {asked} av {asked} |" in shown
    assert f"Påstander i utkastene: {3 * asked}. Forkastet: {2 * asked} (67%)." in shown
    assert f"| har et annet tall enn sitatet | {asked} |" in shown


def test_a_server_that_is_gone_is_counted_apart_from_claims(
    parts: Parts, few: list[Question], pages: Mapping[str, Page]
) -> None:
    own = parts.assistant
    with served(drafts(claims)) as server:
        pass
    backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
    phrasing = Phrasing(LanguageModel(Server(server.url, "prøvemodell")), backing)
    engines = both_engines(replace(parts, assistant=replace(own, phrasing=phrasing)), few[:1], pages=pages)
    assert engines.troubles == {"unreachable": 1}
    assert "Påstander i utkastene: 0. Forkastet: 0." in engines_markdown(engines)


def test_without_a_model_there_is_nothing_to_compare(
    parts: Parts, pages: Mapping[str, Page], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(QuestionSetError, match="HELSEASSISTENT_LLM_URL"):
        both_engines(parts, [], pages=pages)
    corpus = str(Path(__file__).parents[2] / "corpus")
    assert main(["evaluate", str(SET), "--engines", "--corpus", corpus, "--index", str(tmp_path)]) != 0
    assert "HELSEASSISTENT_LLM_URL" in capsys.readouterr().err
