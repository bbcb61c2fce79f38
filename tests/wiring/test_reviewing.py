"""The page for staff as it is served: behind a login, over the index in service, with every view written down."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from helseassistent.errors import BrokenIndexError, ReviewError, SettingsError
from helseassistent.review.access import views_of
from helseassistent.review.access.users import UserBook
from helseassistent.review.cases import Verdict
from helseassistent.review.exchanges import write
from helseassistent.review.store import Store
from helseassistent.review.verdicts import judge
from helseassistent.settings import Settings
from helseassistent.wiring.keeping import open_log
from helseassistent.wiring.reviewing import ReadPages, review_parts, review_site, serve_review
from review.fakes import entry, verdict

PASSWORD = "fire tilfeldige ord her"


@pytest.fixture
def settings(tmp_path: Path, shipped_index: Path) -> Settings:
    return Settings(index=shipped_index, log=str(tmp_path / "log.sqlite"), gold=str(tmp_path / "gold.jsonl"))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_log(settings)
    write(opened, [entry("reply-one")])
    yield opened
    opened.close()


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


def test_nothing_is_shown_without_a_login_and_a_case_that_is_shown_is_written_down(
    settings: Settings, store: Store
) -> None:
    UserBook(store).add("kari", role="fagperson", password=PASSWORD, display_name="Kari Nes")
    with TestClient(review_site(settings, store), base_url="http://127.0.0.1:7861") as client:
        assert "røntgen" not in client.get("/", headers={"accept": "text/html"}).text
        assert client.get("/sak/reply-one").status_code == 401
        assert client.get("/assets/review.js").status_code == 401
        login = client.get("/logg-inn", headers={"accept": "text/html"}).text
        fields = {"csrf": hidden(login, "csrf"), "neste": "/", "navn": "kari", "passord": PASSWORD}
        assert "Kari Nes" in client.post("/logg-inn", data=fields, headers={"accept": "text/html"}).text
        page = client.get("/sak/reply-one", headers={"accept": "text/html"})
        assert "Kan legevakten ta røntgen?" in page.text
        said = {"csrf": hidden(page.text, "csrf"), "seen": "0", "judgement": "should_not_answer"}
        assert client.post("/sak/reply-one", data=said | {"csrf": "x"}).status_code == 403
        assert client.post("/sak/reply-one", data=said, follow_redirects=False).status_code == 303
    assert [(view.user, view.exchange) for view in views_of(store)] == [("kari", "reply-one")]
    assert "Kan legevakten ta røntgen?" in Path(settings.gold).read_text(encoding="utf-8")


def test_a_gold_set_that_cannot_be_written_costs_no_verdict(settings: Settings, store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    parts = review_parts(replace(settings, gold=str(tmp_path / "file" / "gold.jsonl")), store)
    kept = judge(store, verdict("reply-one"), seen=0)
    assert isinstance(kept, Verdict)
    parts.judged(kept)


def test_pages_are_read_again_when_another_generation_has_come(shipped_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(shipped_index, index)
    pages = ReadPages(index)
    first = pages.now()
    assert pages.now() is first
    shutil.copytree(index / first.generation, index / "annen")
    (index / "CURRENT").write_text("annen", encoding="ascii")
    assert pages.now().generation == "annen"
    past = pages.past(first.generation)
    assert past
    assert past.pages == first.pages
    assert pages.past("borte") is None
    assert pages.past("../annen") is None


def test_without_an_index_one_sentence_says_what_to_do(settings: Settings, store: Store, tmp_path: Path) -> None:
    with pytest.raises(BrokenIndexError, match="ikke bygget noen indeks"):
        review_site(replace(settings, index=tmp_path / "none"), store)


def test_a_port_that_is_taken_and_a_log_that_is_off_are_told(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="--port"):
            serve_review(replace(settings, review_port=taken.getsockname()[1]), announce=lambda _: None)
    with pytest.raises(ReviewError, match="slått av"):
        serve_review(replace(settings, log="", review_port=7999), announce=lambda _: None)
