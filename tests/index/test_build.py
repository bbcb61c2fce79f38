"""Building: the same input makes the same index, what did not change is not made again, and only one writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder, corpus
from helseassistent import durable
from helseassistent.corpus import Corpus
from helseassistent.errors import BrokenIndexError
from helseassistent.index.build import KEPT, build
from helseassistent.index.generation import Generation, current_id, open_generation
from helseassistent.index.manifest import CURRENT, MANIFEST
from helseassistent.index.passages import cut
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights

THREE = corpus(
    legevakt="# Legevakt\n\nLegevakten kan ta røntgen av armer.\n\n## Åpent\n\nDøgnet rundt.",
    sykehjem="# Sykehjem\n\nStoretveit har 27 plasser.",
    rus="# Rus\n\nVi har en handlingsplan.\n\n- lege\n- sykepleier",
)
HOLDER = """
import sys, time
from pathlib import Path
from helseassistent.index.build import _locked
with _locked(Path(sys.argv[1])):
    print("holder", flush=True)
    time.sleep(60)
"""


def best(generation: Generation, question: str) -> list[tuple[str, float]]:
    retriever = HybridRetriever(generation, encoder=HashingEncoder(), weights=RankWeights.shipped(contextual=False))
    return [(found.passage.id, found.score) for found in retriever.search(question, top_k=5)]


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_twice_built_is_the_same_index(shipped: Corpus, generation: Generation, tmp_path: Path) -> None:
    again = build(shipped, tmp_path, encoder=HashingEncoder())
    other = open_generation(tmp_path)
    assert again.generation == generation.manifest.generation
    assert other.passages == generation.passages
    assert other.manifest.files == generation.manifest.files
    for name in ("vectors", "context_vectors", "sentence_vectors", "sentences"):
        np.testing.assert_array_equal(getattr(other, name), getattr(generation, name))
    words = sorted({word for page in shipped.pages.values() for word in page.body.split()})
    for number in range(50):
        question = " ".join(words[number::50][:6])
        assert best(other, question) == best(generation, question)


def test_nothing_changed_means_nothing_written(tmp_path: Path) -> None:
    first = build(THREE, tmp_path, encoder=HashingEncoder())
    before = contents(tmp_path)
    again = HashingEncoder()
    report = build(THREE, tmp_path, encoder=again)
    assert (report.rebuilt, report.embedded, report.generation) == (False, 0, first.generation)
    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert contents(tmp_path) == before
    assert again.encoded == []


def test_what_changed_is_told_and_only_that_is_embedded(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    first = build(THREE, tmp_path, encoder=encoder)
    assert (len(first.added), first.changed, first.removed) == (3, (), ())
    encoder.encoded.clear()
    changed = corpus(
        legevakt=THREE.pages["legevakt.md"].body + "\n\n## Nytt\n\nRing først.",
        rus=THREE.pages["rus.md"].body,
        fastlege="# Fastlege\n\nBestill time.",
    )
    report = build(changed, tmp_path, encoder=encoder)
    assert (report.added, report.changed, report.removed) == (("fastlege.md",), ("legevakt.md",), ("sykehjem.md",))
    assert report.embedded == 2
    assert not [text for text in encoder.encoded if "handlingsplan" in text or "røntgen" in text]


def test_a_page_that_was_only_seen_again_makes_a_generation_without_embedding(tmp_path: Path) -> None:
    build(THREE, tmp_path, encoder=HashingEncoder())
    seen = datetime(2026, 11, 24, 3, tzinfo=UTC)
    pages = {file: replace(page, fetched_at=seen) for file, page in THREE.pages.items()}
    encoder = HashingEncoder()
    report = build(replace(THREE, pages=pages, digest="senere"), tmp_path, encoder=encoder)
    assert (report.rebuilt, report.changed, report.embedded, encoder.encoded) == (True, (), 0, [])
    assert {page.fetched_at for page in open_generation(tmp_path).pages.values()} == {seen}


def test_reused_vectors_are_the_ones_that_a_fresh_build_makes(tmp_path: Path) -> None:
    build(corpus(rus="Noe annet.", a="Foran."), tmp_path / "brukt", encoder=HashingEncoder())
    build(THREE, tmp_path / "brukt", encoder=HashingEncoder())
    more = corpus(**{file.removesuffix(".md"): page.body for file, page in THREE.pages.items()}, aa="Først.")
    build(more, tmp_path / "brukt", encoder=HashingEncoder())
    build(more, tmp_path / "fersk", encoder=HashingEncoder())
    used, fresh = open_generation(tmp_path / "brukt"), open_generation(tmp_path / "fersk")
    assert used.manifest.files == fresh.manifest.files


def test_another_encoder_makes_everything_again(tmp_path: Path) -> None:
    build(THREE, tmp_path, encoder=HashingEncoder("a"))
    report = build(THREE, tmp_path, encoder=HashingEncoder("b"))
    assert report.embedded == report.passages
    assert open_generation(tmp_path).manifest.encoder_fingerprint == HashingEncoder("b").fingerprint


def test_passages_of_the_index_are_those_of_the_pages(generation: Generation) -> None:
    assert list(generation.passages) == [passage for page in generation.pages.values() for passage in cut(page)]
    for row, passage in enumerate(generation.passages):
        body = generation.pages[passage.file].body
        spans = [(start, end) for _, start, end in generation.sentences_of(row)]
        assert spans
        assert all(passage.start <= start < end <= passage.end and body[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param({}, id="none"),
        pytest.param({"en": "Legevakten kan ta røntgen."}, id="one"),
        pytest.param({"en": "Legevakten kan ta røntgen.", "to": "Legevakten kan ta røntgen."}, id="two_the_same"),
        pytest.param({"en": "… !"}, id="one_without_words"),
        pytest.param({"en": "# Legevakt"}, id="one_heading"),
    ],
)
def test_small_corpora_are_built_and_asked(pages: dict[str, str], tmp_path: Path) -> None:
    report = build(corpus(**pages), tmp_path, encoder=HashingEncoder())
    found = best(open_generation(tmp_path), "Kan legevakten ta røntgen?")
    assert report.pages == len(pages)
    assert len(found) == len({name for name, _ in found}) == report.passages
    assert all(np.isfinite(score) for _, score in found)
    assert best(open_generation(tmp_path), "😀") is not None


def test_old_generations_are_swept_and_other_folders_left_alone(tmp_path: Path) -> None:
    (tmp_path / "andre" / "x").mkdir(parents=True)
    ids = [build(corpus(a=f"Tekst nummer {n}."), tmp_path, encoder=HashingEncoder()).generation for n in range(6)]
    assert {path.parent.name for path in tmp_path.glob(f"*/{MANIFEST}")} == set(ids[-KEPT:])
    assert (tmp_path / "andre" / "x").is_dir()
    assert current_id(tmp_path) == ids[-1]


def test_a_reader_goes_on_while_its_generation_is_swept(tmp_path: Path) -> None:
    build(THREE, tmp_path, encoder=HashingEncoder())
    reading = open_generation(tmp_path)
    for number in range(KEPT + 1):
        build(corpus(a=f"Tekst nummer {number}."), tmp_path, encoder=HashingEncoder())
    assert not reading.folder.exists()
    assert best(reading, "Hvor mange plasser har Storetveit?")[0][0] == reading.passages[2].id


def test_coming_back_to_an_older_corpus_keeps_its_readers(tmp_path: Path) -> None:
    first = build(THREE, tmp_path, encoder=HashingEncoder()).generation
    reading = open_generation(tmp_path)
    build(corpus(a="Noe annet."), tmp_path, encoder=HashingEncoder())
    assert build(THREE, tmp_path, encoder=HashingEncoder()).generation == first
    assert best(reading, "røntgen") == best(open_generation(tmp_path), "røntgen")


def test_a_damaged_generation_is_replaced_by_the_next_build(tmp_path: Path) -> None:
    first = build(THREE, tmp_path, encoder=HashingEncoder())
    (tmp_path / first.generation / "vectors.npy").write_bytes(b"")
    (tmp_path / first.generation / "rester.txt").touch()
    report = build(THREE, tmp_path, encoder=HashingEncoder())
    assert (report.generation, report.rebuilt) == (first.generation, True)
    assert best(open_generation(tmp_path), "røntgen")
    assert not (tmp_path / first.generation / "rester.txt").exists()


def test_everything_is_flushed_before_the_pointer_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(durable, "checkpoint", lambda step: steps.append(step.replace(f".{os.getpid()}", "")))
    made = build(THREE, tmp_path, encoder=HashingEncoder()).generation
    named = steps.index(f"rename {made}/")
    files = [path for path in (tmp_path / made).rglob("*") if path.is_file()]
    for path in files:
        assert f"fsync {path.name}" in steps[:named]
    pointed = steps.index(f"rename {CURRENT}")
    assert f"fsync {tmp_path.name}/" in steps[named:pointed]
    assert f"fsync {tmp_path.name}/" in steps[pointed:]


def test_a_second_writer_is_refused_at_once_and_told_who_writes(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holder\n"
        begun = time.perf_counter()
        with pytest.raises(BrokenIndexError, match=rf"nummer {holder.pid}\)"):
            build(THREE, tmp_path, encoder=HashingEncoder())
        assert time.perf_counter() - begun < 1
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=10)
        assert build(THREE, tmp_path, encoder=HashingEncoder()).rebuilt
    finally:
        holder.kill()
        holder.communicate(timeout=10)
