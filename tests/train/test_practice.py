"""A practice corpus: every question finds its passage where it is said to stand."""

from __future__ import annotations

from helseassistent.train.data import Questioned
from helseassistent.train.practice import practice_corpus, tasks
from train.material import page_rows


def test_every_question_is_placed_on_its_own_passage() -> None:
    rows = page_rows(20)
    corpus = practice_corpus(rows)
    found = list(tasks(rows, corpus))
    assert len(corpus.pages) == 20
    assert len(found) == sum(len(row.questions) for row in rows)
    for task in found:
        assert corpus.pages[task.file].body[task.start : task.end] == task.source.text
        assert task.question == task.source.questions[task.number]


def test_a_passage_that_stands_twice_gets_two_places() -> None:
    rows = [Questioned(name, "Tittel", "", "Ring oss.", (f"Spørsmål {name}?",)) for name in "ab"]
    first, second = tasks(rows, practice_corpus(rows))
    assert first.file == second.file
    assert first.end <= second.start


def test_a_passage_whose_words_stand_in_its_heading_is_not_placed_there() -> None:
    row = Questioned("a", "Om oss", "Parkering for alle", "Parkering", ("Har dere parkering?",))
    corpus = practice_corpus([row])
    (task,) = tasks([row], corpus)
    assert corpus.pages[task.file].body[: task.start] == "## Parkering for alle\n\n"


def test_passages_without_a_title_become_pages_of_their_own() -> None:
    rows = [Questioned(name, "", "", f"Tekst {name}.", ("Hva?",)) for name in "abc"]
    assert len(practice_corpus(rows).pages) == 3


def test_the_same_rows_make_the_same_corpus_and_other_rows_another() -> None:
    rows = page_rows(5)
    assert practice_corpus(rows).digest == practice_corpus(rows).digest
    assert practice_corpus(rows).digest != practice_corpus(rows[1:]).digest
