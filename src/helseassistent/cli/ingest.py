"""`helseassistent ingest`: bring pages into the corpus, and say how fresh they are and what became of them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from helseassistent.cli import freshness
from helseassistent.errors import HelseassistentError, SourcesError
from helseassistent.ingest.report import Loss, Report
from helseassistent.ingest.sources import Source, Sources
from helseassistent.settings import Settings
from helseassistent.wiring.ingesting import (
    import_files,
    ingest_source,
    named_source,
    source_that_covers,
    sources_of,
    web_of,
)

_SHOWN = 20  # lines of each kind; the rest is in the file of visits
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:/", re.IGNORECASE)


class Make(Protocol):
    """Makes a round."""

    def __call__(self, *, progress: Callable[[int, int], None]) -> Report: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command, but for --corpus and --index."""
    parser.add_argument("where", nargs="*", metavar="HVOR", help="nettadresser, eller filer og mapper på disken")
    parser.add_argument("--source", metavar="NAVN", help="hent alle sidene til en kilde i sources.toml")
    parser.add_argument("--all", action="store_true", help="hent sidene til alle kildene")
    parser.add_argument("--force", action="store_true", help="tro på det også når mange sider forsvinner på en gang")
    parser.add_argument("--url", metavar="ADRESSE", help="hvor filen eller mappen ligger på nettet")
    parser.add_argument("--publisher", metavar="NAVN", help="hvem som gir ut sidene i filen eller mappen")
    parser.add_argument("--status", action="store_true", help="vis hvilke sider som er gamle eller ikke er å nå")
    parser.add_argument("--diff", metavar="SIDE", help="vis hva som er endret på en side, ord for ord")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Fetch, import, or tell; 0 only if everything that was asked for gave pages that can be believed."""
    asked = [bool(options.where), options.source is not None, options.all, options.status, options.diff is not None]
    if sum(asked) != 1:
        raise SourcesError("Oppgi én av: nettadresser eller filer, --source NAVN, --all, --status eller --diff SIDE.")
    if options.status:
        return freshness.show_status(settings.corpus)
    if options.diff is not None:
        return freshness.show_difference(settings.corpus, options.diff)
    try:
        reports = list(_reports(options, settings))
    except KeyboardInterrupt:
        print("Avbrutt. Det som er hentet, er lagret; den samme kommandoen fortsetter der den slapp.", file=sys.stderr)
        return 1
    if any(report and (report.new or report.changed or report.gone) for report in reports):
        print("Kjør «helseassistent index» for å ta endringene i bruk.")
    return 0 if all(report and _did_its_job(report) for report in reports) else 1


def _reports(options: argparse.Namespace, settings: Settings) -> Iterator[Report | None]:
    """The report of each round, shown as it ends; None for one that could not be made."""
    for name, make in _rounds(options, settings):
        try:
            with _bar(name) as progress:
                report = make(progress=progress)
        except HelseassistentError as error:
            print(f"{name}: {error}", file=sys.stderr)
            yield None
        else:
            _show(report)
            yield report


def _rounds(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[str, Make]]:
    """The name of each round that is asked for, and how it is made."""
    addresses = [where for where in options.where if _ADDRESS.match(where)]
    for where in options.where:
        if where not in addresses:
            yield where, partial(import_files, settings, Path(where), url=options.url, publisher=options.publisher)
    if options.where and not addresses:
        return
    sources = sources_of(settings)
    web = web_of(sources)
    for source, only in _chosen(options, addresses, sources=sources):
        yield source.name, partial(ingest_source, settings, source, web=web, only=only, force=options.force)


def _chosen(
    options: argparse.Namespace, addresses: Sequence[str], *, sources: Sources
) -> Iterable[tuple[Source, tuple[str, ...]]]:
    if options.all:
        return [(source, ()) for source in sources.named.values()]
    if options.source is not None:
        return [(named_source(options.source, sources=sources), ())]
    by_source: dict[Source, tuple[str, ...]] = {}
    for url in addresses:
        if url.casefold().startswith("file:"):
            raise SourcesError(f"«{url}» er ikke en nettadresse. Skriv stien til filen uten «file://».")
        source = source_that_covers(url, sources=sources)
        by_source[source] = (*by_source.get(source, ()), url)
    return by_source.items()


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """How many addresses are visited, of how many that are known, while people look."""
    with tqdm(desc=name, unit="side", disable=not sys.stderr.isatty()) as bar:

        def show(visited: int, waiting: int) -> None:
            bar.total = visited + waiting
            bar.update(visited - bar.n)

        yield show


def _did_its_job(report: Report) -> bool:
    return not report.doubted and bool(report.pages or report.gone)


def _show(report: Report) -> None:
    for label, files in (("ny", report.new), ("endret", report.changed)):
        _list(label, files)
    _list("borte", [f"{loss.file} – {loss.reason}" for loss in report.gone])
    _list("ikke trodd", [f"{loss.file} – {loss.reason}" for loss in report.doubted])
    _list("avvist", [_refusal(loss) for loss in report.refused])
    print(
        f"{report.source}: {len(report.new)} nye, {len(report.changed)} endret, {len(report.unchanged)} uendret,"
        f" {len(report.gone)} borte, {len(report.refused)} avvist."
    )
    if report.doubted:
        print(
            f"{report.source}: {len(report.doubted)} sider er borte på en gang, mer enn en femtedel. Det blir ikke"
            " trodd, og sidene står. Se på nettstedet; er de virkelig borte, kjør igjen med --force.",
            file=sys.stderr,
        )


def _refusal(loss: Loss) -> str:
    stands = " Siden som er lagret, står." if loss.file else ""
    return f"{loss.url} – {loss.reason}{stands}"


def _list(label: str, lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        print(f"{label}: {line}")
    if len(lines) > _SHOWN:
        print(f"{label}: ... og {len(lines) - _SHOWN} til (alle står i mappen .visits i korpuset)")
