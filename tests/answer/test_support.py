"""What the confidence is computed from: each feature that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from answer.evidence import found
from fakes import HashingEncoder, page
from helseassistent.answer.extract import Choice
from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.answer.support import features
from helseassistent.types import Scored

BODY = "Sykehjemmet har 27 plasser. Kafeen er åpen."
SURE = (Choice(0, 0, 0.97), Choice(0, 1, 0.02), Choice(1, 0, 0.01))


def seen(question: str, *evidence: Scored, choices: tuple[Choice, ...] = SURE) -> dict[str, float]:
    encoder = HashingEncoder()
    return features(
        read_question(question, encoder=encoder),
        evidence=evidence,
        choices=choices,
        pages={one.passage.file: page(one.passage.file, one.passage.text) for one in evidence},
        vectors=WordVectors(encoder),
        off_topic=-1.5,
    )


def two() -> tuple[Scored, Scored]:
    best = found(BODY, file="a.md", score=3.0, similarities=(0.7, 0.1))
    return best, found("Parkering koster 40 kroner.", file="b.md", score=1.25)


def test_features_of_an_answer_that_is_all_there() -> None:
    measured = seen("Hvor mange plasser har sykehjemmet?", *two())
    expected = {
        "covered": 1.0,
        "gap": 0.0,
        "quote_covered": 1.0,
        "quote_new_gap": 0.0,
        "quote_similarity": 0.7,
        "passage_share": 0.99,
        "quote_share": 0.97,
        "page_margin": 1.75,
        "known_words": 1.0,
        "length": float(np.log1p(2)),
        "pages": float(np.log(2)),
        "foreign_place": 0.0,
        "off_topic": -1.5,
        "asked": 1.0,
        "no_count": 0.0,
        "count_gap": 0.0,
        "quote_lacks": 0.0,
    }
    assert {name: measured[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_features_of_an_answer_that_lacks_the_word_and_the_fact() -> None:
    measured = seen("Hvor mange bader på sykehjemmet?", *two())
    assert measured["covered"] == pytest.approx(0.5)
    assert measured["gap"] == pytest.approx(0.5)
    assert measured["known_words"] == 0.5
    assert measured["count_gap"] == 1.0
    assert seen("Hva koster sykehjemmet?", *two())["no_price"] == 1.0
    assert seen("Hva koster sykehjemmet?", *two())["quote_lacks"] == 1.0
    assert seen("Kan sykehjemmet hjelpe?", *two())["asked"] == 0.0


def test_another_town_than_the_page_speaks_for_is_seen() -> None:
    assert seen("Har Stavanger sykehjem?", *two())["foreign_place"] == 1.0
    assert seen("Har Bergen sykehjem?", *two())["foreign_place"] == 0.0


def test_the_margin_is_to_another_page_and_nothing_when_there_is_none() -> None:
    same_page = found(BODY, file="a.md", start=100, score=2.5)
    best, other = two()
    assert seen("Har sykehjemmet plasser?", best, same_page, other)["page_margin"] == 1.75
    assert seen("Har sykehjemmet plasser?", best, same_page, choices=SURE[:2])["page_margin"] == 0.0


@pytest.mark.parametrize("question", ["", "😀", "Hvor mange?", "og da?", "når " * 50])
def test_odd_questions_give_finite_features_of_the_same_names(question: str) -> None:
    measured = seen(question, *two())
    assert set(measured) == set(seen("Har sykehjemmet plasser?", *two()))
    assert all(np.isfinite(value) for value in measured.values())
