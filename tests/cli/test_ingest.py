"""`helseassistent ingest` as a person types it: what it shows, its exit status, and one sentence for a mistake."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helseassistent.cli import ingest, main
from helseassistent.corpus import load_corpus, write_page
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.rounds import alone_on
from helseassistent.types import Page
from helseassistent.wiring.ingesting import Web
from ingest.loopback import AGENT, LOOPBACK, Served, Site, StoppedClock, serve

HTML = """<html lang="nb"><head><title>{title}</title></head><body><nav><a href="/">Hjem</a></nav><main><h1>{title}</h1>
<p>{words} Du kan ringe oss hele døgnet, og du trenger ikke henvisning fra fastlegen din for å få hjelp.</p></main>"""


class Typed:
    """The command line with a corpus of its own."""

    def __init__(self, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.corpus = corpus
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        status = main(["ingest", *arguments, "--corpus", str(self.corpus)])
        shown = self._capsys.readouterr()
        return status, shown.out, shown.err


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    for name in [name for name in os.environ if name.startswith("HELSEASSISTENT_")]:
        monkeypatch.delenv(name)
    (tmp_path / "korpus").mkdir()
    return Typed(tmp_path / "korpus", capsys)


def put_up(site: Site, **words: str) -> None:
    """A front page and a page for each name."""
    links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in words)
    for name, said in {"": f"Velkommen til oss.<ul>{links}</ul>", **words}.items():
        html = HTML.format(title=name.capitalize() or "Forside", words=said)
        site.pages[f"/{name}"] = Served(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def site(typed: Typed, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A site of six pages that sources.toml names, and a network that may reach it."""
    monkeypatch.setattr(ingest, "web_of", lambda sources: Web(Client(agent=AGENT, permitted=LOOPBACK), StoppedClock()))
    with serve() as served:
        put_up(served, **{name: f"Vi har tilbud om {name}." for name in ("lege", "vaksine", "jordmor", "syn", "rus")})
        (typed.corpus / "sources.toml").write_text(
            f'contact = "post@example.no"\n[kommunen]\npublisher = "Kommunen"\nlicence = "Avtale."\n'
            f'hosts = ["{served.host}"]\nstart = ["{served.root}/"]\ndelay = 1\n',
            encoding="utf-8",
        )
        yield served


def test_a_source_is_fetched_and_fetched_again(typed: Typed, site: Site) -> None:
    status, out, err = typed("--source", "kommunen")
    assert (status, err) == (0, "")
    assert "ny: kommunen/lege.md\n" in out
    assert "kommunen: 6 nye, 0 endret, 0 uendret, 0 borte, 0 avvist.\n" in out
    assert out.endswith("Kjør «helseassistent index» for å ta endringene i bruk.\n")

    status, out, err = typed("--all")
    assert (status, out, err) == (0, "kommunen: 0 nye, 0 endret, 6 uendret, 0 borte, 0 avvist.\n", "")


def test_what_changed_is_shown_word_by_word(typed: Typed, site: Site) -> None:
    typed("--all")
    put_up(site, lege="Vi har utvidet tilbud om lege.", **dict.fromkeys(("vaksine", "jordmor", "syn"), "Nå nytt."))
    _, out, _ = typed("--all")
    assert "endret: kommunen/lege.md\n" in out
    for asked in ("kommunen/lege.md", f"{site.root}/lege"):
        status, out, _ = typed("--diff", asked)
        assert status == 0
        assert out.splitlines()[1:] == ["  … # Lege Vi har", "+ utvidet", "  tilbud om lege. Du kan ringe oss hele …"]
    status, out, _ = typed("--diff", "kommunen/rus.md")
    assert (status, out) == (0, "kommunen/rus.md har ingen tidligere tekst.\n")


def test_a_page_that_has_gone_is_told_and_its_last_words_can_be_found(typed: Typed, site: Site) -> None:
    typed("--all")
    del site.pages["/rus"]
    status, out, _ = typed("--all")
    assert status == 0
    assert "borte: kommunen/rus.md – Nettstedet svarer 404: siden finnes ikke.\n" in out
    status, out, _ = typed("--diff", f"{site.root}/rus")
    assert status == 0
    assert "kommunen/rus.md er trukket" in out
    assert "siden finnes ikke. De siste ordene ligger i .history/kommunen/rus." in out
    assert len(list((typed.corpus / ".history/kommunen/rus").glob("*.md"))) == 1


def test_many_that_vanish_at_once_need_force(typed: Typed, site: Site) -> None:
    typed("--all")
    for name in ("rus", "syn"):
        del site.pages[f"/{name}"]
    status, out, err = typed("--all")
    assert status == 1
    assert "ikke trodd: kommunen/rus.md – " in out
    assert "mer enn en femtedel" in err
    assert "--force" in err
    assert len(load_corpus(typed.corpus).pages) == 6
    assert typed("--all", "--force")[0] == 0
    assert len(load_corpus(typed.corpus).pages) == 4


def test_one_address_is_fetched_and_no_link_followed(typed: Typed, site: Site) -> None:
    status, out, _ = typed(f"{site.root}/lege")
    assert status == 0
    assert "kommunen: 1 nye, 0 endret, 0 uendret, 0 borte, 0 avvist.\n" in out
    assert site.asked() == ["/lege"]
    status, out, _ = typed(f"{site.root}/finnes-ikke")
    assert status == 1
    assert f"avvist: {site.root}/finnes-ikke – " in out


