"""Who may log in, from the command line; no password in an argument."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from helseassistent.cli import main
from helseassistent.review.access.passwords import is_right
from helseassistent.review.access.users import UserBook
from helseassistent.review.store import open_store

PASSWORD = "fire tilfeldige ord her"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "review" / "log.sqlite"
    monkeypatch.setenv("HELSEASSISTENT_LOG", str(file))
    return file


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["review", "user", *arguments])


def test_a_person_is_added_listed_changed_and_removed(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    added = ["add", "Kari", "--role", "administrator", "--display-name", "Kari Nordmann"]
    assert run(*added, monkeypatch=monkeypatch, typed=f"{PASSWORD}\r\nmer\n") == 0
    assert run("add", "ola", "--role", "leser", monkeypatch=monkeypatch, typed=PASSWORD) == 0
    assert run("role", "OLA", "fagperson", monkeypatch=monkeypatch) == 0
    assert run("password", "ola", monkeypatch=monkeypatch, typed="et helt annet passord\n") == 0
    assert run("remove", "ola", monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    assert run("list", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == ("kari\tKari Nordmann\tadministrator\tpassord\nola\tola\tfagperson\tfjernet\n")
    store = open_store(str(log))
    kari = UserBook(store).find("kari")
    store.close()
    assert kari is not None
    assert is_right(PASSWORD, kari.password_hash)


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["add", "ola", "--role", "leser"], "kort", "fra 12 til 200 tegn"),
        (["add", "ola", "--role", "leser"], "", "fra 12 til 200 tegn"),
        (["add", "ola nordmann", "--role", "leser"], PASSWORD, "«ola nordmann» kan ikke brukes"),
        (["add", "ola", "--role", "leser"], "aaaaaaaaaaaaaaaa", "lett å gjette"),
        (["add", "olaolaolaola", "--role", "leser"], "OlaOlaOlaOla", "lett å gjette"),
        (["role", "ola", "leser"], "", "ingen bruker som heter «ola»"),
        (["password", "ola"], PASSWORD, "ingen bruker som heter «ola»"),
        (["remove", "ola"], "", "ingen bruker som heter «ola»"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    typed: str,
    said: str,
) -> None:
    assert run(*arguments, monkeypatch=monkeypatch, typed=typed) == 1
    assert said in capsys.readouterr().err


def test_an_unknown_role_is_refused(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("add", "ola", "--role", "sjef", monkeypatch=monkeypatch)
    assert "sjef" in capsys.readouterr().err
