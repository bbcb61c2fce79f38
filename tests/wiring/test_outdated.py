"""Whether an index is older than its corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import SHIPPED
from fakes import HashingEncoder
from helseassistent.corpus import load_corpus
from helseassistent.index.build import build
from helseassistent.index.generation import Generation, open_generation
from helseassistent.settings import Settings
from helseassistent.wiring import is_outdated

PAGE = Path("saman/helsefellesskap.md")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A copy of the shipped pages, and an index of them."""
    shutil.copytree(SHIPPED, tmp_path / "corpus")
    build(load_corpus(tmp_path / "corpus"), tmp_path / "index", encoder=HashingEncoder())
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def made(settings: Settings) -> Generation:
    return open_generation(settings.index)


def test_an_index_of_the_pages_as_they_are_is_not_outdated(settings: Settings, made: Generation) -> None:
    assert not is_outdated(made, settings)
    (settings.corpus / PAGE).touch()
    assert not is_outdated(made, settings), "written again with the same words"
    shutil.rmtree(settings.corpus)
    assert not is_outdated(made, settings), "an index goes on answering without its pages"


def test_a_page_that_says_something_else_makes_it_outdated(settings: Settings, made: Generation) -> None:
    page = settings.corpus / PAGE
    page.write_text(page.read_text(encoding="utf-8") + "\nNytt avsnitt.\n", encoding="utf-8")
    assert is_outdated(made, settings)


def test_a_page_that_is_new_or_gone_makes_it_outdated(settings: Settings, made: Generation) -> None:
    (settings.corpus / PAGE).rename(settings.corpus / "flyttet.md")
    assert is_outdated(made, settings)
    (settings.corpus / "flyttet.md").unlink()
    assert is_outdated(made, settings)


def test_a_page_put_there_with_an_old_date_makes_it_outdated(settings: Settings, made: Generation) -> None:
    page, other = settings.corpus / PAGE, settings.corpus.parent / "annen.md"
    other.write_text(page.read_text(encoding="utf-8").replace("helse", "hilse"), encoding="utf-8")
    shutil.copystat(page, other)
    other.replace(page)
    assert is_outdated(made, settings)


def test_a_file_that_cannot_be_read_is_no_page(settings: Settings, made: Generation) -> None:
    (settings.corpus / "tapt.md").symlink_to(settings.corpus / "finnes-ikke.md")
    assert not is_outdated(made, settings)
    (settings.corpus / "tapt.md").rename(settings.corpus / PAGE)
    assert is_outdated(made, settings), "the page itself is gone"
