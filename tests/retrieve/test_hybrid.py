"""Retrieval: best first, scores that compare, and the right passage for plain questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder, corpus
from helseassistent.errors import SettingsError
from helseassistent.index.build import build
from helseassistent.index.generation import Generation, open_generation
from helseassistent.retrieve.hybrid import READ_AGAIN, HybridRetriever
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import NAMES, SignalTable
from helseassistent.retrieve.thesaurus import Thesaurus
from helseassistent.types import Scored


@pytest.fixture
def retriever(generation: Generation) -> HybridRetriever:
    return HybridRetriever(generation, encoder=HashingEncoder(), weights=RankWeights.shipped(contextual=False))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Kan legevakten ta røntgen av en brukket arm?", "røntgenavdeling"),
        ("Hvor mange plasser har Storetveit sykehjem?", "27 plasser"),
        ("Når ble Nygårdsparken stengt?", "sommeren 2014"),
        ("Hvilke pasientgrupper skal helsefellesskapene prioritere?", "fire pasientgrupper"),
    ],
)
def test_plain_questions_find_their_passage_first(question: str, words: str, retriever: HybridRetriever) -> None:
    assert words in retriever.search(question)[0].passage.text


def test_the_best_come_first_each_once_and_no_more_than_asked_for(retriever: HybridRetriever) -> None:
    found = retriever.search("helse i Bergen", top_k=3)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({one.passage.id for one in found}) == 3
    assert found == retriever.search("helse i Bergen", top_k=3)


def test_sentences_of_what_is_found_are_spans_of_the_page(retriever: HybridRetriever) -> None:
    for found in retriever.search("psykiatrisk legevakt"):
        body = retriever.generation.pages[found.passage.file].body
        assert found.sentences
        assert all(body[one.start : one.end] == one.text for one in found.sentences)
        assert [one.start for one in found.sentences] == sorted(one.start for one in found.sentences)


@pytest.mark.parametrize("question", ["", "😀", "qwzx", "og det er", "helse " * 200])
def test_odd_questions_find_something_finite_or_nothing(question: str, retriever: HybridRetriever) -> None:
    assert all(np.isfinite(found.score) for found in retriever.search(question))


def test_a_score_is_the_weighted_sum_of_the_signals() -> None:
    values = np.arange(len(NAMES) * 2, dtype=np.float32).reshape(2, -1)
    weights = RankWeights.of({NAMES[0]: 2, NAMES[1]: 0.5})
    found = scores(SignalTable(np.array([0, 1]), values), weights=weights)
    np.testing.assert_allclose(found, [0.5, len(NAMES) * 2 + (len(NAMES) + 1) * 0.5])


def test_an_unknown_signal_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"dens.*Kjente: dense"):
        RankWeights.of({"dens": 1.0})


SAYS_ALL = "Legen har parkering og røntgen."
NOTHING = RankWeights.of({})
ONLY_SAID = RankWeights.of({}, again={"said": 2.0})


def found_in(bodies: dict[str, str], folder: Path, *, weights: RankWeights, top_k: int = 10) -> list[Scored]:
    encoder = HashingEncoder()
    build(corpus(**bodies), folder, encoder=encoder)
    retriever = HybridRetriever(open_generation(folder), encoder=encoder, weights=weights)
    return retriever.search("Har legen parkering og røntgen?", top_k=top_k)


def files(found: Sequence[Scored]) -> list[str]:
    return [scored.passage.file for scored in found]


BODIES = {"a": "Legen er her.", "b": "Kafeen har parkering for legen.", "c": SAYS_ALL}


def test_the_second_ranking_puts_what_says_more_of_the_question_first(tmp_path: Path) -> None:
    assert files(found_in(BODIES, tmp_path, weights=NOTHING)) == ["a.md", "b.md", "c.md"]
    found = found_in(BODIES, tmp_path, weights=ONLY_SAID)
    assert files(found) == ["c.md", "b.md", "a.md"]
    assert found[0].signals.said == pytest.approx(1.0)
    assert [scored.score for scored in found] == pytest.approx([2 * scored.signals.said for scored in found])


def test_without_a_second_ranking_the_first_stands(tmp_path: Path) -> None:
    weights = RankWeights.of(RankWeights.shipped(contextual=False).by_name()["weights"])
    found = found_in(BODIES, tmp_path, weights=weights)
    assert all(scored.signals.said == scored.signals.late == 0.0 for scored in found)
    by_hand = [
        sum(weight * getattr(one.signals, name) for name, weight in weights.by_name()["weights"].items())
        for one in found
    ]
    assert [scored.score for scored in found] == pytest.approx(by_hand, rel=1e-4, abs=1e-5)
    assert [scored.score for scored in found] == sorted((scored.score for scored in found), reverse=True)


def test_reading_word_by_word_finds_what_says_the_question(tmp_path: Path) -> None:
    found = found_in(BODIES, tmp_path, weights=RankWeights.of({}, again={"late": 3.0}))
    assert found[0].passage.file == "c.md"
    assert [scored.score for scored in found] == pytest.approx([3 * scored.signals.late for scored in found])
    assert all(scored.sentences[0].late > 0 for scored in found)


def test_the_length_of_a_passage_is_a_signal_of_the_second_ranking(tmp_path: Path) -> None:
    bodies = {"a": "Kafeen er åpen.", "b": "Kafeen i parken er åpen hver dag."}
    found = found_in(bodies, tmp_path, weights=RankWeights.of({}, again={"length": -1.0}))
    assert files(found) == ["a.md", "b.md"]
    assert [scored.score for scored in found] == pytest.approx([-np.log(1 + 3), -np.log(1 + 7)])


def test_official_words_are_searched_for_besides(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    build(corpus(a="Kafeen er her.", b="Utskrivningsklar pasient venter."), tmp_path, encoder=encoder)
    thesaurus = Thesaurus([(["utskrivningsklar"], ["ferdigbehandlet"])])
    weights = RankWeights.of({"words": 1.0})
    retriever = HybridRetriever(open_generation(tmp_path), encoder=encoder, weights=weights, thesaurus=thesaurus)
    found = retriever.search("Han er ferdigbehandlet, hva skjer?")
    assert found[0].passage.file == "b.md"
    assert found[0].signals.words > 0
    assert retriever.searched_also("Han er ferdigbehandlet, hva skjer?") == ("utskrivningsklar",)


def test_a_question_in_nynorsk_is_worth_the_most_of_its_two_wordings(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    build(corpus(**BODIES, d="Sykehjemmet har mange plasser.", e="Kor mange?"), tmp_path, encoder=encoder)
    generation, weights = open_generation(tmp_path), RankWeights.shipped(contextual=False)
    both = HybridRetriever(generation, encoder=encoder, weights=weights)
    typed = HybridRetriever(generation, encoder=encoder, weights=weights, reworded=str)
    nynorsk, bokmaal = "Kor mange plassar har sjukeheimen?", "Hvor mange plasser har sykehjemmet?"
    found = {scored.passage.file: scored for scored in both.search(nynorsk)}
    ways = [{scored.passage.file: scored for scored in typed.search(question)} for question in (nynorsk, bokmaal)]
    assert found.keys() == ways[0].keys() | ways[1].keys()
    for file, scored in found.items():
        each = [way[file] for way in ways]
        for name in (*NAMES, "said", "late"):
            most = max(getattr(one.signals, name) for one in each)
            assert getattr(scored.signals, name) == pytest.approx(most, abs=1e-6), (file, name)
        for place, sentence in enumerate(scored.sentences):
            assert sentence.similarity == pytest.approx(max(one.sentences[place].similarity for one in each), abs=1e-6)
    assert [one.passage for one in both.search(bokmaal)] == [one.passage for one in typed.search(bokmaal)]


def test_the_second_ranking_reads_more_than_are_asked_for_but_not_all(tmp_path: Path) -> None:
    names = [chr(97 + number // 20) + chr(97 + number % 20) for number in range(READ_AGAIN + 5)]
    bodies = dict.fromkeys(names, "Legen er her.")
    last, after = names[READ_AGAIN - 1 : READ_AGAIN + 1]
    inside = found_in(bodies | {last: SAYS_ALL}, tmp_path / "a", weights=ONLY_SAID, top_k=1)
    outside = found_in(bodies | {after: SAYS_ALL}, tmp_path / "b", weights=ONLY_SAID, top_k=1)
    assert files(inside) == [f"{last}.md"]
    assert files(outside) == ["aa.md"]


def test_the_second_ranking_does_not_change_how_many_are_found(tmp_path: Path) -> None:
    for top_k in (1, 2, 10):
        assert len(found_in(BODIES, tmp_path, weights=ONLY_SAID, top_k=top_k)) == min(top_k, 3)


@pytest.mark.parametrize("question", ["", "😀", "qwzx", "og det er", "helse " * 200])
def test_odd_questions_are_read_again_without_harm(question: str, generation: Generation) -> None:
    weights = RankWeights.of({"dense": 1.0}, again={"first": 1.0, "said": 3.0, "late": 1.0})
    found = HybridRetriever(generation, encoder=HashingEncoder(), weights=weights).search(question)
    assert all(np.isfinite(scored.score) and 0 <= scored.signals.said <= 1 for scored in found)
