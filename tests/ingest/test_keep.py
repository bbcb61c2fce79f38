"""Visits become a corpus: what changed is kept with what it was, what has gone is out, what stands is not touched."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from helseassistent.corpus import load_corpus, write_page
from helseassistent.ingest.found import Gone, Moved, Refused
from helseassistent.ingest.history import former_texts
from helseassistent.ingest.report import Loss
from helseassistent.ingest.visits import VISITS, all_visits, last_seen
from helseassistent.types import Page
from ingest.tiny_web import SITE, TinyWeb, Town, read


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Ten pages about ten things, not yet visited."""
    return Town(tmp_path, TinyWeb({f"side-{number}": f"Side nummer {number} om noe." for number in range(10)}))


def bodies(town: Town) -> dict[str, str]:
    return {file: page.body for file, page in load_corpus(town.corpus).pages.items()}


def test_new_pages_are_written_with_what_is_known_of_them(town: Town) -> None:
    town.web.pages = {
        "tjenester/legevakt.html": read("tjenester/legevakt.html", "Ring.", last_updated=date(2024, 3, 3))
    }
    report = town.ingest()
    file = "kommunen/tjenester-legevakt.md"
    assert (report.new, report.pages) == ((file,), 1)
    page = load_corpus(town.corpus).pages[file]
    assert (page.url, page.title, page.publisher) == (SITE + "tjenester/legevakt.html", "Tittel", "Kommunen")
    assert (page.last_updated, page.body) == (date(2024, 3, 3), "Ring.")
    assert page.fetched_at is not None
    assert page.fetched_at.date() == date(2026, 11, 2)


def test_unchanged_pages_are_not_touched_also_when_their_etags_change(town: Town) -> None:
    town.ingest()
    before = town.files()
    assert len(before) == 10
    for salt in ("", "andre merker"):
        town.web.salt = salt
        report = town.ingest()
        assert (len(report.unchanged), report.new, report.changed) == (10, (), ())
        assert town.files() == before


def test_a_page_that_was_seen_again_says_so_though_its_file_stands(town: Town) -> None:
    town.ingest()
    first = load_corpus(town.corpus, last_seen=last_seen(town.corpus))
    town.ingest()
    second = load_corpus(town.corpus, last_seen=last_seen(town.corpus))
    days = [{page.fetched_at.date() for page in each.pages.values() if page.fetched_at} for each in (first, second)]
    assert days == [{date(2026, 11, 2)}, {date(2026, 11, 3)}]
    assert first.digest != second.digest


def test_a_changed_page_is_written_anew_and_its_former_text_kept(town: Town) -> None:
    town.ingest()
    before = town.files()
    for words in ("Nye ord.", "Enda nyere ord.", "Nye ord."):
        town.web.pages["side-3"] = words
        assert town.ingest().changed == ("kommunen/side-3.md",)
    after = town.files()
    assert {file for file in after if after[file] != before[file]} == {"kommunen/side-3.md"}
    former = [page.body for page in former_texts("kommunen/side-3.md", corpus=town.corpus)]
    assert former == ["Side nummer 3 om noe.", "Nye ord.", "Enda nyere ord."]
    assert bodies(town)["kommunen/side-3.md"] == "Nye ord."
    assert len(load_corpus(town.corpus).pages) == 10


@pytest.mark.parametrize("change", [{"title": "Ny tittel"}, {"last_updated": date(2026, 1, 1)}, {"language": "nn"}])
def test_what_a_page_says_of_itself_is_a_change_too(town: Town, change: dict[str, object]) -> None:
    town.web.pages["side-3"] = read("side-3", "Ord.")
    town.ingest()
    town.web.pages["side-3"] = read("side-3", "Ord.", **change)
    assert town.ingest().changed == ("kommunen/side-3.md",)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_has_gone_is_withdrawn_and_its_history_keeps_it(town: Town, status: int) -> None:
    """Rows A17 and F5: out of the next generation, and so never cited again."""
    town.ingest()
    town.web.pages["side-3"] = Gone(SITE + "side-3", status)
    report = town.ingest()
    gone = Loss(SITE + "side-3", f"Nettstedet svarer {status}: siden finnes ikke.", "kommunen/side-3.md")
    assert (report.gone, len(report.unchanged)) == ((gone,), 9)
    assert "kommunen/side-3.md" not in bodies(town)
    assert "kommunen/side-3.md" not in last_seen(town.corpus)
    assert [page.body for page in former_texts("kommunen/side-3.md", corpus=town.corpus)] == ["Side nummer 3 om noe."]
    tombstone = all_visits(town.corpus)["kommunen"][SITE + "side-3"]
    assert tombstone.withdrawn is not None
    assert tombstone.withdrawn.date() == date(2026, 11, 3)
    assert town.ingest().gone == ()


