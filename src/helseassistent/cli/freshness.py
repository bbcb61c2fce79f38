"""What `helseassistent ingest` tells without asking the web: how fresh the pages are, and what changed on one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from helseassistent.corpus import load_corpus
from helseassistent.errors import CorpusError
from helseassistent.ingest.history import HISTORY, Difference, differences, former_texts
from helseassistent.ingest.status import Unreachable, freshness_of
from helseassistent.ingest.visits import Visited, all_visits
from helseassistent.types import Page

_SHOWN = 10  # pages of each kind
_AROUND = 8  # words shown on either side of a change


def show_status(corpus: Path) -> int:
    """Print the pages that somebody should look at."""
    found = freshness_of(corpus)
    print(
        f"{found.pages} sider: {len(found.undated)} uten oppgitt dato, {len(found.unreachable)} ikke å nå,"
        f" {len(found.updating)} under oppdatering, {len(found.never_seen)} lagt inn for hånd."
    )
    _section("Eldst, etter datoen siden selv oppgir", [f"{_day(day)}  {file}" for file, day in found.by_date])
    _section("Uten oppgitt dato", found.undated)
    _section("Ikke å nå ved siste besøk; siden som er lagret, står", map(_unreachable, found.unreachable))
    _section("Sier selv at de er under oppdatering", found.updating)
    _section("Lengst siden sett på nettstedet", [f"{_day(seen)}  {file}" for file, seen in found.by_sight])
    _section("Lagt inn for hånd, aldri sett på nettstedet", found.never_seen)
    return 0


def show_difference(corpus: Path, wanted: str) -> int:
    """Print which words of a page came and went when it last changed; `wanted` is its file or its address.

    Raises:
        CorpusError: if there is no such page, and never was.
    """
    now = _page(corpus, wanted)
    record = _record(corpus, wanted)
    file = now.file if now else record.file if record and record.file else wanted
    former = former_texts(file, corpus=corpus)
    if now is None and not former:
        raise CorpusError(f"Fant ingen side «{wanted}». Oppgi filen under «{corpus}», eller nettadressen til siden.")
    if now is None:
        why = f" {_day(record.withdrawn)}: {record.reason}" if record and record.withdrawn else "."
        print(f"{file} er trukket{why} De siste ordene ligger i {HISTORY}/{file.removesuffix('.md')}.")
        former, now = former[:-1], former[-1]
    if not former:
        print(f"{file} har ingen tidligere tekst.")
        return 0
    _show_change(former[-1], now)
    return 0


def _show_change(before: Page, now: Page) -> None:
    print(f"{now.file}: fra {_day(before.fetched_at)} til {_day(now.fetched_at)}")
    for name, old, new in (
        ("tittel", before.title, now.title),
        ("adresse", before.url, now.url),
        ("språk", before.language, now.language),
        ("oppgitt dato", _day(before.last_updated), _day(now.last_updated)),
    ):
        if old != new:
            print(f"{name}: {old} -> {new}")
    told = list(differences(before.body, now.body))
    for number, found in enumerate(told):
        for line in _shown(found, first=number == 0, last=number == len(told) - 1):
            print(line)


def _shown(found: Difference, *, first: bool, last: bool) -> Iterable[str]:
    """The lines of a stretch; of words that stayed only those near a change."""
    if found.kind != "same":
        sign = "-" if found.kind == "old" else "+"
        return [f"{sign} {line}" for line in found.text.splitlines() if line.strip()]
    words = found.text.split()
    if len(words) <= 2 * _AROUND and not (first or last):
        return [f"  {' '.join(words)}"] if words else []
    ahead = [] if first else [f"  {' '.join(words[:_AROUND])} …"]
    behind = [] if last else [f"  … {' '.join(words[-_AROUND:])}"]
    return ahead + behind


def _page(corpus: Path, wanted: str) -> Page | None:
    pages = load_corpus(corpus).pages
    return pages.get(wanted) or next((page for page in pages.values() if page.url == wanted), None)


def _record(corpus: Path, wanted: str) -> Visited | None:
    records = (record for each in all_visits(corpus).values() for record in each.values())
    return next((record for record in records if wanted in (record.url, record.file)), None)


def _section(heading: str, lines: Iterable[str]) -> None:
    listed: Sequence[str] = list(lines)
    if listed:
        print(f"\n{heading}:")
    for line in listed[:_SHOWN]:
        print(f"  {line}")
    if len(listed) > _SHOWN:
        print(f"  ... og {len(listed) - _SHOWN} til")


def _unreachable(page: Unreachable) -> str:
    times = "én gang" if page.failures == 1 else f"{page.failures} ganger på rad"
    return f"{page.file}  sist sett {_day(page.seen)}, {times}: {page.reason}"


def _day(moment: date | datetime | None) -> str:
    return moment.strftime("%d.%m.%Y") if moment else "ukjent dag"
