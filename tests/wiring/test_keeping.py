"""The chat with its log: what is asked there is kept, deleted in time, and the page says so."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from chat import fakes
from conftest import SHIPPED
from helseassistent.chat.view import ChatOptions, build_app
from helseassistent.cli import main
from helseassistent.errors import ReviewError
from helseassistent.review.exchanges import exchange, write
from helseassistent.review.store import open_store
from helseassistent.settings import Settings
from helseassistent.wiring.keeping import exchange_log, forget_old, open_log
from review.fakes import entry


def settings(folder: Path, **others: object) -> Settings:
    return Settings(corpus=SHIPPED, log=str(folder / "log.sqlite"), **others)  # type: ignore[arg-type]


def test_what_is_asked_over_http_is_kept_with_what_was_said_of_it(tmp_path: Path) -> None:
    log = exchange_log(settings(tmp_path), threshold=lambda: 0.4, being_updated=frozenset)
    assert log
    app = build_app(fakes.edition, fakes.numbers(), ChatOptions(keep_days=90), listener=log)
    client = TestClient(app)
    answer = client.post("/api/ask", json={"question": "Har legevakten laboratorium?"}).json()
    said = client.post("/api/feedback", json={"reply": answer["id"], "helpful": False, "reason": "wrong"})
    assert said.status_code == 204
    assert "i 90 dager" in client.get("/?sprak=nb").text
    assert "i 90 dagar" in client.get("/?sprak=nn").text
    assert "blir ikke lagret her" not in client.get("/?sprak=nb").text
    log.stop()
    store = open_log(settings(tmp_path))
    kept = exchange(store, answer["id"])
    store.close()
    assert kept
    assert (kept.question, kept.threshold, kept.feedback_reason) == ("Har legevakten laboratorium?", 0.4, "wrong")


def test_without_a_log_the_page_says_that_nothing_is_kept() -> None:
    assert exchange_log(Settings(log=" "), threshold=lambda: 0.4, being_updated=frozenset) is None
    client = TestClient(build_app(fakes.edition, fakes.numbers()))
    assert "blir ikke lagret her" in client.get("/?sprak=nb").text
    with pytest.raises(ReviewError, match="Loggen er slått av"):
        open_log(Settings(log=""))


def test_the_command_deletes_what_is_too_old_and_says_how_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(str(tmp_path / "log.sqlite"))
    today = date.today()
    write(store, [entry("old-reply", day=today - timedelta(days=11)), entry("new-reply", day=today)])
    store.close()
    monkeypatch.setenv("HELSEASSISTENT_LOG", str(tmp_path / "log.sqlite"))
    monkeypatch.setenv("HELSEASSISTENT_KEEP_DAYS", "10")
    assert main(["review", "forget"]) == 0
    assert "Slettet 1 svar og 0 vurderinger" in capsys.readouterr().out
    assert forget_old(settings(tmp_path, keep_days=10), confirmed=False).exchanges == 0
