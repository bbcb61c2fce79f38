"""Practice episodes: the same for the same seed, and never a question marked as answered that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from helseassistent.train.data import Questioned
from helseassistent.train.episodes import SMALL_TALK, Episode, Material, episodes, read_material
from train.material import page_rows, question_folder

COUNT = 30


@pytest.fixture(scope="module")
def rows() -> list[Questioned]:
    return page_rows(500)


@pytest.fixture(scope="module")
def material(rows: list[Questioned], tmp_path_factory: pytest.TempPathFactory) -> Material:
    return read_material(rows, questions=question_folder(tmp_path_factory.mktemp("spørsmål"), rows))


@pytest.fixture(scope="module")
def made(material: Material) -> list[Episode]:
    return list(episodes(material, count=COUNT, seed=3))


def test_passages_of_one_title_are_one_document(material: Material) -> None:
    assert len(material.documents) == 500
    assert all(len(rows) == 2 for rows in material.documents.values())


def test_a_near_miss_of_a_passage_is_one_of_its_page_where_the_page_is_that_passage(
    rows: list[Questioned], tmp_path: Path
) -> None:
    alone = [row for number, row in enumerate(rows) if number % 2 == 0]
    assert any(row.held_out for row in alone)
    for some, counts in ((rows, False), (alone, True)):
        found = read_material(some, questions=question_folder(tmp_path, some)).near_misses
        assert {any(question.startswith("Hva koster") for question in near) for near in found.values()} == {counts}


def test_small_talk_is_no_message_out_of_scope(material: Material) -> None:
    assert len(material.out_of_scope) == 6
    assert set(SMALL_TALK) == {"greeting", "thanks", "identity"}


def test_the_same_seed_makes_the_same_episodes(material: Material, made: list[Episode]) -> None:
    assert list(episodes(material, count=COUNT, seed=3)) == made
    assert list(episodes(material, count=COUNT, seed=4)) != made


def test_what_is_marked_as_answered_is_answered_by_a_passage_that_is_there(made: list[Episode]) -> None:
    for episode in made:
        there = {row.id for row in episode.rows}
        for asked in episode.questions:
            assert (asked.kind == "answerable") == (asked.row is not None)
            if asked.row is not None:
                assert asked.row.id in there
                assert asked.row.held_out
                assert asked.row.questions[asked.number] == asked.question


def test_what_is_marked_as_unanswered_is_no_question_of_a_passage_that_is_there(made: list[Episode]) -> None:
    for episode in made:
        answered = {question for row in episode.rows for question in row.questions}
        assert not answered & {asked.question for asked in episode.questions if asked.kind != "answerable"}


def test_a_left_out_passage_leaves_its_page_behind(rows: list[Questioned], made: list[Episode]) -> None:
    owner = {question: row for row in rows for question in row.questions}
    left_out = [(e, owner[a.question]) for e in made for a in e.questions if a.kind == "left_out"]
    assert left_out
    for episode, row in left_out:
        assert row.id not in {other.id for other in episode.rows}
        assert row.title in {other.title for other in episode.rows}


def test_near_misses_are_about_a_page_that_is_there(made: list[Episode]) -> None:
    near = [(episode, asked) for episode in made for asked in episode.questions if asked.kind == "near_miss"]
    assert near
    assert all(any(row.title in asked.question for row in episode.rows) for episode, asked in near)


def test_every_kind_of_question_is_asked_and_pages_are_few_or_many(made: list[Episode]) -> None:
    kinds = {asked.kind for episode in made for asked in episode.questions}
    assert kinds == {"answerable", "left_out", "near_miss", "other_page", "out_of_scope"}
    sizes = {len({row.title for row in episode.rows}) for episode in made}
    assert min(sizes) <= 5
    assert max(sizes) >= 40
