"""Corpora and indexes that are dear to make, made once a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fakes import HashingEncoder
from helseassistent.assistant import Assistant
from helseassistent.corpus import Corpus, load_corpus
from helseassistent.index.build import build
from helseassistent.index.generation import Generation, open_generation
from helseassistent.settings import Settings
from helseassistent.wiring import Parts, build_parts

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "corpus"
HEALTH_LAW = ROOT.parent / "shared" / "bench" / "helserett" / "pages"


@pytest.fixture(scope="session")
def shipped() -> Corpus:
    """The two pages that come with the program."""
    return load_corpus(SHIPPED)


@pytest.fixture(scope="session")
def health_law() -> Corpus:
    """54 acts and regulations, which are not ours to ship."""
    if not HEALTH_LAW.is_dir():
        pytest.skip("needs ../shared/bench/helserett/pages, other people's texts that are not in the repository")
    return load_corpus(HEALTH_LAW)


@pytest.fixture(scope="session")
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def shipped_index(shipped: Corpus, encoder: HashingEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped pages that no test may change."""
    index = tmp_path_factory.mktemp("shipped-index")
    build(shipped, index, encoder=encoder)
    return index


@pytest.fixture(scope="session")
def generation(shipped_index: Path) -> Generation:
    return open_generation(shipped_index)


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The assistant as it is shipped, over the shipped pages."""
    return build_parts(Settings(corpus=SHIPPED, index=tmp_path_factory.mktemp("parts-index")))


@pytest.fixture(scope="session")
def bold(parts: Parts) -> Assistant:
    """The same assistant, but one that always drafts an answer, however uncertain."""
    certain = replace(parts.assistant.confidence, threshold=0.0)
    return replace(parts.assistant, confidence=certain)
