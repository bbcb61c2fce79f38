"""Which pages somebody should look at, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fakes import page
from helseassistent.corpus import write_page
from helseassistent.ingest.found import Refused
from helseassistent.ingest.status import freshness_of
from ingest.tiny_web import SITE, TinyWeb, Town, read


def test_pages_are_told_by_age_by_sight_and_by_what_is_wrong(tmp_path: Path) -> None:
    gammel = read("gammel", "Gammel.", last_updated=date(2019, 5, 1))
    ny = read("ny", "Nettsiden er under oppdatering.", last_updated=date(2026, 5, 1))
    town = Town(tmp_path, TinyWeb({"gammel": gammel, "ny": ny, "uten-dato": "Uten dato."}))
    write_page(page("eget/side.md", "Lagt inn for hånd."), folder=tmp_path)
    town.ingest()
    town.web.pages["gammel"] = Refused(SITE + "gammel", "Nettstedet svarer 503.")
    for _ in range(2):
        town.ingest()

    found = freshness_of(tmp_path)
    assert found.pages == 4
    assert found.by_date == (("kommunen/gammel.md", date(2019, 5, 1)), ("kommunen/ny.md", date(2026, 5, 1)))
    assert found.undated == ("eget/side.md", "kommunen/uten-dato.md")
    assert [file for file, _ in found.by_sight] == [f"kommunen/{name}.md" for name in ("gammel", "ny", "uten-dato")]
    assert [moment.day for _, moment in found.by_sight] == [2, 4, 4]
    assert found.never_seen == ("eget/side.md",)
    assert found.updating == ("kommunen/ny.md",)
    (lost,) = found.unreachable
    assert (lost.file, lost.failures, lost.reason) == ("kommunen/gammel.md", 2, "Nettstedet svarer 503.")
    assert lost.seen is not None
    assert lost.seen.day == 2