def test_the_status_names_the_pages_to_look_at(typed: Typed, site: Site) -> None:
    assert typed("--status")[:2] == (
        0,
        "0 sider: 0 uten oppgitt dato, 0 ikke å nå, 0 under oppdatering, 0 lagt inn for hånd.\n",
    )
    typed("--all")
    site.pages["/rus"] = Served(b"Feil", status=500)
    typed("--all")
    status, out, _ = typed("--status")
    assert status == 0
    assert out.startswith("6 sider: 6 uten oppgitt dato, 1 ikke å nå, 0 under oppdatering, 0 lagt inn for hånd.\n")
    today = datetime.now(UTC).strftime("%d.%m.%Y")
    assert f"\n  kommunen/rus.md  sist sett {today}, én gang: " in out


def test_files_are_imported_with_their_address_and_publisher(typed: Typed, tmp_path: Path) -> None:
    folder = tmp_path / "dokumenter"
    folder.mkdir()
    html = HTML.format(title="Legevakt", words="Vi har legevakt.")
    (folder / "legevakt.html").write_text(html, encoding="utf-8")
    (folder / "lenke.html").symlink_to("/etc/hostname")
    written = Page("x.md", "Vaksine", "https://b.example/vaksine", "B kommune", "nb", None, None, "Vi har vaksine.")
    write_page(replace(written, file="vaksine.md"), folder=tmp_path)

    status, out, err = typed(str(folder), "--url", "https://a.example/dok", "--publisher", "A kommune")
    assert (status, err) == (0, "")
    assert "ny: a-kommune/dok-legevakt.md\n" in out
    assert "avvist: lenke.html – Dette er en lenke til et annet sted, og den følges ikke.\n" in out
    page = load_corpus(typed.corpus).pages["a-kommune/dok-legevakt.md"]
    assert (page.url, page.publisher) == ("https://a.example/dok/legevakt.html", "A kommune")
    assert page.fetched_at is None

    status, out, _ = typed(str(tmp_path / "vaksine.md"))
    assert (status, out.splitlines()[0]) == (0, "ny: b-kommune/vaksine.md")
    assert typed(str(tmp_path / "vaksine.md"))[1] == "import: 0 nye, 0 endret, 1 uendret, 0 borte, 0 avvist.\n"


MISTAKES: list[tuple[list[str], str]] = [
    ([], "Oppgi én av"),
    (["--all", "--status"], "Oppgi én av"),
    (["--source", "ukjent"], "Kilden «ukjent» står ikke i sources.toml. Kildene er: kommunen."),
    (["https://annet.example/side"], "Ingen kilde i sources.toml tillater «https://annet.example/side»"),
    (["http://127.0.0.1:1/"], "Ingen kilde i sources.toml tillater"),
    (["file:///etc/hostname"], "er ikke en nettadresse. Skriv stien til filen uten «file://»."),
    (["finnes-ikke.html"], "Fant verken fil eller mappe på «finnes-ikke.html»"),
    (["--diff", "finnes-ikke"], "Fant ingen side «finnes-ikke»"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES)
def test_a_mistake_is_answered_with_one_sentence(arguments: list[str], words: str, typed: Typed, site: Site) -> None:
    status, out, err = typed(*arguments)
    assert (status, out) == (1, "")
    assert words in err
    assert err.count("\n") == 1
    assert site.log == []


def test_nobody_is_asked_before_somebody_can_be_reached(typed: Typed) -> None:
    (typed.corpus / "sources.toml").write_text(
        '[a]\npublisher = "A"\nlicence = "Avtale."\nhosts = ["a.example"]\nstart = ["https://a.example/"]\n',
        encoding="utf-8",
    )
    status, out, err = typed("--all")
    assert (status, out) == (1, "")
    assert "contact" in err


def test_a_corpus_without_sources_is_told(typed: Typed) -> None:
    status, _, err = typed("--all")
    assert status == 1
    assert "sources.toml" in err


def test_a_corpus_that_somebody_fetches_to_is_left_alone(typed: Typed, site: Site) -> None:
    with alone_on(typed.corpus):
        status, _, err = typed("--all")
    assert status == 1
    assert "En annen prosess" in err
    assert site.log == []


def test_ctrl_c_keeps_what_was_fetched_and_the_same_command_goes_on(typed: Typed, site: Site) -> None:
    class Impatient(StoppedClock):
        """Somebody presses Ctrl-C at the fourth wait."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 4:
                raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "web_of", lambda sources: Web(Client(agent=AGENT, permitted=LOOPBACK), Impatient()))
        status, out, err = typed("--all")
    assert (status, out) == (1, "")
    assert err == "Avbrutt. Det som er hentet, er lagret; den samme kommandoen fortsetter der den slapp.\n"
    first = site.asked()
    assert 1 <= len(first) < 6
    status, out, _ = typed("--all")
    assert (status, "kommunen: 6 nye, 0 endret, 0 uendret, 0 borte, 0 avvist.\n" in out) == (0, True)
    assert sorted(site.asked()) == ["/", "/jordmor", "/lege", "/rus", "/syn", "/vaksine"]
