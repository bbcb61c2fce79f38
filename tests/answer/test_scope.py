"""Why there is no answer, and which pages may be about the subject."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fakes import page
from helseassistent.answer.scope import LIMIT, NEAR, SURELY_OFF, TOPICS, Scope, abstain
from helseassistent.index.passages import cut
from helseassistent.types import Abstention, Scored

PAGES = {f"{name}.md": page(f"{name}.md", f"## Om\n\n{name}.\n\n## Mer\n\nMer om {name}.") for name in "abcde"}
EVIDENCE = [Scored(passage, 1.0) for found in PAGES.values() for passage in cut(found)]


def seen(
    dense: float = 0.0, context: float = 0.0, foreign_place: float = 0.0, off_topic: float = -1.0
) -> dict[str, float]:
    return {"dense": dense, "context": context, "foreign_place": foreign_place, "off_topic": off_topic}


def abstention(features: dict[str, float], advice: bool = False, evidence: list[Scored] = EVIDENCE) -> Abstention:
    return abstain(features, evidence=evidence, pages=PAGES, confidence=0.1, advice=advice)


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (seen(dense=NEAR), "near_miss"),
        (seen(context=NEAR), "near_miss"),
        (seen(dense=-1.0, context=-1.0), "out_of_scope"),
        (seen(dense=NEAR - 0.05, off_topic=1.0), "out_of_scope"),
        (seen(dense=NEAR - 0.05), "no_evidence"),
    ],
)
def test_the_reason_follows_how_near_the_best_passage_is(features: dict[str, float], reason: str) -> None:
    assert abstention(features).reason == reason


def test_each_page_is_offered_once_and_at_most_three() -> None:
    found = abstention(seen(dense=1.0))
    assert [topic.title for topic in found.topics] == ["Om a.md", "Om b.md", "Om c.md"]
    assert {topic.section for topic in found.topics} == {"Om"}
    assert len(found.topics) == TOPICS
    assert found.confidence == 0.1


def test_a_passage_without_headings_is_offered_by_its_title() -> None:
    bare = [Scored(replace(EVIDENCE[0].passage, headings=()), 1.0)]
    assert abstention(seen(dense=1.0), evidence=bare).topics[0].section == "Om a.md"


def test_out_of_scope_offers_nothing() -> None:
    assert abstention(seen(dense=-1.0, context=-1.0)).topics == ()


def test_another_town_is_said_to_be_elsewhere() -> None:
    found = abstention(seen(dense=1.0, foreign_place=1.0))
    assert (found.reason, found.notice, found.topics) == ("out_of_scope", "elsewhere", ())


def test_own_care_is_told_from_services() -> None:
    found = abstention(seen(dense=0.1), advice=True)
    assert (found.reason, found.notice, found.topics) == ("out_of_scope", "advice", ())
    assert abstention(seen(dense=0.1, off_topic=SURELY_OFF), advice=True).notice is None


def test_the_classifiers_are_linear_and_one_of_them_is_bounded() -> None:
    one = np.array([1.0, 0.0], dtype=np.float32)
    scope = Scope(one, 0.5, one, -0.5, 0.25)
    assert scope.off_topic(np.array([1.0, 9.0], dtype=np.float32)) == 1.5
    assert scope.off_topic(100 * one) == LIMIT
    assert scope.off_topic(-100 * one) == -LIMIT
    assert scope.is_advice(np.array([0.75, 0.0], dtype=np.float32))
    assert not scope.is_advice(np.array([0.7, 0.0], dtype=np.float32))
