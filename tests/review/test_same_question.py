"""In doubt two questions are not the same: the answer to another question is worse than none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helseassistent.review.same_question import key_of

PAIRS = Path(__file__).parents[2] / "benchmarks" / "questions" / "same-question.jsonl"


def test_of_the_written_pairs_one_near_miss_in_350_is_taken_for_the_same() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    alike = [pair for pair in pairs if key_of(pair["a"]) == key_of(pair["b"])]
    assert len(pairs) > 500
    assert [pair["a"] for pair in alike if not pair["same"]] == ["Kan legen ta betalt for attest?"]
    assert sum(pair["same"] for pair in alike) >= 115


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hva koster en time hos fastlegen?", "Kva kostar ein time hos fastlegen?"),
        ("Hva koster en time hos fastlegen?", "Hei, jeg lurer på hva koster en time hos fastlegen"),
        ("Kan legevakten ta røntgen?", "TAR LEGEVAKTEN RØNTGEN"),
        ("Hva betyr helsefellesskap?", "Kva er eit helsefellesskap?"),
    ],
)
def test_forms_of_norwegian_and_of_asking_do_not_matter(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)
    assert key_of(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hva er grensen i 2024?", "Hva er grensen i 2025?"),
        ("Skal jeg møte fastende?", "Skal jeg ikke møte fastende?"),
        ("Er legevakten i Bergen åpen?", "Er legevakten i Oslo åpen?"),
        ("Er tannlege gratis for barn?", "Er tannlege gratis for eldre?"),
        ("Kan fastlegen henvise til legevakten?", "Kan legevakten henvise til fastlegen?"),
        ("Hva er legevakten?", "Hvor er legevakten?"),
    ],
)
def test_a_number_a_no_a_place_a_person_and_an_order_do(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("question", ["", "😀", "Hva da?", "Og hvor mange da?"])
def test_a_question_without_a_word_of_its_own_is_like_no_other(question: str) -> None:
    assert key_of(question) is None