def test_a_page_that_comes_back_is_new_under_its_old_name(town: Town) -> None:
    town.ingest()
    words = town.web.pages.pop("side-3")
    town.ingest()
    town.web.pages["side-3"] = words
    assert town.ingest().new == ("kommunen/side-3.md",)
    assert bodies(town)["kommunen/side-3.md"] == "Side nummer 3 om noe."


def test_many_pages_that_vanish_at_once_are_not_believed_without_force(town: Town) -> None:
    """Row A18: a fault, or a new site, must not empty the corpus."""
    town.ingest()
    before = town.files()
    for number in range(6):
        del town.web.pages[f"side-{number}"]
    for _ in range(2):
        report = town.ingest()
        assert (len(report.doubted), report.gone, len(report.unchanged)) == (6, (), 4)
        assert town.files() == before
    report = town.ingest(force=True)
    assert (len(report.gone), report.doubted) == (6, ())
    assert sorted(bodies(town)) == [f"kommunen/side-{number}.md" for number in range(6, 10)]


def test_a_fifth_may_vanish_and_no_more(town: Town) -> None:
    town.ingest()
    for number in (0, 1):
        del town.web.pages[f"side-{number}"]
    assert len(town.ingest().gone) == 2
    for number in (2, 3):  # two of the eight that are left
        del town.web.pages[f"side-{number}"]
    assert len(town.ingest().doubted) == 2


def test_pages_that_return_after_a_doubt_were_never_away(town: Town) -> None:
    town.ingest()
    before, pages = town.files(), dict(town.web.pages)
    town.web.pages.clear()
    assert len(town.ingest().doubted) == 10
    town.web.pages = pages
    assert len(town.ingest().unchanged) == 10
    assert town.files() == before


@pytest.mark.parametrize(
    "why",
    [
        Refused(SITE + "side-3", "Nettstedet svarte ikke innen 30 sekunder."),
        Refused(SITE + "side-3", "Nettstedet svarer 503."),
        Refused(SITE + "side-3", "Forbindelsen ble brutt etter 512 av 9000 byte."),  # row C15
    ],
)
def test_what_may_pass_leaves_the_stored_page(town: Town, why: Refused) -> None:
    town.ingest()
    before = town.files()
    town.web.pages["side-3"] = why
    for failures in (1, 2):
        report = town.ingest()
        assert report.refused == (Loss(why.url, why.reason, "kommunen/side-3.md"),)
        assert town.files() == before
        assert all_visits(town.corpus)["kommunen"][why.url].failures == failures
    town.web.pages["side-3"] = "Side nummer 3 om noe."
    town.ingest()
    assert all_visits(town.corpus)["kommunen"][why.url].failures == 0


def test_what_is_no_page_any_longer_is_withdrawn(town: Town) -> None:
    """Row C12: a soft 404 at the address of a stored page is as gone as a hard one."""
    town.ingest()
    town.web.pages["side-3"] = Refused(SITE + "side-3", "Siden sier selv at den ikke finnes.", keep=False)
    assert [loss.reason for loss in town.ingest().gone] == ["Siden sier selv at den ikke finnes."]
    assert "kommunen/side-3.md" not in bodies(town)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"language": "other"}, "Siden er ikke på norsk."),
        ({"index": False}, "Siden ber om å ikke bli lagret (noindex)."),
        ({"body": " \n"}, "Siden har ingen tekst."),
        ({"title": " "}, "Siden kan ikke lagres: kommunen/ny.md: feltet «title» mangler eller er tomt."),
    ],
)
def test_pages_that_are_not_for_a_corpus_are_refused_with_why(town: Town, other: dict[str, object], why: str) -> None:
    town.web.pages["ny"] = read("ny", **{"body": "Words.", **other})  # type: ignore[arg-type]
    report = town.ingest()
    assert (report.refused, len(report.new)) == ((Loss(SITE + "ny", why),), 10)
    assert "kommunen/ny.md" not in bodies(town)


def test_a_link_that_leads_nowhere_is_told_and_is_no_page_that_has_gone(town: Town) -> None:
    town.web.pages["feil-lenke"] = Gone(SITE + "feil-lenke", 404)
    for _ in range(2):
        report = town.ingest()
        assert [loss.url for loss in report.refused] == [SITE + "feil-lenke"]
        assert report.gone == ()


def test_a_copy_of_a_page_is_refused_and_named(town: Town) -> None:
    town.web.pages |= {"aa-kopi": "De samme ordene.", "bb-kopi": "De samme\n\nordene."}
    for _ in range(2):
        report = town.ingest()
        assert report.refused == (Loss(SITE + "bb-kopi", f"Samme innhold som {SITE}aa-kopi."),)
    assert len(bodies(town)) == 11


