"""Why this answer: a page is edited after somebody was answered from it, and the command tells the story."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import SHIPPED
from helseassistent.cli import main
from helseassistent.review.access.seen import views_of
from helseassistent.review.cases import NewExchange
from helseassistent.review.exchanges import write
from helseassistent.review.replay import is_reproduced
from helseassistent.review.store import open_store
from helseassistent.settings import Settings
from helseassistent.wiring import build_index, build_parts, encoder_of
from helseassistent.wiring.replaying import replay_reply
from review.fakes import entry

QUESTION = "Hvor mange plasser har Storetveit sykehjem til pasienter fra sykehuset?"
FILE = "bergen-kommune/vare-satsinger.md"
DAY = date.today() - timedelta(days=date.today().weekday() + 7)  # in the last week that is over


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A corpus that was indexed, asked of, edited and indexed again."""
    folder = tmp_path_factory.mktemp("replay")
    shutil.copytree(SHIPPED, folder / "corpus")
    made = Settings(
        corpus=folder / "corpus", index=folder / "index", contextual="ingen", log=str(folder / "review" / "log.sqlite")
    )
    encoder = encoder_of(made)
    parts = build_parts(made, encoder=encoder)
    record = parts.record([QUESTION])
    store = open_store(made.log)
    asked = ("svar-en", DAY, QUESTION, "nb", "answer", None, None)
    generation = record["generation"]
    write(store, [NewExchange(*asked, record["confidence"], 0.1, generation, "extractive", 1, record)])
    write(store, [NewExchange("-gammel", *asked[1:], record["confidence"], 0.1, generation, "extractive", 1, record)])
    write(store, [entry("svar-gammelt", day=DAY)])
    store.close()
    page = made.corpus / FILE
    page.write_text(page.read_text(encoding="utf-8").replace("27 plasser", "29 plasser"), encoding="utf-8")
    build_index(made, encoder=encoder)
    return made


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The settings for the command line; gives back the folders as arguments."""
    monkeypatch.setenv("HELSEASSISTENT_LOG", settings.log)
    monkeypatch.setenv("HELSEASSISTENT_CONTEXTUAL", "ingen")
    return ["--corpus", str(settings.corpus), "--index", str(settings.index)]


def test_the_stored_generation_gives_the_reply_again_and_the_current_one_other_words(settings: Settings) -> None:
    replay = replay_reply(settings, "svar-en")
    assert is_reproduced(replay) is True
    assert replay.outcome == "reworded"
    changed = [difference for difference in replay.differences if difference.kind == "words"]
    assert changed
    assert ("27 plasser" in changed[0].before, "29 plasser" in changed[0].now) == (True, True)
    assert any(difference.kind == "threshold" for difference in replay.differences)


def test_a_reply_whose_generation_was_swept_away_is_told_from_the_log(settings: Settings) -> None:
    replay = replay_reply(settings, "svar-gammelt")
    assert (replay.again, is_reproduced(replay)) == (None, None)
    assert [difference.kind for difference in replay.differences if difference.file] == ["gone"]


def test_an_older_id_that_looks_like_an_option_is_found_after_two_dashes(
    environment: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["review", *environment, "replay", "-gammel"])
    assert "Oppgi ID" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["review", "replay", "--help"])
    assert "-- ID" in capsys.readouterr().out
    assert main(["review", *environment, "replay", "--", "-gammel"]) == 0
    assert QUESTION in capsys.readouterr().out


def test_the_command_tells_the_story_and_who_looked_is_noted(
    settings: Settings, environment: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *environment, "replay", "svar-en"]) == 0
    out = capsys.readouterr().out
    assert "Kan svaret lages på nytt? Ja." in out
    assert "Ville det blitt gitt nå? Ikke ordrett." in out
    store = open_store(settings.log)
    assert ("kommandolinjen", "replay") in {(view.user, view.what) for view in views_of(store, exchange="svar-en")}
    store.close()


def test_the_command_writes_a_page_for_a_complaint(
    environment: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *environment, "replay", "svar-en", "--html", str(tmp_path / "klage.html")]) == 0
    html = (tmp_path / "klage.html").read_text(encoding="utf-8")
    assert ("27 plasser" in html, "29 plasser" in html, '<html lang="nb">' in html) == (True, True, True)
    assert "klage.html" in capsys.readouterr().out


def test_an_unknown_reply_is_one_sentence(environment: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", *environment, "replay", "finnes-ikke"]) == 1
    assert capsys.readouterr().err == (
        "Det finnes ikke noe svar «finnes-ikke» i loggen. Sjekk id-en; svar eldre enn 90 dager er slettet.\n"
    )


def test_the_report_goes_to_the_terminal_to_files_and_to_a_workbook(
    environment: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *environment, "report"]) == 0
    assert "Spørsmål og svarandel, uke for uke" in capsys.readouterr().out
    files, book = tmp_path / "csv", tmp_path / "rapport.xlsx"
    assert main(["review", *environment, "report", "--csv", str(files), "--xlsx", str(book)]) == 0
    names = {file.stem[:31] for file in files.iterdir()}
    assert "uker" in names
    assert set(load_workbook(book).sheetnames) == names
