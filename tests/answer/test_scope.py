"""Why there is no answer, and which pages may be about the subject."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import page
from helseassistent.answer.scope import NEAR, TOPICS, abstain
from helseassistent.index.passages import cut
from helseassistent.types import Scored

PAGES = {f"{name}.md": page(f"{name}.md", f"## Om\n\n{name}.\n\n## Mer\n\nMer om {name}.") for name in "abcde"}
EVIDENCE = [Scored(passage, 1.0) for found in PAGES.values() for passage in cut(found)]


def seen(dense: float = 0.0, context: float = 0.0, foreign_place: float = 0.0) -> dict[str, float]:
    return {"dense": dense, "context": context, "foreign_place": foreign_place}


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (seen(dense=NEAR), "near_miss"),
        (seen(context=NEAR), "near_miss"),
        (seen(dense=-1.0, context=-1.0), "out_of_scope"),
    ],
)
def test_the_reason_follows_how_near_the_best_passage_is(features: dict[str, float], reason: str) -> None:
    assert abstain(features, evidence=EVIDENCE, pages=PAGES, confidence=0.1).reason == reason


def test_each_page_is_offered_once_and_at_most_three() -> None:
    found = abstain(seen(dense=1.0), evidence=EVIDENCE, pages=PAGES, confidence=0.1)
    assert [topic.title for topic in found.topics] == ["Om a.md", "Om b.md", "Om c.md"]
    assert {topic.section for topic in found.topics} == {"Om"}
    assert len(found.topics) == TOPICS
    assert found.confidence == 0.1


def test_a_passage_without_headings_is_offered_by_its_title() -> None:
    bare = [Scored(replace(EVIDENCE[0].passage, headings=()), 1.0)]
    assert abstain(seen(dense=1.0), evidence=bare, pages=PAGES, confidence=0.1).topics[0].section == "Om a.md"


def test_out_of_scope_offers_nothing() -> None:
    assert abstain(seen(dense=-1.0, context=-1.0), evidence=EVIDENCE, pages=PAGES, confidence=0.1).topics == ()


def test_another_town_is_said_to_be_elsewhere() -> None:
    found = abstain(seen(dense=1.0, foreign_place=1.0), evidence=EVIDENCE, pages=PAGES, confidence=0.1)
    assert (found.reason, found.notice, found.topics) == ("out_of_scope", "elsewhere", ())