def test_a_copy_takes_over_in_the_same_round_when_its_original_goes(town: Town) -> None:
    town.web.pages |= {"mm": "De samme ordene."}
    town.ingest()
    town.web.pages |= {"aa": "De samme ordene.", "zz": "De samme ordene."}  # one visited before, one after
    del town.web.pages["mm"]
    report = town.ingest()
    assert report.new == ("kommunen/aa.md",)
    assert [(loss.url, loss.reason) for loss in report.refused] == [(SITE + "zz", f"Samme innhold som {SITE}aa.")]
    assert [loss.file for loss in report.gone] == ["kommunen/mm.md"]
    assert list(bodies(town).values()).count("De samme ordene.") == 1


def test_pages_that_become_one_another_are_not_lost_at_once(town: Town) -> None:
    """A site that answers every address with the same notice, and status 200."""
    town.ingest()
    for number in range(10):
        town.web.pages[f"side-{number}"] = "Vi har for tiden tekniske problemer."
    report = town.ingest()
    assert (len(report.changed), len(report.doubted), report.gone) == (1, 9, ())
    assert len(bodies(town)) == 10


def test_a_page_that_moved_is_kept_under_its_new_address(town: Town) -> None:
    town.ingest()
    town.web.pages["side-3"] = Moved(SITE + "side-3", SITE + "ny/side-3")
    town.web.pages["ny/side-3"] = "Side nummer 3 om noe."
    report = town.ingest()
    assert (report.new, [loss.file for loss in report.gone]) == (("kommunen/ny-side-3.md",), ["kommunen/side-3.md"])
    assert list(bodies(town).values()).count("Side nummer 3 om noe.") == 1


def test_a_whole_site_may_move_to_new_addresses_but_not_to_its_front_page(town: Town) -> None:
    town.web.pages[""] = "Velkommen."
    town.ingest()
    names = [f"side-{number}" for number in range(10)]
    words = {name: town.web.pages[name] for name in names}
    town.web.pages |= {name: Moved(SITE + name, SITE) for name in names}
    assert len(town.ingest().doubted) == 10

    town.web.pages |= {name: Moved(SITE + name, f"{SITE}ny/{name}") for name in names}
    town.web.pages |= {f"ny/{name}": f"{words[name]} Nå her." for name in names}
    report = town.ingest()
    assert (len(report.new), len(report.gone), report.doubted) == (10, 10, ())


def test_a_page_put_there_by_hand_is_taken_over_under_its_own_name(town: Town) -> None:
    mine = Page("eget/navn.md", "Tittel", SITE + "side-3", "Kommunen", "nb", None, None, "Side nummer 3 om noe.")
    lost = Page("eget/borte.md", "Tittel", SITE + "borte", "Kommunen", "nb", None, None, "Finnes ikke.")
    other = Page("annet/side.md", "Tittel", "https://annet.example/side", "Annen", "nb", None, None, "Ikke vår.")
    for page in (mine, lost, other):
        write_page(page, folder=town.corpus)
    before = town.files()["eget/navn.md"]
    report = town.ingest(force=True)
    assert (report.unchanged, [loss.file for loss in report.gone]) == (("eget/navn.md",), ["eget/borte.md"])
    assert town.files()["eget/navn.md"] == before
    assert "annet/side.md" in bodies(town)
    town.web.pages["side-3"] = "Nye ord."
    assert town.ingest().changed == ("eget/navn.md",)


def test_addresses_with_the_same_name_get_a_file_each_and_keep_it(town: Town) -> None:
    town.web.pages = {"hjem/hjelp": "Den ene.", "hjem-hjelp": "Den andre.", "hjem/hjelp?side=2": "Den tredje."}
    first = {page.url: file for file, page in _pages(town).items()}
    town.web.pages = {name: f"{words} Og mer." for name, words in reversed(town.web.pages.items())}
    assert {page.url: file for file, page in _pages(town).items()} == first
    assert len(set(first.values())) == 3
    assert all(file.startswith("kommunen/hjem-hjelp") for file in first.values())


def _pages(town: Town) -> dict[str, Page]:
    town.ingest()
    return dict(load_corpus(town.corpus).pages)


def test_a_stored_page_that_was_lost_or_spoilt_is_fetched_again(town: Town) -> None:
    town.ingest()
    (town.corpus / "kommunen/side-3.md").unlink()
    (town.corpus / "kommunen/side-4.md").write_bytes(b"---\nti")
    report = town.ingest()
    assert len(report.unchanged) == 10
    assert [bodies(town)[f"kommunen/side-{number}.md"] for number in (3, 4)] == [
        "Side nummer 3 om noe.",
        "Side nummer 4 om noe.",
    ]


def test_the_visits_can_be_read_by_people_and_hold_a_line_an_address(town: Town) -> None:
    town.ingest()
    lines = (town.corpus / VISITS / "kommunen.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 11
    assert f'"url": "{SITE}side-3"' in "\n".join(lines)
    record = all_visits(town.corpus)["kommunen"][SITE + "side-3"]
    assert datetime(2026, 11, 2, 3, tzinfo=UTC) < record.at < datetime(2026, 11, 2, 4, tzinfo=UTC)
    assert (record.file, record.outcome, record.failures) == ("kommunen/side-3.md", "new", 0)
