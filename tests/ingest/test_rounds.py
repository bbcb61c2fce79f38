"""A round that is cut off, at any step, leaves whole pages, and the next run finishes it and tells the same."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from helseassistent import durable
from helseassistent.corpus import load_corpus
from helseassistent.errors import CorpusError
from helseassistent.ingest.found import Gone, Moved
from helseassistent.ingest.history import former_texts
from helseassistent.ingest.report import Report
from helseassistent.ingest.rounds import alone_on
from helseassistent.ingest.visits import VISITS, visits_file
from ingest.tiny_web import SITE, TinyWeb, Town, read

OLD = {f"side-{number}": f"Side nummer {number} om noe." for number in range(8)}
NEW = OLD | {
    "side-1": "Side nummer 1 om noe annet.",
    "side-2": Gone(SITE + "side-2", 410),
    "side-4": Moved(SITE + "side-4", SITE + "aa-ny"),
    "aa-ny": "Side nummer 4 om noe.",  # a copy until the page it is a copy of has gone
    "bb-ny": read("bb-ny", "Ny side.", links=(SITE + "side-1",)),
    "zz-kopi": "Side nummer 5 om noe.",
}


class KilledError(BaseException):
    """Stands for the end of the process at a step."""


def killed_at(step_number: int, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    steps = count(1)

    def checkpoint(step: str) -> None:
        if next(steps) == step_number:
            raise error

    monkeypatch.setattr(durable, "checkpoint", checkpoint)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose pages have been visited once."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # the order of the steps is what is tried
    town = Town(tmp_path / "mal", TinyWeb(dict(OLD)))
    town.ingest()
    return town


def copy_of(old: Town, name: str) -> Town:
    shutil.copytree(old.corpus, old.corpus.with_name(name))
    return Town(old.corpus.with_name(name), TinyWeb(dict(NEW)), replace(old.clock))


def state(town: Town) -> dict[str, str]:
    loaded = load_corpus(town.corpus)
    assert not loaded.problems
    return {file: page.body for file, page in loaded.pages.items()}


def has_ended(town: Town) -> bool:
    """Whether the round came to its end, and only its report was lost."""
    first = visits_file(town.corpus, source="kommunen").read_bytes().splitlines()[0]
    return b'"ended"' in first and b'"begun": "2026-11-03' in first


@pytest.mark.parametrize(
    ("kind", "stride"),
    [
        ("killed", 4),
        ("full disk", 5),
        pytest.param("killed", 1, marks=pytest.mark.slow),
        pytest.param("full disk", 1, marks=pytest.mark.slow),
    ],
)
def test_cut_off_at_any_step_pages_are_whole_and_the_next_run_tells_the_whole_round(
    kind: str, stride: int, old: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = copy_of(old, "rolig")
    expected, after, before = calm.ingest(), state(calm), state(old)
    quiet = calm.ingest(night=False)
    assert (len(expected.new), len(expected.changed), len(expected.gone), len(expected.refused)) == (2, 1, 2, 1)
    for number in range(1, 500, stride):
        town = copy_of(old, f"steg-{number}")
        error = KilledError() if kind == "killed" else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        killed_at(number, monkeypatch, error)
        try:
            town.ingest()
        except (KilledError, OSError):
            killed_at(0, monkeypatch, error)
        else:
            assert number > 60
            return
        seen = state(town)
        assert all(words in (before.get(file), after.get(file)) for file, words in seen.items()), number
        wanted = quiet if has_ended(town) else expected
        assert town.ingest(night=False) == wanted, number
        assert state(town) == after, number
        former = [page.body for page in former_texts("kommunen/side-1.md", corpus=town.corpus)]
        assert former == ["Side nummer 1 om noe."], number
        assert not list(town.corpus.rglob(".*.tmp")), number
        shutil.rmtree(town.corpus)
    pytest.fail("no round came to its end")


def cut_after(town: Town, visits: int) -> None:
    """A round that ends after so many visits, as with Ctrl-C."""
    whole, town.web.visiting = town.web.visiting, None  # type: ignore[assignment, method-assign]

    def cut(known, finished):  # type: ignore[no-untyped-def]
        for number, visit in enumerate(whole(known, finished)):
            if number == visits:
                raise KeyboardInterrupt
            yield visit

    town.web.visiting = cut  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        town.ingest()
    town.web.visiting = whole  # type: ignore[method-assign]


def test_a_round_that_was_interrupted_asks_only_for_the_rest(tmp_path: Path) -> None:
    town = Town(tmp_path, TinyWeb(dict(OLD)))
    cut_after(town, 5)
    report = town.ingest(night=False)
    assert town.web.asked == [f"side-{number}" for number in (0, 1, 2, 3, 4, 5, 5, 6, 7)]
    assert len(report.new) == 8
    assert (town.ingest().unchanged, len(town.web.asked)) == (report.new, 17)


def test_what_was_refused_before_the_interruption_is_tried_again(old: Town) -> None:
    old.web.pages["side-0"] = Gone(SITE + "side-0", 404)
    old.web.pages["aa"] = Gone(SITE + "aa", 404)
    cut_after(old, 3)
    old.web.asked.clear()
    old.ingest(night=False)
    assert old.web.asked == ["aa", *(f"side-{number}" for number in range(2, 8))]


def test_an_interrupted_round_of_the_day_before_is_begun_anew(tmp_path: Path) -> None:
    town = Town(tmp_path, TinyWeb(dict(OLD)))
    cut_after(town, 5)
    town.clock.next_night()
    town.web.asked.clear()
    report = town.ingest()
    assert len(town.web.asked) == 8
    assert (len(report.unchanged), len(report.new)) == (5, 3)


def test_links_of_visited_pages_are_told_to_the_round_that_goes_on(tmp_path: Path) -> None:
    pages = {"a": read("a", "Ord.", links=(SITE + "b",)), "c": Moved(SITE + "c", SITE + "d")}
    pages["e"] = read("e", "Ikke lagret.", index=False, links=(SITE + "f",))
    town = Town(tmp_path, TinyWeb({**pages, "x": "Ord til."}))
    cut_after(town, 3)
    told: dict[str, tuple[str, ...]] = {}

    def listen(known, finished):  # type: ignore[no-untyped-def]
        told.update({url: found.links for url, found in known.items()})
        return iter(())

    town.web.visiting = listen  # type: ignore[method-assign]
    town.ingest(night=False)
    assert told == {SITE + "a": (SITE + "b",), SITE + "c": (SITE + "d",), SITE + "e": (SITE + "f",)}


def test_two_runs_at_once_are_refused_and_the_second_is_told_who_runs(old: Town) -> None:
    before = old.files()
    with alone_on(old.corpus), pytest.raises(CorpusError, match=rf"nummer {os.getpid()}\)"):
        old.ingest()
    assert old.files() == before


def test_a_record_that_cannot_be_read_is_named_with_what_to_do(old: Town) -> None:
    path = visits_file(old.corpus, source="kommunen")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"{\n", *lines[2:]]))
    with pytest.raises(CorpusError, match=r"linje 3, kan ikke leses\. Slett linja"):
        old.ingest()
    path.write_bytes(b"".join(lines))
    assert isinstance(old.ingest(), Report)


def test_a_line_that_was_half_written_is_as_if_it_never_was(old: Town) -> None:
    path = visits_file(old.corpus, source="kommunen")
    with path.open("ab") as handle:
        handle.write(b'{"url": "https://kommunen.example/side-1", "round": "20')
    assert len(old.ingest().unchanged) == 8
    assert path.parent == old.corpus / VISITS
    assert path.read_bytes().endswith(b"}\n")
